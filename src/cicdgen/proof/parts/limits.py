"""Whether a condition lets through some callers and not all, by the way that it is written.

A condition that anybody meets limits nobody: a negated operator, `IfExists` where a caller may
leave the key out, a value of wildcards, an ARN of any account. Sources:
IAM/reference_policies_elements_condition_operators,
AmazonS3/access-control-block-public-access (the meaning of “public”).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam.condition import SetOperator

if TYPE_CHECKING:
    from collections.abc import Collection

    from cicdgen.cloudformation import Text
    from cicdgen.iam import Statement
    from cicdgen.iam.condition import Test

_ARN_PARTS = 6
_WILD = frozenset("*?")


def limiting_keys(statement: Statement) -> frozenset[str]:
    """The keys of a statement's condition, in lower case, by which not everybody gets through."""
    return frozenset(test.key.lower() for test in statement.tests if _limits(test))


def is_limited(statement: Statement, keys: Collection[str]) -> bool:
    """Whether a statement's condition lets only some through, by one of these keys."""
    return not limiting_keys(statement).isdisjoint(keys)


def is_limited_where_said(statement: Statement, key: str) -> bool:
    """Whether it does so wherever the key is there: for keys that only AWS itself leaves out."""
    return any(test.key.lower() == key and _picks(test) for test in statement.tests)


def is_anything(value: Text) -> bool:
    """Whether a value fits everybody's: `*`, or an ARN in any account."""
    code = value.code
    if code and set(code) <= _WILD:
        return True
    parts = code.split(":", _ARN_PARTS - 1)
    if parts[0] != "arn" or len(parts) < _ARN_PARTS:
        return False
    account, rest = parts[4:]
    return set(account) <= _WILD and bool(account or set(rest) <= _WILD)


def _limits(test: Test) -> bool:
    return _picks(test) and not test.if_exists and test.over is not SetOperator.ALL


def _picks(test: Test) -> bool:
    """Whether it names values, and not all of them."""
    if test.operator is None or "Not" in test.written:
        return False
    return not any(is_anything(value.source) for value in test.values)
