"""Calls that services make besides: the proof's catalogue of hops, fired when their time comes.

Logs, traces, trust: what a part of the stack does each time that it acts, whatever it acts on.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    """The hops of a stack, by the resource that makes them happen and by id."""

    hops: Mapping[tuple[str, str], Sequence[Hop]]

    @classmethod
    def of(cls, site: Site, policies: Policies) -> Catalogue:
        """The hops of a stack."""
        found: dict[tuple[str, str], list[Hop]] = defaultdict(list)
        for hop in hops_of(site, policies):
            if isinstance(hop, Hop):
                found[hop.of, hop.id].append(hop)
        return cls(hops=found)

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
