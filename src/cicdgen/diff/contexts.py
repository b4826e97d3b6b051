"""Contexts in which tests of a policy hold, or fail: made up, and then held against the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.cloudformation.text import ANY_ONE, ANY_RUN
from cicdgen.iam.context import ABSENT, Context

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cicdgen.diff.atoms import Clause
    from cicdgen.iam.context import ContextValue

Values = dict[str, "ContextValue"]

_OTHERS = (
    "example",
    "arn:aws:iam::444455556666:role/example",
    "444455556666",
    "203.0.113.9",
    "true",
    "false",
    "0",
    "1000000000000",
    "1971-01-01T00:00:00Z",
    "2999-01-01T00:00:00Z",
)
"""Values that a test may want or refuse. RFC 5737 reserves 203.0.113.0/24 for documentation."""

ALWAYS: Mapping[str, str] = {"aws:securetransport": "true"}
"""What a request has unless it is asked to have something else."""


def satisfying(clauses: Iterable[Clause], fixed: Mapping[str, ContextValue]) -> Values | None:
    """Values with which all of the tests hold; None if none was found.

    Args:
        clauses: the tests.
        fixed: keys that follow from who asks, and cannot be chosen.
    """
    return _chosen(clauses, fixed, wanted=True)


def failing(clauses: Iterable[Clause], fixed: Mapping[str, ContextValue]) -> Values:
    """Values with which as many of the tests fail as can be, key by key."""
    found: Values = {}
    for clause in clauses:
        if clause.key not in found:
            found |= _chosen([clause], fixed, wanted=False) or {}
    return found


def _chosen(
    clauses: Iterable[Clause], fixed: Mapping[str, ContextValue], *, wanted: bool
) -> Values | None:
    by_key: dict[str, list[Clause]] = {}
    for clause in clauses:
        by_key.setdefault(clause.key, []).append(clause)
    found: Values = {}
    for key, tests in by_key.items():
        if key in fixed:
            continue
        for value in _candidates(tests):
            context = Context({**fixed, key: value})
            if all(clause.test.holds(context) is wanted for clause in tests):
                found[key] = value
                break
        else:
            return None
    return found


def _candidates(clauses: Iterable[Clause]) -> Iterator[ContextValue]:
    for clause in clauses:
        for code in sorted(clause.values):
            for filling in ("example", "", "1"):
                plain = code.replace(ANY_RUN, filling).replace(ANY_ONE, "x")
                yield (Text(plain),)
            yield (Text(code.partition("/")[0]),)
            yield from _near(code)
    yield ABSENT
    yield from ((Text(other),) for other in _OTHERS)


def _near(code: str) -> Iterator[ContextValue]:
    """The numbers around a number."""
    if code.lstrip("-").isdecimal():
        yield (Text(str(int(code) - 1)),)
        yield (Text(str(int(code) + 1)),)
