"""What an alarm makes of a canary: CloudWatch's arithmetic, played through minute by minute.

Requests come evenly; the new version fails a steady share of its own. Every metric of an alias
mixes both versions: a version that always fails is an error rate of 10 % there, while it has 10 %
of the traffic.

Sources: lambda/monitoring-metrics-view (dimensions), monitoring/alarm-evaluation and
monitoring/using-metric-math (by way of `alarm_math`).
"""

from __future__ import annotations

import math
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
from cicdgen.proof.parts.alarm import ALARM, Metric, metrics
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cicdgen.cloudformation import Resource
    from cicdgen.proof.parts.shift import Shift

DELAY_MINUTES: Final = 2
"""Allowance for a metric to arrive and an alarm to be evaluated. AWS states no bound."""

PLENTY: Final = 1e6
"""Requests a minute that leave no alarm short of data."""
_MINUTE: Final = 60


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

    if not sees(100, PLENTY):
        return None
    failing = next(percent for percent in range(1, 101) if sees(percent, PLENTY))
    one_each = 100 * 100 / (shift.step * failing * watch.period)
    least = _least(lambda requests: sees(failing, requests))
    requests = math.ceil(max(one_each, least) - 1e-6)
    minutes = minutes_to_alarm(watch, shift, failing=failing, requests=requests)
    return Seen(failing=failing, minutes=minutes or 0, requests=requests)


def _least(holds: Callable[[float], bool]) -> float:
    """The least number of requests, to a hundredth, from which something holds up to plenty."""
    low, high = 0.0, PLENTY
    while high - low > max(0.01, high * 1e-4):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
