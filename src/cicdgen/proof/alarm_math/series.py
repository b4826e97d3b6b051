"""Operators and functions of metric math, over time series.

A time series is a tuple with a number, or None where there is no datapoint, for each period.
Source: monitoring/using-metric-math (functions, operators, missing values).
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Series: TypeAlias = tuple[float | None, ...]
Result: TypeAlias = float | Series | list[Series]
"""What an expression gives: a scalar, a time series or an array of them."""


class Unmodelled(Exception):  # noqa: N818 - it says what it is
    """An expression that cannot be read here; the text says why."""


LEVELS: tuple[Mapping[str, Callable[[float, float], float]], ...] = (
    {"OR": lambda a, b: float(bool(a) or bool(b)), "||": lambda a, b: float(bool(a) or bool(b))},
    {
        "AND": lambda a, b: float(bool(a) and bool(b)),
        "&&": lambda a, b: float(bool(a) and bool(b)),
    },
    {
        "==": lambda a, b: float(a == b),
        "!=": lambda a, b: float(a != b),
        "<": lambda a, b: float(a < b),
        "<=": lambda a, b: float(a <= b),
        ">": lambda a, b: float(a > b),
        ">=": lambda a, b: float(a >= b),
    },
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": operator.truediv},
    {"^": operator.pow},
)
"""Binary operators, those that bind least first."""


def combined(compute: Callable[[float, float], float], one: Result, other: Result) -> Result:
    """An operator on two values. A missing value counts as 0 where the other series has one."""
    match one, other:
        case list(), list():
            raise Unmodelled("an operator between two arrays is not modelled")
        case list(), _:
            return [_series(combined(compute, each, other)) for each in one]
        case _, list():
            return [_series(combined(compute, one, each)) for each in other]
        case tuple(), tuple():
            pairs = zip(one, other, strict=True)
            return tuple(
                None if a is None and b is None else _point(compute, a or 0.0, b or 0.0)
                for a, b in pairs
            )
        case tuple(), float():
            return tuple(None if a is None else _point(compute, a, other) for a in one)
        case float(), tuple():
            return tuple(None if b is None else _point(compute, one, b) for b in other)
        case float(), float():
            return _scalar(_point(compute, one, other))
        case _:
            raise Unmodelled("the operands of an operator are not understood")


def _point(compute: Callable[[float, float], float], one: float, other: float) -> float | None:
    """One datapoint; a division by zero drops it."""
    try:
        found = compute(one, other)
    except (ZeroDivisionError, OverflowError):
        return None
    return None if isinstance(found, complex) or not math.isfinite(found) else float(found)


def _scalar(value: float | None) -> float:
    if value is None:
        raise Unmodelled("a number is divided by zero")
    return value


def _series(value: Result) -> Series:
    if not isinstance(value, tuple):
        raise Unmodelled("a time series is needed")
    return value


def _if(condition: Result, then: Result, otherwise: Result = ()) -> Result:
    """Datapoint by datapoint: a missing `then` is 0, a missing `otherwise` drops the datapoint."""
    if isinstance(condition, float):
        chosen = then if condition else otherwise
        wanted = next((each for each in (then, otherwise) if isinstance(each, tuple) and each), ())
        return chosen if chosen != () else (None,) * len(_series(wanted))
    length = len(_series(condition))
    thens, others = _spread(then, length), _spread(otherwise, length)
    return tuple(
        None if test is None else (value or 0.0) if test else other
        for test, value, other in zip(_series(condition), thens, others, strict=True)
    )


def _spread(value: Result, length: int) -> Series:
    match value:
        case float():
            return (float(value),) * length
        case ():
            return (None,) * length
        case tuple():
            return value
        case _:
            raise Unmodelled("an array in IF is not modelled")


def _fill(value: Result, filler: Result) -> Result:
    match value:
        case list():
            return [_series(_fill(each, filler)) for each in value]
        case tuple():
            fillers = _spread(filler, len(value))
            return tuple(b if a is None else a for a, b in zip(value, fillers, strict=True))
        case _:
            raise Unmodelled("FILL needs a time series")


def repeat(value: Result) -> Series:
    """`FILL(…, REPEAT)`: what is missing is what was there before."""
    found: list[float | None] = []
    for each in _series(value):
        found.append(found[-1] if each is None and found else each)
    return tuple(found)


def _each(compute: Callable[[float], float]) -> Callable[[Result], Result]:
    def applied(value: Result) -> Result:
        match value:
            case list():
                return [_series(applied(each)) for each in value]
            case tuple():
                return tuple(None if each is None else float(compute(each)) for each in value)
            case _:
                return float(compute(value))

    return applied


def _across(compute: Callable[[Sequence[float]], float]) -> Callable[[Result], Result]:
    """Over an array, at each time. Over one series AWS advises against it in alarms."""

    def applied(value: Result) -> Result:
        if not isinstance(value, list):
            raise Unmodelled("a function over the whole of one series depends on how much is read")
        return tuple(
            None if all(each is None for each in at) else float(compute([x or 0.0 for x in at]))
            for at in zip(*value, strict=True)
        )

    return applied


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., Result]]] = {
    "ABS": (1, 1, _each(abs)),
    "AVG": (1, 1, _across(_mean)),
    "CEIL": (1, 1, _each(math.ceil)),
    "FILL": (2, 2, _fill),
    "FLOOR": (1, 1, _each(math.floor)),
    "IF": (2, 3, _if),
    "MAX": (1, 1, _across(max)),
    "MIN": (1, 1, _across(min)),
    "SUM": (1, 1, _across(sum)),
}
"""By name: fewest and most arguments, and what it computes."""
