"""What hangs on a subject, read into `Permits`: on a role, or on a resource."""

from __future__ import annotations

from json import JSONEncoder
from typing import TYPE_CHECKING, NamedTuple

from cicdgen.cloudformation.intrinsics import resolved
from cicdgen.diff.atoms import Atom, atoms
from cicdgen.diff.containment import Permits
from cicdgen.diff.spelling import coded, key, shown
from cicdgen.iam import Effect
from cicdgen.iam.grantees import Grantees

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cicdgen.cloudformation import Stack
    from cicdgen.cloudformation.values import Json
    from cicdgen.iam.policies import Held
    from cicdgen.iam.statement import Actions, Document, Resources, Statement, Unreadable


_WORDS = JSONEncoder(ensure_ascii=False)


class Holding(NamedTuple):
    """What hangs on a subject on one side of a change.

    Attributes:
        permits: what it means.
        words: the same as it is written, each with the logical id of where it is written.
    """

    permits: Permits
    words: tuple[tuple[str, str], ...]


NOTHING = Holding(permits=Permits(), words=())


def holding(stack: Stack, held: Sequence[Held], boundaries: Sequence[Held] = ()) -> Holding:
    """What documents come to.

    Args:
        stack: the stack they are in.
        held: the documents that allow and deny.
        boundaries: the documents that limit.
    """
    reading = _Reading(stack)
    for document, certain in held:
        reading.take(document, certain=certain, limits=False)
    for document, certain in boundaries:
        reading.take(document, certain=certain, limits=True)
    return Holding(
        permits=Permits(
            allow=frozenset(reading.allow),
            deny=frozenset(reading.deny),
            # A boundary that cannot be read is none, and a gag.
            boundary=frozenset(reading.boundary) if boundaries and reading.is_limited else None,
            opaque=frozenset(reading.opaque),
            gags=frozenset(reading.gags),
        ),
        words=tuple(reading.words),
    )


class _Reading:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.allow: set[Atom] = set()
        self.deny: set[Atom] = set()
        self.boundary: set[Atom] = set()
        self.is_limited = True
        self.opaque: set[str] = set()
        self.gags: set[str] = set()
        self.words: list[tuple[str, str]] = []

    def take(self, document: Document, *, certain: bool, limits: bool) -> None:
        for unreadable in document.unreadable:
            self._take_unreadable(unreadable, limits=limits)
        for statement in document.statements:
            self.words.append(self._written(statement))
        if not certain:
            # It may hang here or elsewhere: whatever it says, it is one thing that is not known.
            label = f"{document.origin.resource} may hang elsewhere: {sorted(self.words)}"
            self.opaque.add(label)
            self.gags.add(label)
            self.is_limited = self.is_limited and not limits
            return
        allowed = self.boundary if limits else self.allow
        for statement in document.statements:
            (allowed if statement.effect is Effect.ALLOW else self.deny).update(atoms(statement))

    def _take_unreadable(self, unreadable: Unreadable, *, limits: bool) -> None:
        label = f"{unreadable.origin.resource}: {unreadable.why}"
        content = self._content(unreadable.origin.path)
        label = label if content is None else f"{label}: {key(shown(content))}"
        self.words.append((unreadable.origin.resource, label))
        if limits:
            self.is_limited = False
            self.gags.add(label)
            return
        self.opaque.add(label)
        if not unreadable.allows_only:
            self.gags.add(label)

    def _content(self, path: Iterable[str | int]) -> Json:
        """What stands at a place of the template, resolved; None if it is no place of it."""
        at = tuple(path)
        value: Json = self._stack.template.body
        for step in at:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return coded(resolved(value, at, self._stack))

    @staticmethod
    def _written(statement: Statement) -> tuple[str, str]:
        """Where a statement stands, and all that it says in the order in which it says it."""
        origin = statement.origin
        said = [
            origin.sid,
            statement.effect.value,
            [list(_sources(element)) for element in _elements(statement)],
            [
                (test.written, test.key, [v.source.code for v in test.values])
                for test in statement.tests
            ],
        ]
        # `repr` would escape the tokens.
        return origin.resource, _WORDS.encode(said)


def _elements(statement: Statement) -> tuple[Actions | Resources | Grantees | None, ...]:
    """The elements that list something, each in its place or in that of its opposite."""
    found: list[Actions | Resources | Grantees | None] = []
    for element in (statement.actions, statement.resources, statement.grantees):
        found += [None, element] if element is not None and element.negated else [element, None]
    return tuple(found)


def _sources(element: Actions | Resources | Grantees | None) -> Iterator[tuple[str, str, bool]]:
    """Each member as it is written, and whether it is written in a list."""
    match element:
        case None:
            return
        case Grantees(entries=entries):
            for kind, value, path in entries:
                yield kind, value.code, isinstance(path[-1], int)
        case _:
            for pattern, path in zip(element.patterns, element.paths, strict=True):
                yield "", pattern.source.code, isinstance(path[-1], int)
