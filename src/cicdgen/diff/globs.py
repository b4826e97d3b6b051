"""Patterns held against patterns: whether all that one matches is matched by another.

A pattern is the code of `cicdgen.iam.pattern`: wildcards and tokens are private characters. The
answers err on one side: `lies_in` is True only if it is so, `overlap` False only if it is so.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cicdgen.cloudformation.text import ANY_ONE, ANY_RUN, can_match

_ARN_PARTS = 6
_NO_CHARACTER = f"[^{ANY_RUN}\U000f0000-\U0010ffff]"


@lru_cache(maxsize=65536)
def lies_in(inner: str, outer: str) -> bool:
    """Whether whatever matches `inner` also matches `outer`.

    A wildcard of `outer` may swallow wildcards and tokens of `inner`, but `?` only one character.
    AWS does not tell whether a wildcard inside a part of an ARN reaches beyond the next colon
    (`cicdgen.iam.pattern.matches_resource`): such a pattern has to fit part by part as well.
    """
    if outer in {inner, ANY_RUN}:
        return True
    if not is_wild(outer):
        return False
    if outer.find(ANY_RUN) == len(outer) - 1 and ANY_ONE not in outer:
        return inner.startswith(outer[:-1])
    if _regex(outer).fullmatch(inner) is None:
        return False
    if not _strays(outer):
        return True
    wanted, parts = (code.split(":", _ARN_PARTS - 1) for code in (outer, inner))
    return len(wanted) == len(parts) and all(
        _regex(one).fullmatch(other) for one, other in zip(wanted, parts, strict=True)
    )


def arn_lies_in(inner: str, outer: str) -> bool:
    """The same for the ARN operators, which match the six parts of an ARN one by one."""
    if inner == outer:
        return True
    wanted, parts = (code.split(":", _ARN_PARTS - 1) for code in (outer, inner))
    return len(wanted) == len(parts) == _ARN_PARTS and all(map(lies_in, parts, wanted))


@lru_cache(maxsize=65536)
def overlap(one: str, other: str) -> bool:
    """Whether something may match both."""
    return can_match(one, other, is_pattern=True) or can_match(other, one, is_pattern=True)


def is_wild(code: str) -> bool:
    """Whether a pattern has wildcards."""
    return ANY_RUN in code or ANY_ONE in code


@lru_cache(maxsize=65536)
def _regex(code: str) -> re.Pattern[str]:
    escaped = re.escape(code)
    return re.compile(escaped.replace(ANY_RUN, ".*").replace(ANY_ONE, _NO_CHARACTER), re.DOTALL)


@lru_cache(maxsize=65536)
def _strays(code: str) -> bool:
    """Whether a wildcard before the fifth colon of an ARN is not the `*` that ends its part."""
    return any(
        ANY_RUN in part[:-1] or ANY_ONE in part
        for part in code.split(":", _ARN_PARTS - 1)[: _ARN_PARTS - 1]
    )
