"""An event that a function cannot handle is kept.

It concerns functions that are called asynchronously, by rules, topics and buckets: Lambda tries
twice more and drops the event. Not the ones that CodePipeline calls: their events carry
credentials, which a queue must not keep. Source: lambda/invocation-async-retain-records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.pipeline import actions_of_kind
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, function_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

NAME = "function-dead-letters"
_ASYNC = ("events.amazonaws.com", "sns.amazonaws.com", "s3.amazonaws.com")


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every function that a service calls asynchronously."""
    invoked = {
        found.logical_id
        for action in actions_of_kind(stack, "Invoke/AWS/Lambda")
        if not isinstance(
            found := function_of(stack, action.configuration.at("FunctionName")), Elsewhere
        )
    }
    for caller, function in _called(stack):
        place = Place.of(function).at("DeadLetterConfig", "TargetArn")
        if place.is_given or function.logical_id in invoked or _has_destination(stack, function):
            continue
        yield Flaw(
            check=NAME,
            path=place.path,
            message=f"{caller} calls {function.logical_id} asynchronously, and what it cannot"
            " handle is dropped",
            fix="set DeadLetterConfig.TargetArn, or an OnFailure destination",
            source="lambda/invocation-async-retain-records",
        )


def _called(stack: Stack) -> Iterator[tuple[str, Resource]]:
    """Each function that a service may call asynchronously, once, with the service."""
    done: set[str] = set()
    for permission in stack.of_type("AWS::Lambda::Permission"):
        place = Place.of(permission)
        function = function_of(stack, place.at("FunctionName"))
        service = place.at("Principal").known
        if isinstance(function, Elsewhere) or service not in _ASYNC:
            continue
        if function.logical_id not in done:
            done.add(function.logical_id)
            yield service, function


def _has_destination(stack: Stack, function: Resource) -> bool:
    return any(
        function_of(stack, Place.of(each).at("FunctionName")) is function
        and Place.of(each).at("DestinationConfig", "OnFailure", "Destination").is_given
        for each in stack.of_type("AWS::Lambda::EventInvokeConfig")
    )
