"""CloudWatch: the metrics of a rehearsal, its synthetic traffic, and what alarms make of them.

| rests on | behaviour |
| --- | --- |
| lambda/monitoring-metrics-view | Errors and Invocations, by function, alias and version |
| AmazonCloudWatch/alarm-evaluation | when an alarm changes its state |
| AmazonCloudWatch/Notify_Users_Alarm_Changes | an alarm tells its topics when its state changes |
| sns/sns-key-management | CloudWatch needs the key of an encrypted topic |

Assumed: a minute's datapoint is evaluated `DELAY` seconds after the minute; AWS states no bound.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from cicdgen.iam import Service
from cicdgen.proof.canary_sight import DELAY_MINUTES
from cicdgen.proof.parts.alarm import ALARM
from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal import alarms
from cicdgen.rehearsal.alarm_reading import COMPOSITE, read_alarm, read_composite
from cicdgen.rehearsal.record import Measured, Traffic
from cicdgen.rehearsal.run import DeniedError, UnmodelledError
from cicdgen.rehearsal.timeline import AlarmChanged, AlarmState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cicdgen.cloudformation import Resource
    from cicdgen.rehearsal.alarms import MetricAlarm
    from cicdgen.rehearsal.awslambda import Lambda
    from cicdgen.rehearsal.clock import Process
    from cicdgen.rehearsal.notices import Notices
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.versions import Function

MINUTE = 60.0
DELAY = DELAY_MINUTES * MINUTE
_BEYOND = 3
"""Periods that are kept beyond those that an alarm looks at."""
_SERVICE = Service("cloudwatch.amazonaws.com")
_STATES = {
    AlarmState.ALARM: "AlarmActions",
    AlarmState.OK: "OKActions",
    AlarmState.INSUFFICIENT_DATA: "InsufficientDataActions",
}


_Name: TypeAlias = tuple[str, str, tuple[tuple[str, str], ...]]


class Metrics:
    """What services publish, minute by minute."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._held: dict[_Name, dict[float, list[float]]] = defaultdict(
            lambda: defaultdict(lambda: [0.0, 0.0, float("inf"), float("-inf")])
        )

    def put(
        self,
        namespace: str,
        name: str,
        dimensions: Mapping[str, str],
        value: float,
        *,
        at: float | None = None,
        times: float = 1.0,
    ) -> None:
        """Publish a value, some number of times, in the minute that it falls into."""
        moment = self._run.now if at is None else at
        minute = moment // MINUTE * MINUTE
        held = self._held[namespace, name, tuple(sorted(dimensions.items()))][minute]
        held[0] += value * times
        held[1] += times
        held[2] = min(held[2], value)
        held[3] = max(held[3], value)

    def measured(self, alarm: MetricAlarm) -> Iterator[Measured]:
        """Everything that was published of what an alarm reads, and that it still looks at."""
        since = self._run.now - alarm.period * (alarm.rule.periods + _BEYOND) - DELAY
        for name in {(each.namespace, each.name, each.dimensions) for each in alarm.queries}:
            for minute, (total, count, least, most) in self._held.get(name, {}).items():
                if minute >= since:
                    yield Measured(
                        at=minute,
                        namespace=name[0],
                        name=name[1],
                        dimensions=name[2],
                        total=total,
                        count=count,
                        least=least,
                        most=most,
                    )


