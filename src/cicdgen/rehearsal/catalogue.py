"""Calls that services make besides: the proof's catalogue of hops, fired when their time comes.

Logs, traces, trust: what a part of the stack does each time that it acts, whatever it acts on.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Hop
from cicdgen.proof.hops import hops_of
from cicdgen.rehearsal.run import DeniedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicdgen.iam import Policies
    from cicdgen.proof.hops.site import Site
    from cicdgen.rehearsal.run import Run


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The hops of a stack, by the resource that makes them happen and by id.

    Attributes:
        hops: the hops.
        unread: what its parts may do besides, that nobody can read from the template.
    """

    hops: Mapping[tuple[str, str], Sequence[Hop]]
    unread: Sequence[str] = ()

    @classmethod
    def of(cls, site: Site, policies: Policies) -> Catalogue:
        """The hops of a stack."""
        found: dict[tuple[str, str], list[Hop]] = defaultdict(list)
        unread: dict[str, None] = {}
        for hop in hops_of(site, policies):
            match hop:
                case Hop():
                    found[hop.of, hop.id].append(hop)
                case Doubt(path=path, because=because):
                    unread[f"{path[1]}: {because}"] = None
        return cls(hops=found, unread=tuple(unread))

    def starting(self, of: str, prefix: str) -> list[str]:
        """The ids of a resource's hops that begin so."""
        return [name for owner, name in self.hops if owner == of and name.startswith(prefix)]

    def fire(self, run: Run, of: str, *names: str) -> None:
        """Make the calls of these hops.

        Raises:
            DeniedError: one that is needed is not allowed.
        """
        for name in names:
            for hop in self.hops.get((of, name), ()):
                who = hop.calls[0].ways[0].principal
                if hop.strength.is_needed:
                    run.ask(who, hop.calls, hop.source)
                else:
                    run.mention(who, hop.calls, hop.source)

    def try_all(self, run: Run, of: str, *names: str) -> None:
        """As `fire`, where a denial stops nobody: what is not written down is lost."""
        for name in names:
            try:
                self.fire(run, of, name)
            except DeniedError:
                continue
