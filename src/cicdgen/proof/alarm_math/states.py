"""When an alarm fires: its state after each datapoint.

Sources: monitoring/alarm-evaluation and monitoring/alarms-and-missing-data.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from enum import Enum, unique
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@unique
class State(Enum):
    """The states of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When an alarm fires.

    Attributes:
        comparison: as `GreaterThanThreshold`.
        threshold: what datapoints are compared with.
        datapoints: how many must breach ("M").
        periods: among how many ("N").
        missing: `missing`, `ignore`, `breaching` or `notBreaching`.
    """

    comparison: str
    threshold: float
    datapoints: int
    periods: int
    missing: str = "missing"

    def breaches(self, value: float) -> bool:
        """Whether one datapoint breaches."""
        return COMPARISONS[self.comparison](value, self.threshold)


COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}

_EXTRA = 2
"""Datapoints that CloudWatch retrieves beyond N. AWS gives no number; its example has 5 for 3."""


def evaluated(rule: Rule, series: Sequence[float | None], before: State = State.OK) -> State:
    """The state of an alarm after the last of these datapoints.

    The most recent N datapoints that exist decide. Missing ones are filled in only where fewer
    exist among those that CloudWatch retrieves.

    Args:
        rule: the alarm.
        series: the datapoints, the latest last.
        before: the state so far, which `ignore` keeps.
    """
    retrieved = series[-(rule.periods + _EXTRA) :]
    existing = [value for value in retrieved if value is not None][-rule.periods :]
    breaching = sum(map(rule.breaches, existing))
    lacking = rule.periods - len(existing)
    if lacking == 0 or rule.missing in {"breaching", "notBreaching"}:
        filled = lacking if rule.missing == "breaching" else 0
        return State.ALARM if breaching + filled >= rule.datapoints else State.OK
    if breaching >= rule.datapoints:
        return State.ALARM
    if existing and breaching < len(existing):
        return State.OK
    if rule.missing == "ignore":
        return before
    if not existing:
        return State.INSUFFICIENT_DATA
    # “Avoiding premature transitions”: too few datapoints, all of them breaching, fire the alarm
    # only once the oldest is as old as the datapoints that are needed. Before that AWS says what
    # the state does not become, and not what it is: here it stays.
    age = next(len(retrieved) - n for n, value in enumerate(retrieved) if value is not None)
    return State.ALARM if age >= rule.datapoints else before


def states(rule: Rule, series: Sequence[float | None], before: State = State.OK) -> list[State]:
    """The state of an alarm after each of these datapoints."""
    found: list[State] = []
    for end in range(1, len(series) + 1):
        before = evaluated(rule, series[:end], before)
        found.append(before)
    return found
