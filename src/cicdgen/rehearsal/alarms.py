"""What CloudWatch's alarms make of what services published until now.

| rests on | behaviour |
| --- | --- |
| AmazonCloudWatch/alarm-evaluation | an alarm is evaluated every minute, on periods that end then |
| AmazonCloudWatch/alarms-and-missing-data | M of N, missing data, the evaluation range |
| AmazonCloudWatch/using-metric-math | expressions (in `proof.alarm_math`) |
| AmazonCloudWatch/Statistics-definitions | Sum, Average, Minimum, Maximum, SampleCount, pNN |
| AmazonCloudWatch/Create_Composite_Alarm | rules over other alarms (in `composite`) |

A period of five minutes is evaluated each minute on the five minutes before. How late a datapoint
comes is not documented: the caller says. Everything else is an error, never a state.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cicdgen.errors import CicdgenError
from cicdgen.proof.alarm_math import Rule, State, Unmodelled, evaluated
from cicdgen.rehearsal.timeline import AlarmState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cicdgen.proof.alarm_math import Expression, Result, Series
    from cicdgen.rehearsal.composite import Decide
    from cicdgen.rehearsal.record import Measured
    from cicdgen.rehearsal.timeline import Moment

MINUTE: Final = 60
_HOURLY_FROM: Final = 24 * 60 * MINUTE
_BEYOND: Final = 2
"""Datapoints that are retrieved beyond N. AWS gives no number; its example has 5 for 3."""
_PERCENTILE: Final = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")


class AlarmError(CicdgenError):
    """An alarm needs what is not modelled, or what is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A metric that an alarm reads.

    Attributes:
        id: what expressions call it; empty if there are none.
        namespace, name: as `AWS/Lambda` and `Errors`.
        dimensions: names and values, sorted by name.
        statistic: as `Sum` or `p99`.
    """

    id: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricAlarm:
    """An alarm on metrics, read.

    Attributes:
        rule: when it fires.
        period: seconds to a datapoint.
        queries: what it reads.
        expressions: by id, those that others need first.
        shown: the id that is compared with the threshold.
    """

    rule: Rule
    period: int
    queries: tuple[Query, ...]
    expressions: tuple[tuple[str, Expression], ...] = ()
    shown: str = ""

    @property
    def interval(self) -> int:
        """Seconds between evaluations."""
        return 60 * MINUTE if self.period * self.rule.periods > _HOURLY_FROM else MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What an evaluation came to.

    Attributes:
        state: the alarm's state from now on.
        datapoints: those in the evaluation range, the latest last.
        because: the datapoints and the threshold, in words.
    """

    state: AlarmState
    datapoints: tuple[float | None, ...]
    because: str


def evaluate(
    alarm: MetricAlarm,
    published: Iterable[Measured],
    *,
    now: Moment,
    before: AlarmState,
    delay: float = 0.0,
) -> Evaluation:
    """The state of an alarm at a moment.

    Args:
        alarm: the alarm.
        published: what services published, minute by minute.
        now: the moment; periods end at the whole minute at or before it.
        before: the state so far.
        delay: seconds that a datapoint takes to arrive.

    Raises:
        AlarmError: a statistic or an expression has no value that is known.
    """
    minutes = list(published)
    end = (now - delay) // MINUTE * MINUTE
    count = alarm.rule.periods + _BEYOND
    ends = [end - alarm.period * back for back in range(count - 1, -1, -1)]
    known: dict[str, Result] = {
        query.id: _datapoints(query, minutes, ends, alarm.period) for query in alarm.queries
    }
    try:
        for name, expression in alarm.expressions:
            known[name] = expression.evaluate(known)
    except Unmodelled as why:
        raise AlarmError(str(why), hint="see using-metric-math") from why
    series = known[alarm.shown]
    if not isinstance(series, tuple):
        raise AlarmError("an alarm compares one time series", hint="return one, not several")
    state = AlarmState(evaluated(alarm.rule, series, State(before.value)).value)
    shown = ", ".join("-" if each is None else f"{each:g}" for each in series)
    because = f"{shown} against {alarm.rule.comparison} {alarm.rule.threshold:g}"
    return Evaluation(state=state, datapoints=series, because=because)


def _datapoints(
    query: Query, published: Sequence[Measured], ends: Sequence[float], period: int
) -> Series:
    wanted = query.namespace, query.name, query.dimensions
    mine = [each for each in published if wanted == (each.namespace, each.name, each.dimensions)]
    return tuple(
        statistic(query.statistic, [each for each in mine if end - period <= each.at < end])
        for end in ends
    )


def statistic(name: str, minutes: Sequence[Measured]) -> float | None:
    """One datapoint of what was published in a period; None if nothing was.

    Raises:
        AlarmError: it is not known from sums and extremes: a percentile of values that differ.
    """
    full = [each for each in minutes if each.count]
    if not full:
        return None
    total, count = sum(each.total for each in full), sum(each.count for each in full)
    least, most = min(each.least for each in full), max(each.most for each in full)
    match name:
        case "Sum" | "SampleCount" | "Average":
            return {"Sum": total, "SampleCount": count, "Average": total / count}[name]
        case "Minimum":
            return least
        case "Maximum" | "p100":
            return most
        case _ if _PERCENTILE.fullmatch(name) and least == most:
            return most
    raise AlarmError(
        f"{name} of values that differ is not modelled",
        hint="watch Sum, Average, Minimum, Maximum or SampleCount",
    )


def evaluate_composite(rule: Decide, states: Mapping[str, AlarmState]) -> AlarmState:
    """The state of a composite alarm, by the states of others by name and by ARN."""
    return AlarmState.ALARM if rule(states) else AlarmState.OK
