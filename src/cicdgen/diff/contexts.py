"""Contexts in which tests of a policy hold, or fail: made up, and then held against the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.cloudformation.text import ANY_ONE, ANY_RUN
from cicdgen.iam.context import ABSENT, Context

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cicdgen.cloudformation.truth import Truth
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


def satisfying(
    clauses: Iterable[Clause], fixed: Mapping[str, ContextValue], against: Sequence[Clause] = ()
) -> Values | None:
    """Values with which all of the tests hold; None if none was found.

    Args:
        clauses: the tests.
        fixed: keys that follow from who asks, and cannot be chosen.
        against: tests that should rather fail.
    """
    found: Values = {}
    for key, tests in _by_key(clauses).items():
        if key in fixed:
            continue
        others = [clause for clause in against if clause.key == key]
        fitting = [
            value
            for value in _candidates([*tests, *others])
            if all(_holds(clause, value, fixed) is True for clause in tests)
        ]
        if not fitting:
            return None
        found[key] = min(fitting, key=lambda value: _kept(others, value, fixed))
    return found


def failing(clauses: Iterable[Clause], fixed: Mapping[str, ContextValue]) -> Values:
    """Values with which as many of the tests fail as can be, key by key."""
    found: Values = {}
    for key, tests in _by_key(clauses).items():
        if key not in fixed:
            candidates = list(_candidates(tests))
            found[key] = min(candidates, key=lambda value: _kept(tests, value, fixed))
    return found


def _by_key(clauses: Iterable[Clause]) -> dict[str, list[Clause]]:
    by_key: dict[str, list[Clause]] = {}
    for clause in clauses:
        by_key.setdefault(clause.key, []).append(clause)
    return by_key


def _kept(clauses: Sequence[Clause], value: ContextValue, fixed: Mapping[str, ContextValue]) -> int:
    """How many tests do not fail with a value."""
    return sum(_holds(clause, value, fixed) is not False for clause in clauses)


def _holds(clause: Clause, value: ContextValue, fixed: Mapping[str, ContextValue]) -> Truth:
    return clause.test.holds(Context({**fixed, clause.key: value}))


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
