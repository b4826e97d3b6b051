"""Whether one test of a condition key implies another, or excludes it.

Both answers err on one side: True only if it is so. Sources:
IAM/reference_policies_elements_condition_operators,
IAM/reference_policies_condition-single-vs-multi-valued-context-keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.diff.globs import arn_lies_in, lies_in
from cicdgen.iam.context import Context

if TYPE_CHECKING:
    from cicdgen.diff.atoms import Clause

_PATTERNS = frozenset({"StringLike", "ArnEquals", "ArnLike"})
_STRINGS = frozenset({"StringEquals", "StringLike"})
_LITERALS = frozenset({"StringEquals"})
_ARNS = frozenset({"ArnEquals", "ArnLike"})


def implies(one: Clause, other: Clause) -> bool:
    """Whether the other test holds wherever the one does."""
    if one.key != other.key:
        return False
    if one == other or (
        _lists_values(one, other) and all(_holds(other, value) is True for value in one.values)
    ):
        return True
    if other.operator == "Null":
        return _is_present(one) and other.values == frozenset({"false"})
    if one.over != other.over or (one.if_exists and not other.if_exists):
        return False
    return _values_within(one, other)


def _values_within(one: Clause, other: Clause) -> bool:
    """Whether the values of the one leave no more open than those of the other."""
    if one.operator == other.operator or {one.operator, other.operator} <= _ARNS:
        negated = one.test.operator is not None and one.test.operator.negated
        narrow, wide = (other, one) if negated else (one, other)
        return all(any(_value_in(a, b, one) for b in wide.values) for a in narrow.values)
    if one.operator in _LITERALS and other.operator in _PATTERNS:
        return all(any(_value_in(a, b, other) for b in other.values) for a in one.values)
    return False


def _value_in(inner: str, outer: str, clause: Clause) -> bool:
    if inner == outer:
        return True
    operator = clause.test.operator
    if operator is None:
        return False
    if clause.operator.startswith("Arn"):
        return arn_lies_in(inner, outer)
    if operator.wildcards:
        return lies_in(inner, outer)
    # A network in a network, a least value above another one.
    ordered = any(word in clause.operator for word in ("IpAddress", "Than"))
    return ordered and operator.compare(outer, inner) is True


def _lists_values(one: Clause, other: Clause) -> bool:
    """Whether asking the other test about each value of the one tells all.

    Numbers and truths may be written in several ways, which a test of the same kind does not mind.
    """
    return one.is_finite and (one.operator in _STRINGS or other.operator[:4] == one.operator[:4])


def _is_present(clause: Clause) -> bool:
    """Whether the test fails where the key is absent."""
    operator = clause.test.operator
    return (
        operator is not None
        and not operator.negated
        and not clause.if_exists
        and clause.over != "ForAllValues"
    )


def excludes(one: Clause, other: Clause) -> bool:
    """Whether the two tests never hold together."""
    if one.key != other.key:
        return False
    if _lists_values(one, other) and all(_holds(other, value) is False for value in one.values):
        return True
    if _lists_values(other, one) and all(_holds(one, value) is False for value in other.values):
        return True
    nulls = [each for each in (one, other) if each.operator == "Null"]
    if len(nulls) == 1 and nulls[0].values == frozenset({"true"}):
        return _is_present(other if nulls[0] is one else one)
    return len(nulls) == 2 and one.values.isdisjoint(other.values)  # noqa: PLR2004 - of a pair


def _holds(clause: Clause, value: str) -> bool | None:
    return clause.test.holds(Context({clause.key: (Text(value),)}))
