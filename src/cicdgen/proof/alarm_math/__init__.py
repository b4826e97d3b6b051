"""CloudWatch's arithmetic: metric math over time series, and when an alarm fires."""

from __future__ import annotations

from cicdgen.proof.alarm_math.expression import Expression, read
from cicdgen.proof.alarm_math.series import Result, Series, Unmodelled
from cicdgen.proof.alarm_math.states import COMPARISONS, Rule, State, evaluated, states

__all__ = [
    "COMPARISONS",
    "Expression",
    "Result",
    "Rule",
    "Series",
    "State",
    "Unmodelled",
    "evaluated",
    "read",
    "states",
]
