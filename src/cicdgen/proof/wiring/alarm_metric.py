"""An alarm watches a metric that exists, on a resource that emits it.

CloudWatch takes any name. An alarm on `FailedPipelines`, on a function's ARN or on a function of
another name never sees a datapoint, and never fires (failure 5).
Source: monitoring/aws-services-cloudwatch-metrics, service by service.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.alarm import ALARM, Metric, metrics
from cicdgen.proof.parts.namespaces import NAMESPACES, Namespace
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, function_of, is_of_macro, referent, unseen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicdgen.cloudformation import Path, Resource, Stack, Text

NAME = "alarm-metric"
_WORD = re.compile(r"(?=.*[A-Za-z_-])[\w-]+")
"""An alias and no version."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every metric of every alarm."""
    for alarm in stack.of_type(ALARM):
        yield from _countable(Place.of(alarm))
        for metric in metrics(alarm):
            namespace = NAMESPACES.get(metric.namespace.known or "")
            if namespace is None:
                meant = _meant(stack, metric)
                if meant is not None:
                    yield Flaw(
                        check=NAME,
                        path=metric.namespace.path,
                        message=f"{metric.name} of this resource comes in {meant}, and not in"
                        f" {metric.namespace}: it never fires",
                        fix=f"set Namespace: {meant}",
                        source=NAMESPACES[meant].page,
                    )
                elif not _is_filtered(stack, metric):
                    because = f"which metrics {metric.namespace} has"
                    yield Doubt(check=NAME, path=metric.namespace.path, because=because)
            elif metric.name.known is None:
                yield Doubt(check=NAME, path=metric.name.path, because="its name is not known")
            elif metric.name.known not in namespace.metrics:
                yield Flaw(
                    check=NAME,
                    path=metric.name.path,
                    message=f"{metric.namespace} has no metric {metric.name}: it never fires",
                    fix=_similar(metric.name.known, namespace),
                    source=namespace.page,
                )
            else:
                yield from _dimensions(stack, metric, namespace)


def _countable(alarm: Place) -> Iterator[Remark]:
    """Whether as many datapoints are looked at as have to be bad."""
    needed, evaluated = alarm.at("DatapointsToAlarm"), alarm.at("EvaluationPeriods")
    if needed.number and evaluated.number and needed.number > evaluated.number:
        yield _flaw(
            needed.path,
            f"{needed} datapoints have to be bad, and {evaluated} are looked at",
            "set DatapointsToAlarm to no more than EvaluationPeriods",
            "AmazonCloudWatch/alarm-evaluation",
        )


def _similar(name: str, namespace: Namespace) -> str:
    alike = sorted(each for each in namespace.metrics if each[:6] == name[:6])
    return f"use one of {', '.join(alike or sorted(namespace.metrics)[:6])}"


def _meant(stack: Stack, metric: Metric) -> str | None:
    """The namespace of AWS's whose metric of a resource of the template this is.

    Names that begin with `AWS/` are AWS's own: nobody else can send a metric of that name there.
    """
    if not (metric.namespace.known or "").lower().startswith("aws/"):
        return None
    for name, namespace in NAMESPACES.items():
        if metric.name.known not in namespace.metrics:
            continue
        for dimension, place in (metric.dimensions or {}).items():
            kind = namespace.kinds.get(dimension)
            if kind and not isinstance(referent(stack, place, kind), Elsewhere):
                return name
    return None


def _is_filtered(stack: Stack, metric: Metric) -> bool:
    """Whether a metric filter of the template makes the metric out of logs."""
    return any(
        made.at("MetricNamespace").text == metric.namespace.text
        and made.at("MetricName").text == metric.name.text
        for each in stack.of_type("AWS::Logs::MetricFilter")
        for made in Place.of(each).at("MetricTransformations").members()
    )


def _dimensions(stack: Stack, metric: Metric, namespace: Namespace) -> Iterator[Remark]:
    place = metric.metric.at("Dimensions")
    dimensions = metric.dimensions
    if dimensions is None:
        yield Doubt(check=NAME, path=place.path, because="its dimensions are not known")
        return
    if namespace.dimensions and frozenset(dimensions) not in namespace.dimensions:
        sets = "; ".join(", ".join(sorted(each)) or "none" for each in namespace.dimensions)
        yield _flaw(
            place.path,
            f"{metric.name} does not come with the dimensions {', '.join(dimensions) or 'none'}",
            f"use one of: {sets}",
            namespace.page,
        )
        return
    for name, kind in namespace.kinds.items():
        if name in dimensions:
            yield from _named(stack, dimensions[name], name, kind, namespace)
    if "Resource" in dimensions and "FunctionName" in dimensions:
        yield from _qualified(stack, dimensions)


def _named(
    stack: Stack, value: Place, name: str, kind: str, namespace: Namespace
) -> Iterator[Remark]:
    found = referent(stack, value, kind)
    if isinstance(found, Elsewhere):
        other = next((r for r in stack.resources.values() if value.text in (r.ref, r.arn)), None)
        if other is not None and is_of_macro(other):
            because = f"a macro makes {other.logical_id}"
            yield Doubt(check=NAME, path=value.path, because=because)
        elif other is not None:
            message = f"{name} is {value}, which is {other.logical_id}, an {other.type}"
            yield _flaw(value.path, message, f"name an {kind}", namespace.page)
        else:
            because = f"whether there is such an {kind}: {found.because}"
            yield Doubt(check=NAME, path=value.path, because=because)
    elif value.text != found.name:
        message = f"{name} is {value}, and metrics go by the name, {found.name}"
        yield _flaw(value.path, message, f"give the name of {found.logical_id}", namespace.page)


def _qualified(stack: Stack, dimensions: Mapping[str, Place]) -> Iterator[Remark]:
    """`Resource` is the function's name, or the name, a colon and an alias or version."""
    function, value = function_of(stack, dimensions["FunctionName"]), dimensions["Resource"]
    if isinstance(function, Elsewhere) or value.text is None:
        return
    name = function.name.code
    known = [name, *(f"{name}:{each.code}" for each in _qualifiers(stack, function))]
    if value.text.code in known:
        return
    qualifier = value.text.code.removeprefix(f"{name}:")
    aliases = [str(each.name) for each in _aliases(stack, function)]
    named = qualifier != value.text.code and _WORD.fullmatch(qualifier)
    if aliases and named and not unseen(stack):
        message = f"{function.logical_id} has no alias {qualifier}: it has {', '.join(aliases)}"
        fix = f"write {function.name}:{aliases[0]}"
        yield _flaw(value.path, message, fix, "lambda/monitoring-metrics-view")
        return
    if value.text.code.startswith(f"{name}:") or value.is_unknown:
        because = f"{value} is no alias or version of {function.logical_id} in the template"
        yield Doubt(check=NAME, path=value.path, because=because)
        return
    yield _flaw(
        value.path,
        f"Resource is {value}, and for an alias it is {function.name}:ALIAS",
        f"write {function.name}:ALIAS",
        "lambda/monitoring-metrics-view",
    )


def _qualifiers(stack: Stack, function: Resource) -> Iterator[Text]:
    for each in stack.of_type("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        if function_of(stack, Place.of(each).at("FunctionName")) is function:
            yield each.name


def _aliases(stack: Stack, function: Resource) -> Iterator[Resource]:
    for each in stack.of_type("AWS::Lambda::Alias"):
        if function_of(stack, Place.of(each).at("FunctionName")) is function:
            yield each


def _flaw(path: Path, message: str, fix: str, source: str) -> Flaw:
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
