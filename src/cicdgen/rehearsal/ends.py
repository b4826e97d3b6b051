"""How a rehearsal ended, as far as scenarios ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.rehearsal.timeline import (
    AlarmChanged,
    AlarmState,
    DeploymentBegan,
    DeploymentEnded,
    Notice,
    Status,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicdgen.rehearsal.timeline import Event


@dataclass(frozen=True, kw_only=True)
class End:
    """How a rehearsal ended.

    Attributes:
        before: the version that each alias was on at first.
        after: the share of every version, by alias.
        runs: how each run of the pipeline ended; None for one that never did.
        events: everything.
        window: minutes from the first shift of traffic to the last.
        tells: whether the template has somebody told of anything.
        approves: what is answered where a person is asked.
        asks: whether a person is asked.
        mover: who moves aliases: CodeDeploy, CodePipeline, or nobody (empty).
        blind: why a bad version is not seen while traffic moves; empty if it may be.
    """

    before: Mapping[str, str]
    after: Mapping[str, Mapping[str, float]]
    runs: Sequence[Status | None]
    events: Sequence[Event]
    window: float
    tells: bool
    approves: bool
    asks: bool
    mover: str = "CodeDeploy"
    blind: str = ""

    @property
    def moved(self) -> bool:
        """Whether all traffic is on another version than before."""
        return bool(self.after) and all(
            len(shares) == 1 and next(iter(shares)) != self.before[alias]
            for alias, shares in self.after.items()
        )

    @property
    def stayed(self) -> bool:
        """Whether all traffic is on the version that it was on before."""
        return all(list(shares) == [self.before[a]] for a, shares in self.after.items())

    @property
    def is_split(self) -> bool:
        """Whether an alias serves two versions."""
        return any(len(shares) > 1 for shares in self.after.values())

    @property
    def arrived(self) -> list[Notice]:
        """The notices that arrived, but for questions to a person."""
        return [
            e
            for e in self.events
            if isinstance(e, Notice) and e.arrived and not e.about.startswith("approval")
        ]

    @property
    def fired(self) -> list[AlarmChanged]:
        """The alarms that fired."""
        return [
            e for e in self.events if isinstance(e, AlarmChanged) and e.after is AlarmState.ALARM
        ]

    @property
    def deployments(self) -> list[str]:
        """The deployments that began."""
        return [e.deployment for e in self.events if isinstance(e, DeploymentBegan)]

    @property
    def went_back(self) -> bool:
        """Whether a rollback succeeded."""
        return any(
            isinstance(e, DeploymentEnded) and e.is_rollback and e.status is Status.SUCCEEDED
            for e in self.events
        )

    def __str__(self) -> str:
        runs = ", ".join("never ended" if r is None else r.value.lower() for r in self.runs)
        where = "; ".join(
            f"{alias}: " + ", ".join(f"{share:.0%} on version {v}" for v, share in shares.items())
            for alias, shares in self.after.items()
        )
        return f"the pipeline {runs or 'was never started'}; {where or 'no alias was to move'}"
