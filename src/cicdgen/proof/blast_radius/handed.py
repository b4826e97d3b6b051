"""Objects, and who runs what is in them: whoever may write one decides what that one does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cicdgen.cloudformation import Text
from cicdgen.proof.parts.buildspec import PROJECT
from cicdgen.proof.parts.pipeline import actions_of_kind
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, function_of, referent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack
    from cicdgen.proof.blast_radius.rights import Rights

FUNCTION: Final = "AWS::Lambda::Function"
ROLE: Final = "AWS::IAM::Role"
_RUNNING = ("Build/AWS/CodeBuild", "Test/AWS/CodeBuild", "Invoke/AWS/Lambda", "Deploy/AWS/Lambda")
"""Actions whose project or function runs, or becomes, what is in their input artifacts."""

_PIPELINE_CUT: Final = 20
_ARTIFACT_CUT: Final = 10


def run_objects(stack: Stack, rights: Rights) -> Iterator[tuple[Text, Resource]]:
    """Objects, and who runs what is in them: sources, artifacts and releases.

    An artifact's key is PIPELINE/ARTIFACT/RANDOM, the first cut to 20 characters and the second to
    10. Source: lambda/services-codepipeline.
    """
    yield from _sources(stack)
    yield from _artifacts(stack)
    yield from _releases(stack, rights)


def _sources(stack: Stack) -> Iterator[tuple[Text, Resource]]:
    for action in actions_of_kind(stack, "Source/AWS/S3"):
        bucket = referent(stack, action.configuration.at("S3Bucket"), "AWS::S3::Bucket")
        key = action.configuration.at("S3ObjectKey").text
        if isinstance(bucket, Elsewhere) or key is None:
            continue
        outputs = {name.text for name in action.outputs()}
        for runner, inputs in _runners(stack):
            if outputs & inputs:
                yield bucket.arn + "/" + key, runner


def _artifacts(stack: Stack) -> Iterator[tuple[Text, Resource]]:
    for runner, inputs in _runners(stack):
        for action in actions_of_kind(stack, *_RUNNING):
            location = Place.of(action.pipeline).at("ArtifactStore", "Location")
            store = referent(stack, location, "AWS::S3::Bucket")
            name = action.pipeline.name.known
            if isinstance(store, Elsewhere) or name is None:
                continue
            for artifact in inputs & {each.text for each in action.inputs()}:
                if artifact is not None and artifact.known:
                    folder = f"/{name[:_PIPELINE_CUT]}/{artifact.known[:_ARTIFACT_CUT]}/any"
                    yield store.arn + folder, runner


def _runners(stack: Stack) -> Iterator[tuple[Resource, set[Text | None]]]:
    """Who runs what is in which artifacts."""
    for action in actions_of_kind(stack, *_RUNNING):
        project = referent(stack, action.configuration.at("ProjectName"), PROJECT)
        found = (
            function_of(stack, action.configuration.at("FunctionName"))
            if isinstance(project, Elsewhere)
            else project
        )
        if not isinstance(found, Elsewhere):
            yield found, {name.text for name in action.inputs()}


def _releases(stack: Stack, rights: Rights) -> Iterator[tuple[Text, Resource]]:
    """Objects that somebody reads who may change a function's code: what is in them will run.

    Whether the reader deploys what it reads, its code decides, and not the template.
    """
    for function in stack.of_type(FUNCTION):
        place = Place.of(function).at("Code")
        bucket = referent(stack, place.at("S3Bucket"), "AWS::S3::Bucket")
        key = place.at("S3Key").text
        if not isinstance(bucket, Elsewhere) and key is not None:
            yield bucket.arn + "/" + key, function
    for deployer in stack.of_type(FUNCTION, PROJECT):
        for role in roles_of(stack, deployer):
            if rights.mentions(role, "lambda:UpdateFunctionCode"):
                for code in _read_by(role, rights):
                    yield code, deployer


def _read_by(role: Resource, rights: Rights) -> Iterator[Text]:
    """The objects that a role may read, a wildcard filled in with some word."""
    for statement in rights.statements(role):
        if statement.resources is not None and statement.actions.match("s3:getobject") is True:
            for pattern in statement.resources.patterns:
                yield Text(pattern.source.code.replace("*", "any"))


def roles_of(stack: Stack, actor: Resource) -> Iterator[Resource]:
    """The role that a project or a function acts as, if the template has it."""
    if actor.type not in {PROJECT, FUNCTION}:
        return
    named = Place.of(actor).at("ServiceRole" if actor.type == PROJECT else "Role")
    role = referent(stack, named, ROLE)
    if not isinstance(role, Elsewhere):
        yield role
