"""Resources that change their name: what was said of the old one is held against the new one."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from cicdgen.cloudformation.text import ANY_ONE, ANY_RUN
from cicdgen.diff.atoms import Atom, Clause, Who
from cicdgen.iam.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from cicdgen.diff.containment import Permits
    from cicdgen.diff.pairing import Pair

_END = f"(?=$|[:/*?\"'{ANY_RUN}{ANY_ONE}])"


class Renaming:
    """From the ARNs of some resources to those of others.

    Args:
        codes: the code of the new ARN, by the code of the old one.
    """

    def __init__(self, codes: Mapping[str, str]) -> None:
        self._codes = {old: new for old, new in codes.items() if old != new}

    @classmethod
    def of(cls, pair: Pair, changed: AbstractSet[str]) -> Renaming:
        """From changed resources before a change to those of the same logical id after it."""
        old, new = pair.before.resources, pair.after.resources
        return cls(
            {
                resource.arn.code: new[name].arn.code
                for name, resource in old.items()
                if name in changed and name in new and new[name].type == resource.type
            }
        )

    @cached_property
    def _found(self) -> re.Pattern[str]:
        longest = sorted(self._codes, key=len, reverse=True)
        return re.compile(f"(?:{'|'.join(map(re.escape, longest))}){_END}")

    @property
    def reversed(self) -> Renaming:
        """From the new ones to the old ones."""
        return Renaming({new: old for old, new in self._codes.items()})

    def code(self, code: str) -> str:
        """A code with every old ARN replaced."""
        if not self._codes:
            return code
        return self._found.sub(lambda found: self._codes[found[0]], code)

    def permits(self, permits: Permits) -> Permits:
        """Permissions with every old ARN replaced."""
        if not self._codes:
            return permits
        return permits._replace(
            allow=self._atoms(permits.allow),
            deny=self._atoms(permits.deny),
            boundary=None if permits.boundary is None else self._atoms(permits.boundary),
        )

    def _atoms(self, atoms: Iterable[Atom]) -> frozenset[Atom]:
        return frozenset(self._atom(atom) for atom in atoms)

    def _atom(self, atom: Atom) -> Atom:
        return atom._replace(
            resources=tuple(map(self.code, atom.resources)),
            not_resources=tuple(map(self.code, atom.not_resources)),
            who=atom.who and Who(atom.who.kind, self.code(atom.who.code)),
            not_who=frozenset(Who(who.kind, self.code(who.code)) for who in atom.not_who),
            clauses=frozenset(self._clause(clause) for clause in atom.clauses),
        )

    def _clause(self, clause: Clause) -> Clause:
        values = tuple(
            Pattern(
                each.source,
                tuple(self.code(part) if isinstance(part, str) else part for part in each.parts),
            )
            for each in clause.test.values
        )
        return replace(
            clause,
            values=frozenset(map(self.code, clause.values)),
            test=replace(clause.test, values=values),
        )
