"""What a rehearsal leaves: every event in order of virtual time, and how it ended.

Nothing here decides anything. Times are virtual seconds since the upload began, shares of traffic
are between 0 and 1, and names are those of the template's author (logical ids) where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, unique
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Moment: TypeAlias = float
"""Virtual seconds since the upload began."""


@unique
class Status(Enum):
    """How a stage, an action, a pipeline or a deployment ended."""

    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    STOPPED = "Stopped"


@unique
class Verdict(Enum):
    """What the policies make of a call."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "not known"


@unique
class AlarmState(Enum):
    """The states of an alarm, as CloudWatch names them."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call to AWS, decided.

    Attributes:
        principal: who calls: a role's logical id, or a service as `events.amazonaws.com`.
        action: as `s3:GetObject`.
        resource: what on, as the template's author calls it, with what is in it.
        verdict: what came of it.
        because: the missing grant, or what is not known; empty where it is allowed.
        grants: the statements that it rests on, as `BuildPolicy.ReadSource`.
        source: the page that says that this call is made, as guide/page.
        is_needed: whether something fails without it; AWS lists others, and may not make them.
    """

    principal: str
    action: str
    resource: str
    verdict: Verdict
    because: str = ""
    grants: tuple[str, ...] = ()
    source: str = ""
    is_needed: bool = True


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """The source was uploaded."""

    kind: ClassVar[str] = "uploaded"
    at: Moment
    bucket: str
    key: str
    version: str


@dataclass(frozen=True, kw_only=True)
class RuleTried:
    """A rule of EventBridge met an event."""

    kind: ClassVar[str] = "rule tried"
    at: Moment
    rule: str
    event: str
    matched: bool


@dataclass(frozen=True, kw_only=True)
class PipelineBegan:
    """A pipeline started."""

    kind: ClassVar[str] = "pipeline began"
    at: Moment
    pipeline: str
    execution: str


@dataclass(frozen=True, kw_only=True)
class PipelineEnded:
    """A pipeline's run ended."""

    kind: ClassVar[str] = "pipeline ended"
    at: Moment
    pipeline: str
    execution: str
    status: Status
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class StageBegan:
    """A stage began."""

    kind: ClassVar[str] = "stage began"
    at: Moment
    stage: str


@dataclass(frozen=True, kw_only=True)
class StageEnded:
    """A stage ended."""

    kind: ClassVar[str] = "stage ended"
    at: Moment
    stage: str
    status: Status


@dataclass(frozen=True, kw_only=True)
class ActionBegan:
    """An action of a stage began."""

    kind: ClassVar[str] = "action began"
    at: Moment
    stage: str
    action: str
    provider: str


@dataclass(frozen=True, kw_only=True)
class ActionEnded:
    """An action of a stage ended, with its output variables."""

    kind: ClassVar[str] = "action ended"
    at: Moment
    stage: str
    action: str
    status: Status
    because: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Somebody answered a manual approval."""

    kind: ClassVar[str] = "approval"
    at: Moment
    stage: str
    action: str
    approved: bool


@dataclass(frozen=True, kw_only=True)
class CallMade:
    """A call was made, and decided."""

    kind: ClassVar[str] = "call made"
    at: Moment
    call: Call


@dataclass(frozen=True, kw_only=True)
class PhaseEnded:
    """A phase of a build ended; `was_run` is false where it was only checked."""

    kind: ClassVar[str] = "phase ended"
    at: Moment
    project: str
    phase: str
    status: Status
    was_run: bool
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class FunctionInvoked:
    """A function ran; `error` is what it raised, if it did."""

    kind: ClassVar[str] = "function invoked"
    at: Moment
    function: str
    by: str
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class DeploymentBegan:
    """CodeDeploy, or CodePipeline itself, began to move an alias."""

    kind: ClassVar[str] = "deployment began"
    at: Moment
    deployment: str
    config: str
    current: str
    target: str


@dataclass(frozen=True, kw_only=True)
class LifecycleEnded:
    """A lifecycle event of a deployment ended, as `BeforeAllowTraffic`."""

    kind: ClassVar[str] = "lifecycle ended"
    at: Moment
    deployment: str
    event: str
    status: Status
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class DeploymentEnded:
    """A deployment ended; `is_rollback` is about the one that undoes another."""

    kind: ClassVar[str] = "deployment ended"
    at: Moment
    deployment: str
    status: Status
    because: str = ""
    is_rollback: bool = False


@dataclass(frozen=True, kw_only=True)
class TrafficShifted:
    """From now on an alias sends these shares to these versions; they add up to 1."""

    kind: ClassVar[str] = "traffic shifted"
    at: Moment
    alias: str
    weights: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class AlarmChanged:
    """An alarm has another state; `because` has its datapoints."""

    kind: ClassVar[str] = "alarm changed"
    at: Moment
    alarm: str
    before: AlarmState
    after: AlarmState
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something was said to a topic or a queue.

    Attributes:
        at: when.
        about: what it says, in a few words.
        by: who says it: an alarm's or a rule's logical id, or an action.
        topic: the topic or queue.
        told: who would have been told, as `email ops@example.com`; the template's subscriptions.
        arrived: whether it reached the topic.
        because: why it did not.
    """

    kind: ClassVar[str] = "notice"
    at: Moment
    about: str
    by: str
    topic: str
    told: tuple[str, ...]
    arrived: bool
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class Logged:
    """A line that a build or a function wrote."""

    kind: ClassVar[str] = "logged"
    at: Moment
    by: str
    line: str


Event: TypeAlias = (
    Uploaded
    | RuleTried
    | PipelineBegan
    | PipelineEnded
    | StageBegan
    | StageEnded
    | ActionBegan
    | ActionEnded
    | Approval
    | CallMade
    | PhaseEnded
    | FunctionInvoked
    | DeploymentBegan
    | LifecycleEnded
    | DeploymentEnded
    | TrafficShifted
    | AlarmChanged
    | Notice
    | Logged
)


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
