"""A metric math expression, read: `read` makes of its text what computes it.

Source: monitoring/using-metric-math (syntax). What is not modelled raises `Unmodelled` when the
expression is read, or computed, and is never passed over.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cicdgen.proof.alarm_math.series import (
    FUNCTIONS,
    LEVELS,
    Result,
    Series,
    Unmodelled,
    combined,
    repeat,
)

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<string>\"[^\"]*\"|'[^']*')|(?P<sign>&&|\|\||[<>=!]=|[-+*/^<>(),\[\]]))"
)


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
        if level == len(LEVELS):
            return self._unary()
        left = self._level(level + 1)
        while self._peek() in LEVELS[level]:
            compute = LEVELS[level][self._take()]
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
        function = FUNCTIONS.get(name)
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
        return lambda series: repeat(inner(series))

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
    return lambda series: combined(compute, left(series), right(series))
