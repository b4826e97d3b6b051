"""What happens in a rehearsal, event by event, in order of virtual time.

Nothing here decides anything. Times are virtual seconds since the upload began, shares of traffic
are between 0 and 1, and names are those of the template's author (logical ids) where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, unique
from typing import TYPE_CHECKING, ClassVar, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

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
