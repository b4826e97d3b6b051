"""An alarm on failed invocations of a rule is not kept quiet by the rule's dead-letter queue.

EventBridge does not count an invocation as failed that it sends to a queue. With a queue on every
target, FailedInvocations stays at zero. Source: eventbridge/eb-monitoring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.alarm import ALARM, metrics
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent
from cicdgen.proof.parts.trigger import RULE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "alarm-silent"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every alarm on the failed invocations of a rule."""
    for alarm in stack.of_type(ALARM):
        for metric in metrics(alarm):
            dimensions = metric.dimensions or {}
            if metric.name.known != "FailedInvocations" or "RuleName" not in dimensions:
                continue
            rule = referent(stack, dimensions["RuleName"], RULE)
            if isinstance(rule, Elsewhere):
                continue
            targets = list(Place.of(rule).at("Targets").members())
            if targets and all(each.at("DeadLetterConfig", "Arn").is_given for each in targets):
                yield Flaw(
                    check=NAME,
                    path=metric.name.path,
                    message=f"every target of {rule.logical_id} has a dead-letter queue, so"
                    " FailedInvocations stays at 0 when they fail",
                    fix="watch ApproximateNumberOfMessagesVisible of the queue, or"
                    " InvocationsSentToDlq",
                    source="eventbridge/eb-monitoring",
                )
