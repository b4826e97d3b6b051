"""An action's configuration has the keys that its provider asks for, with values it can take.

CloudFormation passes them on unread; CodePipeline refuses the pipeline, or the action fails in its
first run. `DeploymentType` for Lambda's `DeployStrategy` is failure 9.
Source: codepipeline/action-reference, page by page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.pipeline import PIPELINE, Action, actions
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack

NAME = "action-configuration"

_REQUIRED = {
    "Build/AWS/CodeBuild": ("ProjectName",),
    "Test/AWS/CodeBuild": ("ProjectName",),
    "Deploy/AWS/CloudFormation": ("ActionMode", "StackName"),
    "Deploy/AWS/CodeDeploy": ("ApplicationName", "DeploymentGroupName"),
    "Deploy/AWS/Lambda": ("FunctionName",),
    "Deploy/AWS/S3": ("BucketName", "Extract"),
    "Deploy/AWS/ECS": ("ClusterName", "ServiceName"),
    "Invoke/AWS/Lambda": ("FunctionName",),
    "Invoke/AWS/StepFunctions": ("StateMachineArn",),
    "Source/AWS/CodeCommit": ("RepositoryName", "BranchName"),
    "Source/AWS/CodeStarSourceConnection": ("ConnectionArn", "FullRepositoryId", "BranchName"),
    "Source/AWS/S3": ("S3Bucket", "S3ObjectKey"),
}
_LAMBDA_KEYS = frozenset(
    {"Alarms", "DeployStrategy", "FunctionAlias", "FunctionName", "PublishedTargetVersion"}
)
_STRATEGY = re.compile(
    r"AllAtOnce|Canary\d+Percent\d+Minutes?|Linear\d+PercentEvery\d+Minutes?", re.IGNORECASE
)
_LAMBDA_PAGE = "codepipeline/action-reference-LambdaDeploy"
_BUILDS = {"Build/AWS/CodeBuild", "Test/AWS/CodeBuild"}


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every action whose provider is known here."""
    for pipeline in stack.of_type(PIPELINE):
        for action in actions(pipeline):
            yield from _required(action)
            if action.kind == "Deploy/AWS/Lambda":
                yield from _lambda(action)
            if action.kind in _BUILDS:
                yield from _primary(action)


def _required(action: Action) -> Iterator[Remark]:
    place = action.configuration
    for key in _REQUIRED.get(action.kind, ()):
        if not place.at(key).is_given:
            yield _flaw(
                place.path,
                f"{action.name} ({action.kind}) has no {key}",
                f"add {key} to its Configuration",
                "codepipeline/action-reference",
            )


def _lambda(action: Action) -> Iterator[Remark]:
    for key, place in action.configuration.fields():
        if key not in _LAMBDA_KEYS:
            instead = "DeployStrategy" if key == "DeploymentType" else ", ".join(_LAMBDA_KEYS)
            message = f"the Lambda provider knows no {key}: {place} is not what happens"
            yield _flaw(place.path, message, f"use {instead}", _LAMBDA_PAGE)
    strategy = action.configuration.at("DeployStrategy")
    if strategy.known is not None and not _STRATEGY.fullmatch(strategy.known):
        fix = "use AllAtOnce, CanaryXPercentYMinutes or LinearXPercentEveryYMinute"
        yield _flaw(strategy.path, f"there is no DeployStrategy {strategy}", fix, _LAMBDA_PAGE)
    shifts = strategy.is_given and (strategy.known or "").lower() != "allatonce"
    if shifts and not strategy.is_unknown and not action.configuration.at("FunctionAlias").is_given:
        message = f"{strategy} shifts the traffic of an alias, and there is no FunctionAlias"
        yield _flaw(strategy.path, message, "name the alias in FunctionAlias", _LAMBDA_PAGE)
    kind = Place.of(action.pipeline).at("PipelineType")
    if kind.is_unknown:
        yield Doubt(check=NAME, path=kind.path, because="the type of the pipeline is not known")
    elif kind.known != "V2":
        message = f"the Lambda provider is for V2 pipelines, and this one is {kind.known or 'V1'}"
        yield _flaw(kind.path, message, "set PipelineType: V2", _LAMBDA_PAGE)


def _primary(action: Action) -> Iterator[Remark]:
    inputs = list(action.inputs())
    primary = action.configuration.at("PrimarySource")
    page = "codepipeline/action-reference-CodeBuild"
    if len(inputs) > 1 and not primary.is_given:
        message = f"{action.name} has {len(inputs)} inputs and no PrimarySource: which one is built"
        yield _flaw(action.configuration.path, message, "name one in PrimarySource", page)
    answers = [
        None if primary.text is None or each.text is None else primary.text.equals(each.text)
        for each in inputs
    ]
    if primary.is_given and inputs and set(answers) == {False}:
        message = f"PrimarySource {primary} is no input of {action.name}"
        yield _flaw(primary.path, message, "name one of its InputArtifacts", page)


def _flaw(path: Path, message: str, fix: str, source: str) -> Flaw:
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
