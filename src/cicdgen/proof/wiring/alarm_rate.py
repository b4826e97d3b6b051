"""A rate compares like with like: the failures of one thing with the calls of the same.

An expression may divide any metric by any other. The errors of a function over the calls of one of
its aliases, or twenty minutes of errors over one of calls, is a number, and not a rate.
Source: AmazonCloudWatch/using-metric-math.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.alarm import ALARM, Metric, metrics
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "alarm-rate"
_PAIRS = {
    "AWS/Lambda": ({"Errors", "Throttles"}, "Invocations"),
    "AWS/CodeBuild": ({"FailedBuilds", "SucceededBuilds"}, "Builds"),
    "AWS/ApiGateway": ({"4XXError", "5XXError", "4xx", "5xx"}, "Count"),
}
"""By namespace: what is a part, and of what whole."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every alarm with an expression that divides."""
    for alarm in stack.of_type(ALARM):
        queries = Place.of(alarm).at("Metrics").members()
        if not any("/" in str(each.at("Expression")) for each in queries):
            continue
        measured = list(metrics(alarm))
        for part in measured:
            for whole in measured:
                if _belong(part, whole):
                    yield from _alike(part, whole)


def _belong(part: Metric, whole: Metric) -> bool:
    if part.namespace.known != whole.namespace.known:
        return False
    parts, name = _PAIRS.get(part.namespace.known or "", (set(), ""))
    return part.name.known in parts and whole.name.known == name


def _alike(part: Metric, whole: Metric) -> Iterator[Remark]:
    one, other = _subject(part), _subject(whole)
    if one is None or other is None:
        return
    if one.keys() != other.keys() or any(one[key] != other[key] for key in one):
        about = [", ".join(f"{key} {each[key]}" for key in each) or "all" for each in (one, other)]
        message = (
            f"{part.name} of {about[0]} are compared with {whole.name} of {about[1]}: that is no"
            " rate of either"
        )
        yield _flaw(part, message, "give both metrics the same dimensions")
    elif part.period.number != whole.period.number and None not in (
        part.period.number,
        whole.period.number,
    ):
        message = f"{part.name} of {part.period} s are compared with {whole.name} of {whole.period}"
        yield _flaw(part, f"{message} s", "give both metrics the same period")


def _subject(metric: Metric) -> dict[str, object] | None:
    dimensions = metric.dimensions
    if dimensions is None:
        return None
    return {name: place.text for name, place in sorted(dimensions.items())}


def _flaw(metric: Metric, message: str, fix: str) -> Flaw:
    source = "AmazonCloudWatch/using-metric-math"
    return Flaw(check=NAME, path=metric.metric.path, message=message, fix=fix, source=source)
