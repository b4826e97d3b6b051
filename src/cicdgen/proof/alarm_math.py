"""CloudWatch's arithmetic: metric math over time series, and when an alarm fires.

A time series is a tuple with a number, or None where there is no datapoint, for each period.
Sources: monitoring/using-metric-math (functions, operators, missing values),
monitoring/alarm-evaluation and monitoring/alarms-and-missing-data (states of an alarm).
What is not modelled raises `Unmodelled` when the expression is read, and is never passed over.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, unique
from typing import TypeAlias

Series: TypeAlias = tuple[float | None, ...]
Result: TypeAlias = float | Series | list[Series]
"""What an expression gives: a scalar, a time series or an array of them."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<string>\"[^\"]*\"|'[^']*')|(?P<sign>&&|\|\||[<>=!]=|[-+*/^<>(),\[\]]))"
)


class Unmodelled(Exception):  # noqa: N818 - it says what it is
    """An expression that cannot be read here; the text says why."""


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


@dataclass(frozen=True)
class Expression:
    """A metric math expression, read.

    Attributes:
        text: as it is written.
        names: the ids that it refers to.
        evaluate: its value, from the series of every id.
    """

    text: str
    names: frozenset[str]
    evaluate: Callable[[Mapping[str, Result]], Result]


def read(text: str) -> Expression:
    """The expression of some text.

    Raises:
        Unmodelled: it has a function or a form that is not modelled here.
    """
    reader = _Reader(text)
    evaluate = reader.whole()
    return Expression(text, frozenset(reader.names), evaluate)


_Evaluate: TypeAlias = Callable[[Mapping[str, Result]], Result]

_LEVELS: tuple[Mapping[str, Callable[[float, float], float]], ...] = (
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


class _Reader:
    """Reads an expression by recursive descent."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._next = 0
        self.names: set[str] = set()

    def whole(self) -> _Evaluate:
        found = self._level(0)
        if self._peek():
            raise Unmodelled(f"“{self._peek()}” in {self._text} is not understood")
        return found

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _take(self, wanted: str = "") -> str:
        token = self._peek()
        if not token or (wanted and token != wanted):
            raise Unmodelled(f"{self._text} ends or turns where {wanted or 'a value'} should be")
        self._next += 1
        return token

    def _level(self, level: int) -> _Evaluate:
        if level == len(_LEVELS):
            return self._unary()
        left = self._level(level + 1)
        while self._peek() in _LEVELS[level]:
            compute = _LEVELS[level][self._take()]
            left = _binary(compute, left, self._level(level + 1))
        return left

    def _unary(self) -> _Evaluate:
        if self._peek() == "-":
            self._take()
            return _binary(operator.mul, _constant(-1.0), self._unary())
        return self._atom()

    def _atom(self) -> _Evaluate:
        token = self._take()
        if token == "(":  # noqa: S105 - it is a parenthesis
            inner = self._level(0)
            self._take(")")
            return inner
        if token == "[":  # noqa: S105
            return _array(self._arguments("]"))
        if token[0].isdigit() or token[0] == ".":
            return _constant(float(token))
        if self._peek() == "(":
            self._take()
            return self._call(token)
        if token.isidentifier():
            self.names.add(token)
            return lambda series: _looked_up(series, token)
        raise Unmodelled(f"“{token}” in {self._text} is not understood")

    def _call(self, name: str) -> _Evaluate:
        if name == "FILL" and self._tokens[self._next + 2 : self._next + 3] == ["REPEAT"]:
            return self._repeated()
        arguments = self._arguments(")")
        if name == "METRICS" and not arguments:
            raise Unmodelled("METRICS() is not modelled")
        function = _FUNCTIONS.get(name)
        if function is None:
            raise Unmodelled(f"the function {name} is not modelled")
        least, most, compute = function
        if not least <= len(arguments) <= most:
            raise Unmodelled(f"{name} has {len(arguments)} arguments")
        return lambda series: compute(*(argument(series) for argument in arguments))

    def _repeated(self) -> _Evaluate:
        inner = self._level(0)
        for token in (",", "REPEAT", ")"):
            self._take(token)
        return lambda series: _repeat(inner(series))

    def _arguments(self, end: str) -> list[_Evaluate]:
        found: list[_Evaluate] = []
        while self._peek() != end:
            found.append(self._level(0))
            if self._peek() == ",":
                self._take()
            elif self._peek() != end:
                raise Unmodelled(f"“{self._peek()}” in {self._text} is not understood")
        self._take(end)
        return found


def _tokens(text: str) -> list[str]:
    tokens, end = [], 0
    stripped = text.rstrip()
    while end < len(stripped):
        found = _TOKEN.match(stripped, end)
        if found is None:
            raise Unmodelled(f"“{stripped[end:].strip()[:12]}” in {text} is not understood")
        tokens.append(found[found.lastgroup or 0])
        end = found.end()
    return tokens


def _constant(value: float) -> _Evaluate:
    return lambda _: value


def _looked_up(series: Mapping[str, Result], name: str) -> Result:
    if name not in series:
        raise Unmodelled(f"nothing has the id {name}")
    return series[name]


def _array(members: Sequence[_Evaluate]) -> _Evaluate:
    def evaluate(series: Mapping[str, Result]) -> Result:
        found: list[Series] = []
        for member in members:
            match member(series):
                case list(several):
                    found += several
                case tuple(one):
                    found.append(one)
                case _:
                    raise Unmodelled("an array holds a number")
        return found

    return evaluate


def _binary(
    compute: Callable[[float, float], float], left: _Evaluate, right: _Evaluate
) -> _Evaluate:
    return lambda series: _combined(compute, left(series), right(series))


def _combined(compute: Callable[[float, float], float], one: Result, other: Result) -> Result:
    """An operator on two values. A missing value counts as 0 where the other series has one."""
    match one, other:
        case list(), list():
            raise Unmodelled("an operator between two arrays is not modelled")
        case list(), _:
            return [_series(_combined(compute, each, other)) for each in one]
        case _, list():
            return [_series(_combined(compute, one, each)) for each in other]
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


def _repeat(value: Result) -> Series:
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


_FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., Result]]] = {
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
