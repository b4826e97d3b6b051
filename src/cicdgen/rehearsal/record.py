"""What a rehearsal leaves: what happened, the traffic, and how it ended.

Nothing here decides anything. Times are virtual seconds since the upload began.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cicdgen.rehearsal.timeline import (
    AlarmChanged,
    AlarmState,
    Call,
    CallMade,
    Event,
    Moment,
    Notice,
    TrafficShifted,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Synthetic traffic of one minute to one version.

    Attributes:
        at: the minute's beginning.
        version: the version that was asked.
        requests: how many requests it got.
        errors: how many of them failed.
    """

    at: Moment
    version: str
    requests: float
    errors: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a service publishes of a metric for one minute: what alarms are evaluated on.

    Attributes:
        at: the minute's beginning.
        namespace: as `AWS/Lambda`.
        name: as `Errors`.
        dimensions: name and value, sorted by name.
        total: the sum of the values.
        count: how many values.
        least: the least of them.
        most: the greatest of them.
    """

    at: Moment
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    total: float
    count: float
    least: float
    most: float


@dataclass(frozen=True, kw_only=True)
class Load:
    """The traffic that a rehearsal sends.

    Attributes:
        requests_per_minute: to the alias, all versions together.
        error_rate: share of the new version's requests that fail, where a scenario has it fail.
    """

    requests_per_minute: float = 600.0
    error_rate: float = 1.0


@dataclass(frozen=True, kw_only=True)
class ActionShape:
    """An action, as the picture of the pipeline shows it."""

    name: str
    provider: str
    run_order: int


@dataclass(frozen=True, kw_only=True)
class StageShape:
    """A stage, as the picture of the pipeline shows it."""

    name: str
    actions: tuple[ActionShape, ...]


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """A behaviour of AWS, and whether the rehearsal has it.

    Attributes:
        service: as `CodeDeploy`.
        what: the behaviour, as a sentence.
        source: the page that says so, as guide/page; for an assumption, on what it rests.
        is_modelled: whether the rehearsal behaves so.
    """

    service: str
    what: str
    source: str
    is_modelled: bool


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """One scenario, run to its end.

    Attributes:
        scenario: as `bad-canary`.
        meaning: what the scenario does, as a sentence.
        expected: the end that it should have, as a sentence.
        ended: the end that it had, as a sentence.
        passed: whether it ended as it should.
        causes: why it did not, or why the release failed: the missing grants first.
        pipeline: the pipeline's logical id.
        stages: its picture.
        events: everything, in order of time.
        traffic: the synthetic traffic, minute by minute.
        load: what was asked for.
        strategy: the deployment config, as `CodeDeployDefault.LambdaCanary10Percent10Minutes`.
        assumptions: what the result rests on.
        conformance: what is modelled, and what is not.
        seconds: real seconds that it took.
    """

    scenario: str
    meaning: str
    expected: str
    ended: str
    passed: bool
    causes: tuple[str, ...]
    pipeline: str
    stages: tuple[StageShape, ...]
    events: tuple[Event, ...]
    traffic: tuple[Traffic, ...]
    load: Load
    strategy: str
    assumptions: tuple[str, ...]
    conformance: tuple[Behaviour, ...]
    seconds: float

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call, in order."""
        return tuple(event.call for event in self.events if isinstance(event, CallMade))

    @cached_property
    def denied(self) -> tuple[Call, ...]:
        """The calls that were needed and not allowed, each once."""
        bad = (c for c in self.calls if c.is_needed and c.verdict is not Verdict.ALLOWED)
        return tuple(dict.fromkeys(bad))

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """What was said, in order."""
        return tuple(event for event in self.events if isinstance(event, Notice))

    @cached_property
    def shifts(self) -> tuple[TrafficShifted, ...]:
        """The alias's weights, in order."""
        return tuple(event for event in self.events if isinstance(event, TrafficShifted))

    @property
    def requests(self) -> float:
        """How many requests were sent in all."""
        return sum(each.requests for each in self.traffic)

    @property
    def hurt(self) -> float:
        """How many requests failed."""
        return sum(each.errors for each in self.traffic)

    @property
    def fired_at(self) -> Moment | None:
        """When the first alarm fired; None if none did."""
        return next((e.at for e in self._changes() if e.after is AlarmState.ALARM), None)

    @property
    def ended_at(self) -> Moment:
        """When the last thing happened."""
        return max((event.at for event in self.events), default=0.0)

    def _changes(self) -> Iterator[AlarmChanged]:
        return (event for event in self.events if isinstance(event, AlarmChanged))


@dataclass(frozen=True, kw_only=True)
class Permission:
    """An action that a statement of the template grants, and whether any scenario used it.

    Attributes:
        holder: whose policy: a role's logical id, or the resource that the policy hangs on.
        statement: as `BuildPolicy.ReadSource`.
        action: as `s3:GetObject`.
        used_in: the scenarios in which a call rested on it; empty if none did.
        because: why it is there all the same; empty if it is used, or if nobody knows.
    """

    holder: str
    statement: str
    action: str
    used_in: tuple[str, ...]
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Several scenarios of one template, and what they used of its permissions together.

    Attributes:
        name: what a person calls the template.
        rehearsals: the scenarios.
        permissions: what the template grants, and which scenario used it.
        opinions: how many requests were decided a second time, in words.
        seconds: how long it took.
    """

    name: str
    rehearsals: tuple[Rehearsal, ...]
    permissions: tuple[Permission, ...]
    opinions: tuple[str, ...] = ()
    seconds: float

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the results rest on, each once."""
        said = (line for each in self.rehearsals for line in each.assumptions)
        return tuple(dict.fromkeys([*said, *self.opinions]))

    @property
    def passed(self) -> bool:
        """Whether every scenario ended as it should."""
        return all(each.passed for each in self.rehearsals)
