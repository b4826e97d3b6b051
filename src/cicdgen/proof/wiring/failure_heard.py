"""Where a template has alarms, what fails in it is heard: the release, the function, the queues.

A template that watches some of its parts and not the ones that matter looks watched. Nothing is
said of a template without any alarm: it is watched from elsewhere, or not meant to be.
Source: codepipeline/detect-state-changes-cloudwatch-events,
AWSSimpleQueueService/dead-letter-queues-alarms-cloudwatch, lambda/monitoring-metrics-types.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof import event_pattern
from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.alarm import ALARM, Metric, metrics
from cicdgen.proof.parts.pipeline import PIPELINE
from cicdgen.proof.parts.place import Place, objects
from cicdgen.proof.parts.referent import Elsewhere, function_of, referent, unseen
from cicdgen.proof.parts.release import lambda_groups
from cicdgen.proof.parts.trigger import RULE
from cicdgen.proof.wiring.alarm_event import execution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

NAME = "failure-heard"
_QUEUE = "AWS::SQS::Queue"
_WAITING = frozenset(
    {
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesVisible",
        "NumberOfMessagesSent",
        "NumberOfMessagesReceived",
    }
)


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every pipeline, released function and dead-letter queue."""
    watched = [metric for alarm in stack.of_type(ALARM) for metric in metrics(alarm)]
    if not watched or unseen(stack) or any(_is_open(stack, metric) for metric in watched):
        return
    for pipeline in stack.of_type(PIPELINE):
        if not _is_told(stack, pipeline, watched):
            message = f"nobody hears when a run of {pipeline.logical_id} fails"
            fix = "add a rule on its state FAILED with a topic for a target"
            page = "codepipeline/detect-state-changes-cloudwatch-events"
            yield _flaw(pipeline, message, fix, page)
    for queue, of in _dead_letters(stack):
        if not any(m.name.known in _WAITING and _is_about(m, queue) for m in watched):
            message = f"nobody hears when {of} puts something into {queue.logical_id}"
            fix = "add an alarm on its ApproximateNumberOfMessagesVisible"
            page = "AWSSimpleQueueService/dead-letter-queues-alarms-cloudwatch"
            yield _flaw(queue, message, fix, page)
    yield from _served(stack, watched)


def _served(stack: Stack, watched: list[Metric]) -> Iterator[Remark]:
    """What is watched of a helper, and not of the function that serves."""
    aliases = stack.of_type("AWS::Lambda::Alias") if any(lambda_groups(stack)) else ()
    served = [function_of(stack, Place.of(each).at("FunctionName")) for each in aliases]
    named = [each for each in served if not isinstance(each, Elsewhere)]
    for name in ("Errors", "Throttles", "Duration"):
        on = [
            function_of(stack, metric.dimensions["FunctionName"])
            for metric in watched
            if metric.namespace.known == "AWS/Lambda"
            and metric.name.known == name
            and metric.dimensions
            and "FunctionName" in metric.dimensions
        ]
        for function in named:
            if on and function not in on and not any(each in named for each in on):
                others = ", ".join(
                    sorted({o.logical_id for o in on if not isinstance(o, Elsewhere)})
                )
                message = f"{name} of {others} are watched, and not those of {function.logical_id},"
                fix = f"add an alarm on {name} of {function.logical_id}"
                yield _flaw(
                    function, f"{message} which serves", fix, "lambda/monitoring-metrics-types"
                )


def _is_told(stack: Stack, pipeline: Resource, watched: list[Metric]) -> bool:
    failed = execution(stack, pipeline.name, "FAILED")
    for rule in stack.of_type(RULE):
        place = Place.of(rule)
        targets = list(place.at("Targets").members())
        pattern = objects(place.at("EventPattern"))
        matches = event_pattern.matches(pattern.value, failed)
        if targets and place.at("State").known != "DISABLED" and matches is not False:
            return True
    if any(stack.of_type("AWS::CodeStarNotifications::NotificationRule")):
        return True
    return any(m.name.known == "FailedPipelineExecutions" for m in watched)


def _dead_letters(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """The queues of the template that take what could not be handled, and whose."""
    found: dict[str, tuple[Resource, str]] = {}
    for each, place in _keepers(stack):
        queue = referent(stack, place, _QUEUE)
        if not isinstance(queue, Elsewhere) and not _is_read(stack, queue):
            found.setdefault(queue.logical_id, (queue, each.logical_id))
    yield from found.values()


def _is_read(stack: Stack, queue: Resource) -> bool:
    """Whether a function takes what comes: then it does not lie there unseen."""
    mappings = stack.of_type("AWS::Lambda::EventSourceMapping")
    return any(Place.of(each).at("EventSourceArn").text == queue.arn for each in mappings)


def _keepers(stack: Stack) -> Iterator[tuple[Resource, Place]]:
    for function in stack.of_type("AWS::Lambda::Function"):
        yield function, Place.of(function).at("DeadLetterConfig", "TargetArn")
    for rule in stack.of_type(RULE):
        for target in Place.of(rule).at("Targets").members():
            yield rule, target.at("DeadLetterConfig", "Arn")
    for queue in stack.of_type(_QUEUE):
        yield queue, Place.of(queue).at("RedrivePolicy", "deadLetterTargetArn")


def _is_about(metric: Metric, queue: Resource) -> bool:
    named = (metric.dimensions or {}).get("QueueName")
    return metric.namespace.known == "AWS/SQS" and named is not None and named.text == queue.name


def _is_open(stack: Stack, metric: Metric) -> bool:
    """Whether it is not known what a metric is of."""
    if metric.dimensions is None:
        return True
    own = [text for each in stack.resources.values() for text in (each.ref, each.name)]
    return any(each.is_unknown and each.text not in own for each in metric.dimensions.values())


def _flaw(resource: Resource, message: str, fix: str, source: str) -> Flaw:
    return Flaw(check=NAME, path=resource.path, message=message, fix=fix, source=source)
