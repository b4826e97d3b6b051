"""A function that deploys for a pipeline is called once for a job.

CodePipeline invokes asynchronously, and Lambda calls again, twice, after an error or a time-out: a
second deployment may begin beside the first.
Source: lambda/invocation-async-error-handling, codepipeline/action-reference-Lambda.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Effect
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.granted import policies_of
from cicdgen.proof.parts.pipeline import actions_of_kind
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, function_of, referent, unseen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

NAME = "invoke-once"
_DEPLOYS = ("codedeploy:createdeployment", "lambda:updatefunctioncode", "lambda:updatealias")


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every function that a pipeline invokes and that may deploy."""
    if unseen(stack):
        return
    for action in actions_of_kind(stack, "Invoke/AWS/Lambda"):
        function = function_of(stack, action.configuration.at("FunctionName"))
        if isinstance(function, Elsewhere) or not _deploys(stack, function):
            continue
        if any(_is_once(stack, each, function) for each in _configs(stack)):
            continue
        if any(_may_be_once(stack, each, function) for each in _configs(stack)):
            because = f"whether Lambda calls {function.logical_id} once for a job"
            yield Doubt(check=NAME, path=function.path, because=because)
        else:
            yield Flaw(
                check=NAME,
                path=function.path,
                message=f"{function.logical_id} deploys for {action.name}, and Lambda calls it"
                " again after an error: two deployments may run at once",
                fix="add an AWS::Lambda::EventInvokeConfig with MaximumRetryAttempts: 0",
                source="lambda/invocation-async-error-handling",
            )


def _configs(stack: Stack) -> Iterator[Resource]:
    return stack.of_type("AWS::Lambda::EventInvokeConfig")


def _is_once(stack: Stack, config: Resource, function: Resource) -> bool:
    place = Place.of(config)
    retries = place.at("MaximumRetryAttempts")
    named = function_of(stack, place.at("FunctionName"))
    return named is function and retries.number == 0


def _may_be_once(stack: Stack, config: Resource, function: Resource) -> bool:
    place = Place.of(config)
    retries = place.at("MaximumRetryAttempts")
    named = function_of(stack, place.at("FunctionName"))
    fits = named is function or (isinstance(named, Elsewhere) and not named.is_named)
    return fits and (retries.number == 0 or retries.is_unknown)


def _deploys(stack: Stack, function: Resource) -> bool:
    role = referent(stack, Place.of(function).at("Role"), "AWS::IAM::Role")
    if isinstance(role, Elsewhere):
        return False
    held = policies_of(stack).of_principal(role.arn).identity
    return any(
        statement.effect is Effect.ALLOW and statement.actions.match(action) is True
        for document, _ in held
        for statement in document.statements
        for action in _DEPLOYS
    )
