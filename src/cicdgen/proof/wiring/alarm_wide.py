"""An alarm counts the failures of the template's own parts, and not those of the whole account.

Without a dimension a metric adds up every function, project or rule of the account and region: it
fires for what somebody else broke, and nobody can tell which. Two alarms on the very same thing
mean that something else is not watched.
Source: lambda/monitoring-metrics-view, codebuild/cloudwatch_metrics, eventbridge/eb-monitoring.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.alarm import ALARM, metrics
from cicdgen.proof.parts.namespaces import NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

NAME = "alarm-wide"
_PER_RESOURCE = frozenset(
    {
        "DeadLetterErrors",
        "DestinationDeliveryFailures",
        "Duration",
        "Errors",
        "FailedBuilds",
        "FailedInvocations",
        "FailedPipelineExecutions",
        "MatchedEvents",
        "Throttles",
        "TriggeredRules",
    }
)
"""Metrics that are about one resource; concurrency, say, is the account's by nature."""
_NAMES = ("AlarmName", "AlarmDescription", "Tags")


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every alarm."""
    seen: dict[str, Resource] = {}
    for alarm in stack.of_type(ALARM):
        yield from _wide(stack, alarm)
        watched = _watched(alarm)
        first = seen.setdefault(watched, alarm)
        if first is not alarm:
            yield Flaw(
                check=NAME,
                path=alarm.path,
                message=f"{alarm.logical_id} watches the same as {first.logical_id}, in the same"
                " way: one of them is meant for something else",
                fix="watch what it is named for, or remove it",
                source="AmazonCloudWatch/AlarmThatSendsEmail",
            )


def _wide(stack: Stack, alarm: Resource) -> Iterator[Remark]:
    for metric in metrics(alarm):
        namespace = NAMESPACES.get(metric.namespace.known or "")
        if namespace is None or metric.name.known not in _PER_RESOURCE:
            continue
        kinds = tuple(namespace.kinds.values())
        if metric.dimensions == {} and any(stack.of_type(*kinds)):
            yield Flaw(
                check=NAME,
                path=metric.metric.path,
                message=f"{alarm.logical_id} counts {metric.name} of every {kinds[0]} of the"
                " account and region, and not of this template's alone",
                fix=f"add the dimension {next(iter(namespace.kinds))}",
                source=namespace.page,
            )


def _watched(alarm: Resource) -> str:
    """What an alarm looks at, and when it fires: all that is written but names and who is told."""
    written = alarm.stack.template.resources[alarm.logical_id].get("Properties")
    kept = {k: v for k, v in written.items() if k not in _NAMES} if isinstance(written, dict) else 0
    return json.dumps(kept, sort_keys=True, default=str)
