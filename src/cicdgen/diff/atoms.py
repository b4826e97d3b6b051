"""Statements taken apart: each atom is one action pattern on one resource pattern for one grantee.

A policy allows what any of its atoms matches. An atom that is the meeting of two, such as of a
policy and a permissions boundary, has several patterns, and all of them must match.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from cicdgen.cloudformation import Shape, Text
from cicdgen.diff.globs import lies_in, overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cicdgen.iam import Statement
    from cicdgen.iam.condition import Test
    from cicdgen.iam.pattern import Pattern

_MOST_PIECES = 32


class Who(NamedTuple):
    """A grantee: its kind (`AWS`, `Service`, `Federated`, `CanonicalUser`) and its code."""

    kind: str
    code: str


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A test of a condition key; two that ask the same are equal.

    Attributes:
        operator: its name, without set operator and `IfExists`; `Null` for that one.
        over: the set operator's name, or nothing.
        if_exists: whether a key that is absent passes.
        key: in lower case.
        values: the codes of the values, variables as tokens.
        test: the test itself, with these values.
    """

    operator: str
    over: str
    if_exists: bool
    key: str
    values: frozenset[str]
    test: Test = field(compare=False)

    @property
    def is_finite(self) -> bool:
        """Whether it holds just where the key has one of its values."""
        return (
            self.operator in {"StringEquals", "StringLike", "NumericEquals", "Bool"}
            and not self.over
            and not self.if_exists
            and all(value.isascii() for value in self.values)
            and not any(pattern.has_variables for pattern in self.test.values)
        )


class Atom(NamedTuple):
    """What a part of a statement is about. An empty tuple of patterns is anything.

    Attributes:
        actions: patterns in lower case; all have to match.
        not_actions: none may match.
        resources: as `actions`; empty also where a policy is about what it hangs on.
        not_resources: none may match.
        who: the grantee, or None where the policy hangs on the principal.
        not_who: whom `NotPrincipal` lists.
        clauses: all have to hold.
    """

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    who: Who | None = None
    not_who: frozenset[Who] = frozenset()
    clauses: frozenset[Clause] = frozenset()


def in_order(atoms: Iterable[Atom]) -> list[Atom]:
    """The atoms in an order that is the same on every run."""
    return sorted(atoms, key=_order)


def _order(atom: Atom) -> tuple[object, ...]:
    return (
        atom.actions,
        atom.resources,
        atom.not_actions,
        atom.not_resources,
        atom.who or Who("", ""),
        sorted(atom.not_who),
        sorted((each.key, each.operator, each.over, sorted(each.values)) for each in atom.clauses),
    )


def atoms(statement: Statement) -> Iterator[Atom]:
    """The atoms of a statement."""
    actions, resources, grantees = statement.actions, statement.resources, statement.grantees
    whats = [_code(pattern).lower() for pattern in actions.patterns]
    wheres = [_code(pattern) for pattern in resources.patterns] if resources else []
    whos = [Who(entry.kind, entry.value.code) for entry in grantees.entries] if grantees else []
    whole = Atom(
        not_actions=tuple(whats) if actions.negated else (),
        not_resources=tuple(wheres) if resources and resources.negated else (),
        not_who=frozenset(whos) if grantees and grantees.negated else frozenset(),
    )
    for what, where, who, clauses in product(
        [()] if actions.negated else [(what,) for what in whats],
        [()] if not wheres or (resources and resources.negated) else [(each,) for each in wheres],
        [None] if not whos or (grantees and grantees.negated) else whos,
        _pieces(statement.tests),
    ):
        yield whole._replace(actions=what, resources=where, who=who, clauses=clauses)


def _pieces(tests: Sequence[Test]) -> list[frozenset[Clause]]:
    """The tests, one value at a time where any of several values does."""
    options = [list(_split(test)) for test in tests]
    count = 1
    for index, choices in enumerate(options):
        count *= len(choices)
        if count > _MOST_PIECES:
            options[index] = [_clause(tests[index])]
            count //= len(choices)
    return [frozenset(chosen) for chosen in product(*options)]


def _split(test: Test) -> Iterator[Clause]:
    positive = test.operator is not None and not test.operator.negated
    if positive and test.over is None and not test.if_exists:
        for value in test.values:
            yield _clause(replace(test, values=(value,)))
    else:
        yield _clause(test)


def _clause(test: Test) -> Clause:
    return Clause(
        operator=test.operator.name if test.operator else "Null",
        over=test.over.value if test.over else "",
        if_exists=test.if_exists,
        key=test.key.lower(),
        values=frozenset(map(_code, test.values)),
        test=test,
    )


def _code(pattern: Pattern) -> str:
    """A pattern's code, each policy variable as a token."""
    return "".join(
        part
        if isinstance(part, str)
        else Text.token(f"{part.key},{part.default}", Shape.ANY, because="the request says").code
        for part in pattern.parts
    )


def meet(one: Atom, other: Atom) -> Atom | None:
    """What both atoms are about; None if that is nothing."""
    actions = _least((*one.actions, *other.actions))
    resources = _least((*one.resources, *other.resources))
    if actions is None or resources is None:
        return None
    who = one.who or other.who
    if one.who and other.who and one.who.code == "*":
        who = other.who
    return Atom(
        actions=actions,
        not_actions=_union(one.not_actions, other.not_actions),
        resources=resources,
        not_resources=_union(one.not_resources, other.not_resources),
        who=who,
        not_who=one.not_who | other.not_who,
        clauses=one.clauses | other.clauses,
    )


def _least(patterns: tuple[str, ...]) -> tuple[str, ...] | None:
    """The patterns without those that another one implies; None if two exclude each other."""
    distinct = tuple(dict.fromkeys(patterns))
    for index, one in enumerate(distinct):
        for other in distinct[index + 1 :]:
            if not overlap(one, other):
                return None
    kept = [
        each
        for index, each in enumerate(distinct)
        if not any(
            lies_in(other, each) and not (lies_in(each, other) and at > index)
            for at, other in enumerate(distinct)
            if at != index
        )
    ]
    return tuple(kept)


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))
