"""Whether the alarm of a deployment sees a bad canary while there is time to go back.

From the template alone: how traffic shifts, what the alarms measure, and CloudWatch's arithmetic,
played through minute by minute. Requests come evenly; the new version fails a steady share of its
own. A canary gets 10 % of the traffic, and every metric of an alias mixes both versions: a version
that always fails is an error rate of 10 % there, and an alarm above 10 % never fires. That, and a
period so long that the alarm comes after the last shift, is what this finds (failure 5).

Sources: codedeploy/deployment-configurations (shifts), lambda/monitoring-metrics-view (dimensions),
monitoring/alarm-evaluation and monitoring/using-metric-math (by way of `alarm_math`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cicdgen.proof.alarm_math import (
    COMPARISONS,
    Expression,
    Result,
    Rule,
    Series,
    State,
    Unmodelled,
    read,
    states,
)
from cicdgen.proof.check import Check
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.alarm import ALARM, Metric, metrics
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent
from cicdgen.proof.parts.release import lambda_groups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cicdgen.cloudformation import Path, Resource, Stack

NAME = "canary-seen"
DELAY_MINUTES: Final = 2
"""Allowance for a metric to arrive and an alarm to be evaluated. AWS states no bound."""

_PLENTY: Final = 1e6
"""Requests a minute that leave no alarm short of data."""
_MINUTE: Final = 60
_CONFIG = "AWS::CodeDeploy::DeploymentConfig"
_PREDEFINED = re.compile(
    r"CodeDeployDefault\.Lambda(?:Canary(?P<share>\d+)Percent(?P<wait>\d+)Minutes?"
    r"|Linear(?P<step>\d+)PercentEvery(?P<every>\d+)Minutes?|(?P<all>AllAtOnce))"
)
_ALARMS_PAGE = "codedeploy/monitoring-create-alarms"


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How traffic moves to the new version.

    Attributes:
        step: percentage of the traffic that moves at first, and at each further step.
        wait: minutes between steps.
        is_linear: whether there are several steps; else the rest follows at once.
    """

    step: float
    wait: float
    is_linear: bool = False

    @property
    def window(self) -> float:
        """Minutes from the first shift to the last."""
        if self.step >= 100:  # noqa: PLR2004 - per cent
            return 0
        return self.wait * (math.ceil(100 / self.step) - 1 if self.is_linear else 1)

    def share(self, minute: float) -> float:
        """The part of the traffic, 0 to 1, that the new version has after so many minutes."""
        if minute >= self.window:
            return 1.0
        steps = 1 + int(minute // self.wait) if self.is_linear else 1
        return min(1.0, steps * self.step / 100)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What an alarm sees of a canary.

    Attributes:
        failing: percentage of its own requests that the new version has to fail.
        minutes: from its first request to the alarm, at the most.
        requests: a minute, all versions together, from which that holds.
    """

    failing: float
    minutes: float
    requests: float

    def __str__(self) -> str:
        return (
            f"sees a version failing {self.failing:g} % or more within {self.minutes:g} minutes at"
            f" {self.requests:g} requests a minute or more; blind below"
        )


@dataclass(frozen=True, kw_only=True)
class Watch:
    """An alarm, read as far as a canary goes.

    Attributes:
        alarm: the resource.
        period: minutes to a datapoint.
        rule: when it fires.
        measures: what each of its metrics makes of requests and errors in a period.
        expressions: its expressions by id, those that others need first.
        shown: the id that is compared with the threshold.
    """

    alarm: Resource
    period: float
    rule: Rule
    measures: Mapping[str, Callable[[float, float], float | None]]
    expressions: tuple[tuple[str, Expression], ...]
    shown: str

    def series(self, requests: Series, errors: Series) -> Series:
        """The datapoints that are compared with the threshold."""
        known: dict[str, Result] = {
            name: tuple(
                None if not total else measure(total, bad or 0.0)
                for total, bad in zip(requests, errors, strict=True)
            )
            for name, measure in self.measures.items()
        }
        for name, expression in self.expressions:
            known[name] = expression.evaluate(known)
        found = known[self.shown]
        if not isinstance(found, tuple):
            raise Unmodelled("the alarm watches something that is no time series")
        return found


_MEASURES: Mapping[tuple[str, str], Callable[[float, float], float | None]] = {
    ("Errors", "Sum"): lambda _, bad: bad,
    ("Errors", "Average"): lambda total, bad: bad / total,
    ("Errors", "Maximum"): lambda _, bad: float(bad > 0),
    ("Errors", "Minimum"): lambda total, bad: float(bad >= total),
    ("Errors", "SampleCount"): lambda total, _: total,
    ("Invocations", "Sum"): lambda total, _: total,
    ("Invocations", "SampleCount"): lambda total, _: total,
    ("Invocations", "Average"): lambda _, __: 1.0,
    ("Invocations", "Maximum"): lambda _, __: 1.0,
    ("Invocations", "Minimum"): lambda _, __: 1.0,
}
"""What Lambda's metrics are for so many requests, so many of them errors."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every deployment group that releases functions bit by bit."""
    for group in lambda_groups(stack):
        shift = shift_of(stack, group)
        config = Place.of(group).at("DeploymentConfigName")
        if shift is None:
            yield Doubt(check=NAME, path=config.path, because=f"how {config} shifts traffic")
        elif shift.window > 0:
            yield from _watched(stack, group, shift)


def shift_of(stack: Stack, group: Resource) -> Shift | None:
    """How a group shifts traffic; None if that is not known.

    A group without a config shifts all at once: that is CodeDeploy's default for functions.
    """
    named = Place.of(group).at("DeploymentConfigName")
    if not named.is_given:
        return Shift(step=100, wait=0)
    found = _PREDEFINED.fullmatch(named.known or "")
    if found is not None:
        if found["all"]:
            return Shift(step=100, wait=0)
        linear = found["step"] is not None
        step, wait = (found["step"], found["every"]) if linear else (found["share"], found["wait"])
        return Shift(step=float(step), wait=float(wait), is_linear=linear)
    config = referent(stack, named, _CONFIG)
    return None if isinstance(config, Elsewhere) else _custom(config)


def _custom(config: Resource) -> Shift | None:
    routing = Place.of(config).at("TrafficRoutingConfig")
    match routing.at("Type").known:
        case "AllAtOnce":
            return Shift(step=100, wait=0)
        case "TimeBasedCanary":
            canary = routing.at("TimeBasedCanary")
            step, wait = canary.at("CanaryPercentage").number, canary.at("CanaryInterval").number
        case "TimeBasedLinear":
            linear = routing.at("TimeBasedLinear")
            step, wait = linear.at("LinearPercentage").number, linear.at("LinearInterval").number
        case _:
            return None
    if not step or not wait:
        return None
    is_linear = routing.at("Type").known == "TimeBasedLinear"
    return Shift(step=step, wait=wait, is_linear=is_linear)


def _watched(stack: Stack, group: Resource, shift: Shift) -> Iterator[Remark]:
    place = Place.of(group).at("AlarmConfiguration", "Alarms")
    names = [each.at("Name") for each in place.members()]
    if not names:
        yield Flaw(
            check=NAME,
            path=place.path,
            message=f"traffic waits {shift.window:g} minutes for {group.logical_id}, and no alarm"
            " looks at it",
            fix="list an alarm on the alias's error rate in AlarmConfiguration",
            source=_ALARMS_PAGE,
        )
        return
    blind: list[Flaw] = []
    doubts: list[Doubt] = []
    sees = False
    for name in names:
        alarm = referent(stack, name, ALARM, "AWS::CloudWatch::CompositeAlarm")
        if isinstance(alarm, Elsewhere):
            doubts.append(Doubt(check=NAME, path=name.path, because=alarm.because))
            continue
        try:
            watch = watch_of(alarm)
            always = _always(watch)
            why = None if always else _blindness(watch, shift)
        except Unmodelled as reason:
            doubts.append(Doubt(check=NAME, path=alarm.path, because=str(reason)))
            continue
        if always:
            yield _flaw(alarm.path, *always)
        elif why:
            blind.append(_flaw(alarm.path, *why))
        else:
            sees = True
    if not sees:
        yield from doubts or blind


def seen(stack: Stack) -> Iterator[tuple[Resource, Resource, Seen]]:
    """What each alarm of each deployment group sees: group, alarm and arithmetic."""
    for group in lambda_groups(stack):
        shift = shift_of(stack, group)
        if shift is None or shift.window <= 0:
            continue
        for each in Place.of(group).at("AlarmConfiguration", "Alarms").members():
            alarm = referent(stack, each.at("Name"), ALARM)
            if isinstance(alarm, Elsewhere):
                continue
            try:
                found = sight(watch_of(alarm), shift)
            except Unmodelled:
                continue
            if found is not None:
                yield group, alarm, found


def watch_of(alarm: Resource) -> Watch:
    """An alarm as far as a canary goes.

    Raises:
        Unmodelled: something about it is not known, or not modelled here.
    """
    place = Place.of(alarm)
    if alarm.type != ALARM:
        raise Unmodelled(f"what {alarm.logical_id} makes of other alarms is not modelled")
    comparison, threshold = place.at("ComparisonOperator").known, place.at("Threshold").number
    periods = place.at("EvaluationPeriods").number
    datapoints = place.at("DatapointsToAlarm")
    missing = place.at("TreatMissingData")
    if comparison is None or comparison not in COMPARISONS or threshold is None or not periods:
        raise Unmodelled(f"when {alarm.logical_id} fires is not known")
    needed = datapoints.number if datapoints.is_given else periods
    treatment = missing.known if missing.is_given else "missing"
    if not needed or treatment is None:
        raise Unmodelled(f"when {alarm.logical_id} fires is not known")
    watched = list(metrics(alarm))
    lengths = {metric.period.number for metric in watched}
    length = next(iter(lengths), None)
    if len(lengths) != 1 or length is None:
        raise Unmodelled(f"{alarm.logical_id} has no one period that is known")
    expressions, shown = _expressions(place, watched)
    return Watch(
        alarm=alarm,
        period=length / _MINUTE,
        rule=Rule(
            comparison=comparison,
            threshold=threshold,
            datapoints=int(needed),
            periods=int(periods),
            missing=treatment,
        ),
        measures={metric.id: _measure(metric) for metric in watched},
        expressions=expressions,
        shown=shown,
    )


def _measure(metric: Metric) -> Callable[[float, float], float | None]:
    dimensions = metric.dimensions
    if metric.namespace.known != "AWS/Lambda" or dimensions is None:
        raise Unmodelled(f"what {metric.namespace} {metric.name} shows of a bad version")
    if "ExecutedVersion" in dimensions:
        raise Unmodelled("which version ExecutedVersion will be is not known")
    if "FunctionName" not in dimensions:
        raise Unmodelled(f"{metric.name} is of more than one function")
    measure = _MEASURES.get((metric.name.known or "", metric.statistic.known or ""))
    if measure is None:
        raise Unmodelled(f"what {metric.statistic} of {metric.name} shows of a bad version")
    return measure


def _expressions(
    place: Place, watched: list[Metric]
) -> tuple[tuple[tuple[str, Expression], ...], str]:
    """The expressions, those that others need first, and the id that is compared."""
    if not place.at("Metrics").is_given:
        return (), ""
    waiting: dict[str, Expression] = {}
    shown: list[str] = []
    for query in place.at("Metrics").members():
        name = query.at("Id").known or ""
        text = query.at("Expression")
        if text.is_given:
            if text.known is None:
                raise Unmodelled("an expression is not known")
            waiting[name] = read(text.known)
        returned = query.at("ReturnData")
        if not returned.is_given or returned.is_on:
            shown.append(name)
    done = [metric.id for metric in watched]
    ordered: list[tuple[str, Expression]] = []
    while waiting:
        ready = [name for name, each in waiting.items() if each.names <= set(done)]
        if not ready:
            raise Unmodelled("its expressions need something that is not there")
        ordered += [(name, waiting.pop(name)) for name in ready]
        done += ready
    if len(shown) != 1:
        raise Unmodelled("it returns not one time series but several")
    return tuple(ordered), shown[0]


def minutes_to_alarm(
    watch: Watch, shift: Shift, *, failing: float, requests: float
) -> float | None:
    """Minutes from the new version's first request to the alarm, at the most.

    The first request falls somewhere inside a period, which may stay under the threshold; the
    periods after it are bad as a whole.

    Args:
        watch: the alarm.
        shift: how traffic moves.
        failing: percentage of its own requests that the new version fails.
        requests: a minute, all versions together.

    Returns:
        None if it does not fire before the last traffic has moved.
    """
    before = watch.rule.periods + 2
    bad = math.ceil(max(0.0, shift.window - DELAY_MINUTES) / watch.period)
    if not bad:
        return None
    total = requests * watch.period
    shares = [shift.share((number + 1) * watch.period - 1e-9) for number in range(bad)]
    errors = (0.0,) * before + tuple(total * share * failing / 100 for share in shares)
    found = states(watch.rule, watch.series((total,) * len(errors), errors))[before:]
    for number, state in enumerate(found, start=1):
        if state is State.ALARM:
            minutes = watch.period * (number + 1) + DELAY_MINUTES
            return minutes if minutes < shift.window else None
    return None


def sight(watch: Watch, shift: Shift) -> Seen | None:
    """The least that an alarm sees; None if it sees nothing."""

    def sees(failing: float, requests: float) -> bool:
        return minutes_to_alarm(watch, shift, failing=failing, requests=requests) is not None

    if not sees(100, _PLENTY):
        return None
    failing = next(percent for percent in range(1, 101) if sees(percent, _PLENTY))
    one_each = 100 * 100 / (shift.step * failing * watch.period)
    least = _least(lambda requests: sees(failing, requests))
    requests = math.ceil(max(one_each, least) - 1e-6)
    minutes = minutes_to_alarm(watch, shift, failing=failing, requests=requests)
    return Seen(failing=failing, minutes=minutes or 0, requests=requests)


def _least(holds: Callable[[float], bool]) -> float:
    """The least number of requests, to a hundredth, from which something holds up to plenty."""
    low, high = 0.0, _PLENTY
    while high - low > max(0.01, high * 1e-4):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _always(watch: Watch) -> tuple[str, str] | None:
    """Why an alarm rolls back good versions: message and fix."""
    length = watch.rule.periods + 2
    name = watch.alarm.logical_id
    nothing: Series = (None,) * length
    if states(watch.rule, watch.series(nothing, nothing), State.OK)[-1] is State.ALARM:
        return (
            f"{name} is in ALARM when nobody calls the function: each release then is rolled back",
            "set TreatMissingData: notBreaching",
        )
    total = (_PLENTY * watch.period,) * length
    if states(watch.rule, watch.series(total, (0.0,) * length))[-1] is State.ALARM:
        return (
            f"{name} is in ALARM when no request fails: each release is rolled back",
            "compare the error rate with GreaterThanThreshold",
        )
    return None


def _blindness(watch: Watch, shift: Shift) -> tuple[str, str] | None:
    """Why an alarm does not see a version that always fails: message and fix."""
    if minutes_to_alarm(watch, shift, failing=100, requests=_PLENTY) is not None:
        return None
    name = watch.alarm.logical_id
    endless = Shift(step=shift.step, wait=1e4)
    late = minutes_to_alarm(watch, endless, failing=100, requests=_PLENTY)
    if late is not None:
        return (
            (
                f"{name} fires {late:g} minutes after a bad version begins, and all traffic has"
                f" moved after {shift.window:g}"
            ),
            "use a Period of 60 seconds and fewer EvaluationPeriods, or a longer canary",
        )
    alone = Shift(step=99.999, wait=1e4)
    if minutes_to_alarm(watch, alone, failing=100, requests=_PLENTY) is not None:
        return (
            (
                f"{name} cannot see a version that always fails: with {shift.step:g} % of the"
                f" traffic that is {shift.step:g} % of what it measures, and it fires at"
                f" {watch.rule.comparison} {watch.rule.threshold:g}"
            ),
            f"multiply the error rate that you tolerate by {shift.step:g} %: that is the threshold",
        )
    return (
        f"{name} does not fire when every request fails",
        "watch the rate of Errors to Invocations, and compare it with GreaterThanThreshold",
    )


def _flaw(path: Path, message: str, fix: str) -> Flaw:
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=_ALARMS_PAGE)


CHECK = Check(
    name=NAME,
    title="The alarm of a deployment sees a bad canary while there is time to go back",
    run=check,
    failures=(5,),
)
