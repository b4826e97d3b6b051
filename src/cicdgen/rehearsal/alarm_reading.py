"""The alarms of a template, read into what `alarms` evaluates; what is not modelled is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cicdgen.proof.alarm_math import COMPARISONS, Rule, Unmodelled, read
from cicdgen.proof.parts.alarm import ALARM, metrics
from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.alarms import MINUTE, AlarmError, MetricAlarm, Query
from cicdgen.rehearsal.composite import Decide, read_rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicdgen.cloudformation import Resource
    from cicdgen.cloudformation.text import Text
    from cicdgen.proof.alarm_math import Expression
    from cicdgen.proof.parts.alarm import Metric

COMPOSITE: Final = "AWS::CloudWatch::CompositeAlarm"
_TREATMENTS: Final = frozenset({"missing", "ignore", "breaching", "notBreaching"})


def read_alarm(alarm: Resource, name_of: Callable[[Text], str]) -> MetricAlarm:
    """An alarm of a template.

    Args:
        alarm: the resource.
        name_of: the value that a text of the template has in an account.

    Raises:
        AlarmError: something of it is not modelled, or not known.
    """
    place, named = Place.of(alarm), alarm.logical_id
    if alarm.type != ALARM:
        raise AlarmError(f"{named} is no alarm on metrics", hint="it is an AWS::CloudWatch::Alarm")
    for unknown in ("ThresholdMetricId", "EvaluateLowSampleCountPercentile", "Unit"):
        if place.at(unknown).is_given:
            raise AlarmError(f"{named}: {unknown} is not modelled", hint=f"leave {unknown} out")
    watched = list(metrics(alarm))
    queries = tuple(_query(named, each, name_of) for each in watched)
    lengths = {each.period.number for each in watched}
    length = next(iter(lengths), None)
    if len(lengths) != 1 or not length or length % MINUTE:
        raise AlarmError(
            f"{named} has no one period of whole minutes", hint="give all metrics one Period"
        )
    try:
        expressions, shown = _expressions(place, [each.id for each in queries])
    except Unmodelled as why:
        raise AlarmError(f"{named}: {why}", hint="see using-metric-math") from why
    return MetricAlarm(
        rule=_rule(named, place),
        period=int(length),
        queries=queries,
        expressions=expressions,
        shown=shown,
    )


def _query(named: str, metric: Metric, name_of: Callable[[Text], str]) -> Query:
    dimensions, statistic = metric.dimensions, metric.statistic.known
    values = {name: place.text for name, place in (dimensions or {}).items()}
    if dimensions is None or None in values.values():
        raise AlarmError(f"the dimensions of {named} are not known", hint="write them out")
    if not (metric.namespace.known and metric.name.known and statistic):
        raise AlarmError(f"what {named} measures is not known", hint="write it out")
    if metric.namespace.known == "AWS/DynamoDB":
        raise AlarmError(
            f"{named} watches AWS/DynamoDB, where missing data has rules of its own",
            hint="rehearse without it",
        )
    return Query(
        id=metric.id,
        namespace=metric.namespace.known,
        name=metric.name.known,
        dimensions=tuple(sorted((k, name_of(v)) for k, v in values.items() if v is not None)),
        statistic=statistic,
    )


def _rule(named: str, place: Place) -> Rule:
    comparison, threshold = place.at("ComparisonOperator").known, place.at("Threshold").number
    periods, needed = place.at("EvaluationPeriods").number, place.at("DatapointsToAlarm")
    datapoints = needed.number if needed.is_given else periods
    missing = place.at("TreatMissingData")
    treatment = missing.known if missing.is_given else "missing"
    if comparison not in COMPARISONS or treatment not in _TREATMENTS:
        raise AlarmError(
            f"{named}: {comparison} with {treatment} is not modelled",
            hint="compare with a threshold, and treat missing data in one of the four ways",
        )
    if threshold is None or not periods or not datapoints or datapoints > periods:
        raise AlarmError(f"when {named} fires is not known", hint="write its numbers out")
    return Rule(
        comparison=comparison or "",
        threshold=threshold,
        datapoints=int(datapoints),
        periods=int(periods),
        missing=treatment or "",
    )


def _expressions(place: Place, known: list[str]) -> tuple[tuple[tuple[str, Expression], ...], str]:
    """The expressions, those that others need first, and the id that is compared."""
    queries = list(place.at("Metrics").members())
    waiting: dict[str, Expression] = {}
    for query in queries:
        text = query.at("Expression")
        if text.is_given:
            if text.known is None:
                raise Unmodelled("an expression is not known")
            waiting[query.at("Id").known or ""] = read(text.known)
    shown = [
        each.at("Id").known or ""
        for each in queries
        if not each.at("ReturnData").is_given or each.at("ReturnData").is_on
    ]
    ordered: list[tuple[str, Expression]] = []
    while waiting:
        ready = [name for name, each in waiting.items() if each.names <= {*known}]
        if not ready:
            raise Unmodelled("its expressions need something that is not there")
        ordered += [(name, waiting.pop(name)) for name in ready]
        known = [*known, *ready]
    if queries and len(shown) != 1:
        raise Unmodelled("one of its metrics has to return data, and only one")
    return tuple(ordered), shown[0] if shown else ""


def read_composite(alarm: Resource, name_of: Callable[[Text], str]) -> Decide:
    """The rule of a composite alarm: it is in ALARM while the rule holds, and OK otherwise.

    Raises:
        AlarmError: its actions depend on another alarm, or its rule is not known.
    """
    place = Place.of(alarm)
    text = place.at("AlarmRule").text
    if text is None:
        raise AlarmError(f"the rule of {alarm.logical_id} is not known", hint="write it out")
    if place.at("ActionsSuppressor").is_given:
        raise AlarmError(
            f"{alarm.logical_id}: a suppressor is not modelled", hint="leave ActionsSuppressor out"
        )
    return read_rule(name_of(text))
