"""A pipeline is of the type that its parts ask for.

Type V1 has no queue, no triggers, no variables, no conditions and no commands. What becomes of a
pipeline that has one of these and does not say its type AWS's pages tell in two ways: V2 is
required, and V2 is what it gets.
Sources: codepipeline/pipeline-types, codepipeline/API_PipelineSummary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.pipeline import PIPELINE, actions
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

NAME = "pipeline-type"
_CONDITIONS = ("BeforeEntry", "OnSuccess", "OnFailure")
_ACTIONS = ("Compute/AWS/Commands", "Build/AWS/ECRBuildAndPublish")


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every pipeline that is not of type V2."""
    for pipeline in stack.of_type(PIPELINE):
        kind = Place.of(pipeline).at("PipelineType")
        if kind.known == "V2":
            continue
        mode = Place.of(pipeline).at("ExecutionMode")
        if mode.is_unknown:
            because = f"whether {pipeline.logical_id} is of the type that {mode} asks for"
            yield Doubt(check=NAME, path=mode.path, because=because)
        for place, what in _newer(pipeline):
            if kind.known is None:
                because = f"whether {pipeline.logical_id} is of type V2: it has {what}"
                yield Doubt(check=NAME, path=kind.path, because=because)
                break
            yield Flaw(
                check=NAME,
                path=place.path,
                message=f"{pipeline.logical_id} is of type V1, which has no {what}",
                fix="set PipelineType: V2",
                source="codepipeline/pipeline-types",
            )


def _newer(pipeline: Resource) -> Iterator[tuple[Place, str]]:
    """What only type V2 has."""
    place = Place.of(pipeline)
    mode = place.at("ExecutionMode")
    if mode.known in {"QUEUED", "PARALLEL"}:
        yield mode, f"execution mode {mode}"
    for name in ("Triggers", "Variables"):
        if list(place.at(name).members()):
            yield place.at(name), name.lower()
    for stage in place.at("Stages").members():
        for name in _CONDITIONS:
            if stage.at(name).is_given:
                yield stage.at(name), f"{name} of a stage"
    for action in actions(pipeline):
        if action.kind in _ACTIONS:
            yield action.name, f"action {action.kind}"