@dataclass(eq=False, kw_only=True)
class CloudWatch:
    """The alarms of a stack, and the traffic that they look at.

    Attributes:
        failing: the share of a version's requests that fail, by function and version.
        states: the state of every alarm, by logical id.
        traffic: what was sent.
    """

    run: Run
    metrics: Metrics
    notices: Notices
    functions: Lambda
    failing: Callable[[str, str], float]
    states: dict[str, AlarmState] = field(default_factory=dict)
    traffic: list[Traffic] = field(default_factory=list)
    _read: dict[str, MetricAlarm] = field(default_factory=dict)

    def live(self) -> Process:
        """Every minute: count the traffic of the last one, and evaluate the alarms."""
        while True:
            yield MINUTE
            for function in self.functions.functions.values():
                for alias in function.aliases:
                    self._count(function, alias)
            self._count_messages()
            for kind in (ALARM, COMPOSITE):
                for alarm in self.run.site.every(kind):
                    self._look(alarm)

    def is_firing(self, alarm: Resource) -> bool:
        """Whether an alarm is in ALARM."""
        return self.states.get(alarm.logical_id) is AlarmState.ALARM

    def _look(self, alarm: Resource) -> None:
        before = self.states.get(alarm.logical_id, AlarmState.INSUFFICIENT_DATA)
        after, because = self._evaluated(alarm, before)
        self.states[alarm.logical_id] = after
        run = self.run
        if after is before or run.now < 0:
            return
        run.tell(
            AlarmChanged(
                at=run.now, alarm=alarm.logical_id, before=before, after=after, because=because
            )
        )
        place = Place.of(alarm)
        enabled = place.at("ActionsEnabled")
        if enabled.is_given and enabled.is_on is False:
            return
        for target in place.at(_STATES[after]).members():
            self._tell(alarm, target, after)

    def _evaluated(self, alarm: Resource, before: AlarmState) -> tuple[AlarmState, str]:
        name_of = self.run.names.of
        if alarm.type == COMPOSITE:
            named = {
                name_of(name): self.states.get(each.logical_id, AlarmState.INSUFFICIENT_DATA)
                for each in self.run.site.every(ALARM, COMPOSITE)
                for name in (each.name, each.arn)
            }
            return alarms.evaluate_composite(read_composite(alarm, name_of), named), ""
        if alarm.logical_id not in self._read:
            self._read[alarm.logical_id] = read_alarm(alarm, name_of)
        read = self._read[alarm.logical_id]
        published = self.metrics.measured(read)
        now = self.run.now
        found = alarms.evaluate(read, published, now=now, before=before, delay=DELAY)
        return found.state, found.because

    def _tell(self, alarm: Resource, target: Place, state: AlarmState) -> None:
        arn = target.text
        if arn is None or ":sns:" not in arn.code:
            raise UnmodelledError(f"{alarm.logical_id} tells {target}: only topics are modelled")
        source = {"aws:SourceArn": alarm.arn, "aws:SourceAccount": self.run.site.account}
        try:
            self.notices.publish(
                _SERVICE,
                arn,
                about=f"{alarm.logical_id} is in {state.value}",
                by=alarm.logical_id,
                source="sns/sns-key-management",
                context={**source, "aws:SourceOwner": self.run.site.account},
                to_key=source,
            )
        except DeniedError as error:
            self.run.remark(alarm.logical_id, f"nobody is told: {error}")

    def _count(self, function: Function, alias: str) -> None:
        """The last minute's requests, by the share that each version had of it."""
        start = self.run.now - MINUTE
        name = f"{function.resource.logical_id}.{alias}"
        everyone = self.run.load.requests_per_minute
        sums = [0.0, 0.0]
        for version, share in self._shares(name, start).items():
            requests = everyone * share
            errors = requests * self.failing(function.resource.logical_id, version)
            if start >= 0:
                self.traffic.append(
                    Traffic(at=start, version=version, requests=requests, errors=errors)
                )
            more = {"ExecutedVersion": version}
            self._publish(function.name, f"{function.name}:{alias}", more, start, requests, errors)
            sums = [sums[0] + requests, sums[1] + errors]
        self._publish(function.name, f"{function.name}:{alias}", {}, start, sums[0], sums[1])
        self._publish(function.name, "", {}, start, sums[0], sums[1])

    def _publish(
        self, name: str, resource: str, more: dict[str, str], at: float, total: float, bad: float
    ) -> None:
        if not total:
            return
        dimensions = {"FunctionName": name, **({"Resource": resource} if resource else {}), **more}
        put = self.metrics.put
        put("AWS/Lambda", "Invocations", dimensions, 1.0, at=at, times=total)
        put("AWS/Lambda", "Errors", dimensions, 0.0, at=at, times=total - bad)
        if bad:
            put("AWS/Lambda", "Errors", dimensions, 1.0, at=at, times=bad)
        put("AWS/Lambda", "Throttles", dimensions, 0.0, at=at, times=total)

    def _shares(self, name: str, start: float) -> dict[str, float]:
        """What part of the last minute's requests each version got."""
        moments = [each for each in self.run.shifts if each.alias == name]
        found: dict[str, float] = defaultdict(float)
        for event, after in zip(moments, [*moments[1:], None], strict=True):
            end = self.run.now if after is None else min(after.at, self.run.now)
            part = max(0.0, end - max(event.at, start)) / MINUTE
            for version, share in event.weights.items():
                found[version] += part * share
        return {version: share for version, share in found.items() if share > 0}

    def _count_messages(self) -> None:
        for queue in self.run.site.every("AWS::SQS::Queue"):
            number = float(self.notices.waiting[queue.logical_id])
            dimensions = {"QueueName": self.run.names.of(queue.name)}
            at = self.run.now - MINUTE
            name = "ApproximateNumberOfMessagesVisible"
            self.metrics.put("AWS/SQS", name, dimensions, number, at=at)
