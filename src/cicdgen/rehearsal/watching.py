"""What an alarm makes of the metrics so far.

Sources: AmazonCloudWatch/alarm-evaluation, AmazonCloudWatch/using-metric-math,
AmazonCloudWatch/Create_Composite_Alarm. An alarm with a period of a minute or more is evaluated
every minute, on periods that end then.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.alarm_math import COMPARISONS, Rule, State, evaluated, read
from cicdgen.proof.parts.alarm import Metric, metrics
from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.cloudwatch import COMPOSITE, DELAY
from cicdgen.rehearsal.record import AlarmState
from cicdgen.rehearsal.run import UnmodelledError

if TYPE_CHECKING:
    from cicdgen.cloudformation import Resource
    from cicdgen.proof.alarm_math import Result
    from cicdgen.rehearsal.cloudwatch import CloudWatch
    from cicdgen.rehearsal.record import Measured

_WORD = re.compile(
    r"(ALARM|OK|INSUFFICIENT_DATA)\(\s*\"?([^\")]+)\"?\s*\)|(AND|OR|NOT|[()])|\s+|(\S)"
)
_RETRIEVED = 2


def state_of(alarm: Resource, watched: CloudWatch) -> tuple[AlarmState, str]:
    """The state of an alarm now, and the datapoints that it rests on."""
    if alarm.type == COMPOSITE:
        return _composite(alarm, watched), ""
    place = Place.of(alarm)
    before = watched.states.get(alarm.logical_id, AlarmState.INSUFFICIENT_DATA)
    rule = _rule(alarm, place)
    series = _series(alarm, place, rule, watched)
    found = AlarmState(evaluated(rule, series, State(before.value)).value)
    shown = ", ".join("-" if value is None else f"{value:g}" for value in series[-rule.periods :])
    return found, f"{shown} against {rule.threshold:g}"


def _rule(alarm: Resource, place: Place) -> Rule:
    comparison = place.at("ComparisonOperator").known or ""
    threshold, periods = place.at("Threshold").number, place.at("EvaluationPeriods").number
    if comparison not in COMPARISONS or threshold is None or periods is None:
        raise UnmodelledError(f"when {alarm.logical_id} fires: {comparison or 'no comparison'}")
    needed = place.at("DatapointsToAlarm")
    missing = place.at("TreatMissingData")
    return Rule(
        comparison=comparison,
        threshold=threshold,
        datapoints=int((needed.number if needed.is_given else periods) or periods),
        periods=int(periods),
        missing=(missing.known if missing.is_given else None) or "missing",
    )


def _series(
    alarm: Resource, place: Place, rule: Rule, watched: CloudWatch
) -> tuple[float | None, ...]:
    several = list(metrics(alarm))
    lengths = {metric.period.number for metric in several}
    if len(lengths) != 1 or not (length := next(iter(lengths)) or 0):
        raise UnmodelledError(f"{alarm.logical_id} has no one period that is known")
    published = list(watched.metrics.measured())
    end = watched.run.now - DELAY
    ends = [end - length * back for back in range(rule.periods + _RETRIEVED - 1, -1, -1)]
    known: dict[str, Result] = {}
    for metric in several:
        dimensions = metric.dimensions
        if dimensions is None:
            raise UnmodelledError(f"the dimensions of {alarm.logical_id}")
        wanted = tuple(
            sorted((n, watched.run.names.of(v.text)) for n, v in dimensions.items() if v.text)
        )
        of_metric = [
            each
            for each in published
            if (each.namespace, each.name, each.dimensions)
            == (metric.namespace.known, metric.name.known, wanted)
        ]
        known[metric.id] = tuple(
            _statistic(metric, [m for m in of_metric if at - length <= m.at < at]) for at in ends
        )
    return _shown(alarm, place, known)


def _shown(alarm: Resource, place: Place, known: dict[str, Result]) -> tuple[float | None, ...]:
    shown = ""
    waiting = {
        query.at("Id").known or "": read(query.at("Expression").known or "")
        for query in place.at("Metrics").members()
        if query.at("Expression").is_given
    }
    while waiting:
        ready = [name for name, each in waiting.items() if each.names <= known.keys()]
        if not ready:
            raise UnmodelledError(f"the expressions of {alarm.logical_id} need what is not there")
        for name in ready:
            known[name] = waiting.pop(name).evaluate(known)
    for query in place.at("Metrics").members():
        returned = query.at("ReturnData")
        if not returned.is_given or returned.is_on:
            shown = query.at("Id").known or ""
    found = known[shown]
    if not isinstance(found, tuple):
        raise UnmodelledError(f"{alarm.logical_id} watches something that is no time series")
    return found


def _statistic(metric: Metric, several: list[Measured]) -> float | None:
    if not several:
        return None
    total, count = sum(m.total for m in several), sum(m.count for m in several)
    match metric.statistic.known:
        case "Sum":
            return total
        case "SampleCount":
            return count
        case "Average":
            return total / count
        case "Maximum":
            return max(m.most for m in several)
        case "Minimum":
            return min(m.least for m in several)
        case other:
            raise UnmodelledError(f"the statistic {other} of {metric.name}")


def _composite(alarm: Resource, watched: CloudWatch) -> AlarmState:
    text = Place.of(alarm).at("AlarmRule").text
    if text is None:
        raise UnmodelledError(f"the rule of {alarm.logical_id}")
    named = {
        watched.run.names.of(value): each.logical_id
        for each in watched.run.site.every("AWS::CloudWatch::Alarm", COMPOSITE)
        for value in (each.name, each.arn)
    }
    words: list[str] = []
    for found in _WORD.finditer(watched.run.names.of(text)):
        if found[4]:
            raise UnmodelledError(f"“{found[4]}” in the rule of {alarm.logical_id}")
        if found[1]:
            logical_id = named.get(found[2])
            if logical_id is None:
                raise UnmodelledError(f"{alarm.logical_id} asks for {found[2]}: no such alarm here")
            state = watched.states.get(logical_id, AlarmState.INSUFFICIENT_DATA)
            words.append(str(state.value == found[1]))
        elif found[3]:
            words.append(found[3].lower())
    # Nothing but True, False, and, or, not and parentheses is left.
    is_true = bool(eval(" ".join(words), {"__builtins__": {}}))  # noqa: S307
    return AlarmState.ALARM if is_true else AlarmState.OK
