"""An alarm on failures is told within the hour.

An alarm that has to see every one of many datapoints is told after all of them at the soonest, and
never of a failure that comes and goes. An hour is our limit, not AWS's.
Source: AmazonCloudWatch/alarm-evaluation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.alarm import ALARM, metrics
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "alarm-late"
_HOUR = 3600
_FAILURES = frozenset(
    {
        "5XXError",
        "5xx",
        "ApproximateNumberOfMessagesVisible",
        "DeadLetterErrors",
        "Duration",
        "Errors",
        "Throttles",
    }
)


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every alarm on one metric of failures."""
    for alarm in stack.of_type(ALARM):
        place = Place.of(alarm)
        needed = place.at("DatapointsToAlarm")
        needed = needed if needed.is_given else place.at("EvaluationPeriods")
        for metric in metrics(alarm):
            period, count = metric.period.number, needed.number
            if metric.id or metric.name.known not in _FAILURES:
                continue
            for given in (metric.period, needed):
                if given.is_unknown:
                    because = f"how soon {alarm.logical_id} is told: {given} is not known"
                    yield Doubt(check=NAME, path=given.path, because=because)
            if not period or not count:
                continue
            if count > 1 and count * period > _HOUR:
                yield Flaw(
                    check=NAME,
                    path=needed.path,
                    message=f"{alarm.logical_id} waits for {needed} datapoints of {metric.period}"
                    f" seconds: {metric.name} have to go on for {count * period / 60:g} minutes"
                    " before anybody hears",
                    fix="lower DatapointsToAlarm or Period",
                    source="AmazonCloudWatch/alarm-evaluation",
                )
