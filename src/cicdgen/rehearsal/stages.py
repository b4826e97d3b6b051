"""A pipeline's stages and actions in their order, and what about one is not modelled.

Source: codepipeline/reference-pipeline-structure (run order 1 where none is given).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.record import ActionShape, StageShape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource
    from cicdgen.proof.hops.pipelines import Action, Pipeline


@dataclass(frozen=True, kw_only=True)
class Step:
    """An action with its place in the pipeline."""

    stage: str
    order: int
    action: Action
    namespace: str


def shape(pipeline: Pipeline) -> tuple[StageShape, ...]:
    """The picture of a pipeline."""
    return tuple(
        StageShape(
            name=stage,
            actions=tuple(
                ActionShape(name=s.action.name, provider=s.action.kind, run_order=s.order)
                for s in steps
            ),
        )
        for stage, steps in stages_of(pipeline)
    )


def stages_of(pipeline: Pipeline) -> Iterator[tuple[str, list[Step]]]:
    """The stages of a pipeline, by name, with their actions."""
    waiting = list(pipeline.actions)
    for stage in Place.of(pipeline.resource).at("Stages").members():
        name = stage.at("Name").known or ""
        steps = []
        for place in stage.at("Actions").members():
            order = place.at("RunOrder")
            steps.append(
                Step(
                    stage=name,
                    order=int(order.number or 1) if order.is_given else 1,
                    action=waiting.pop(0),
                    namespace=place.at("Namespace").known or "",
                )
            )
        yield name, steps


def refusals(resource: Resource) -> Iterator[str]:
    """What about a pipeline is not modelled."""
    place = Place.of(resource)
    if place.at("ExecutionMode").known == "PARALLEL":
        yield f"the execution mode PARALLEL of {resource.logical_id}"
    for name in ("ArtifactStores", "Triggers", "Variables", "DisableInboundStageTransitions"):
        if place.at(name).is_given:
            yield f"{name} of {resource.logical_id}"
    for stage in place.at("Stages").members():
        for name in ("BeforeEntry", "OnFailure", "OnSuccess", "Blockers"):
            if stage.at(name).is_given:
                yield f"{name} of the stage {stage.at('Name')}"
        for action in stage.at("Actions").members():
            if action.at("Region").is_given:
                yield f"another region, of the action {action.at('Name')}"
