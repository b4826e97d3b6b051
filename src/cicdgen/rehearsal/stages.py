"""A pipeline's stages and actions in their order, and what about one is not modelled.

Source: codepipeline/reference-pipeline-structure (run order 1 where none is given).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.record import ActionShape, StageShape

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from cicdgen.cloudformation import Resource, Text
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


_WHY = {
    "Build/AWS/ECRBuildAndPublish": "no images are built here",
    "Compute/AWS/Commands": "where its commands run, and with which tools, is not known here",
    "Deploy/AWS/AppConfig": "configurations that are rolled out are not looked at",
    "Deploy/AWS/CloudFormation": "what it does to a stack stands in that stack's own template",
    "Deploy/AWS/CloudFormationStackSet": "what it does stands in the stack set's own template",
    "Deploy/AWS/ECS": "containers are not looked at, only functions",
    "Deploy/AWS/EC2": "servers are not looked at, only functions",
    "Deploy/AWS/ElasticBeanstalk": "servers are not looked at, only functions",
    "Invoke/AWS/CodePipeline": "one pipeline is rehearsed at a time",
    "Invoke/AWS/StepFunctions": "state machines do not run here",
    "Source/AWS/ECR": "images are not looked at, only the code of functions",
}
"""Why the actions of a provider are not modelled; of any other, nobody looked it up."""


def variables_of(resource: Resource) -> Iterator[tuple[str, Text]]:
    """The variables of a pipeline itself, with their defaults, as actions refer to them."""
    for variable in Place.of(resource).at("Variables").members():
        name, value = variable.at("Name").known, variable.at("DefaultValue").text
        if name is not None and value is not None:
            yield f"variables.{name}", value


def unmodelled(pipeline: Pipeline, known: Container[str]) -> Iterator[str]:
    """Each action of a kind that is not known: which it is, where, and why it is refused."""
    for stage, steps in stages_of(pipeline):
        for step in steps:
            action = step.action
            if action.kind in known:
                continue
            where = ".".join(map(str, action.path))
            why = _WHY.get(action.kind, "nobody has looked up what it does")
            yield (
                f"{pipeline.resource.logical_id}, stage {stage}: the action {action.name} is"
                f" {action.kind}, which is not modelled: {why} ({where})"
            )


def refusals(resource: Resource) -> Iterator[str]:
    """What about a pipeline is not modelled."""
    place = Place.of(resource)
    if place.at("ExecutionMode").known == "PARALLEL":
        yield f"the execution mode PARALLEL of {resource.logical_id}"
    for name in ("ArtifactStores", "DisableInboundStageTransitions"):
        if place.at(name).is_given:
            yield f"{name} of {resource.logical_id}"
    for variable in place.at("Variables").members():
        if not variable.at("DefaultValue").is_given:
            yield f"the variable {variable.at('Name')} of {resource.logical_id}, without a default,"
    for stage in place.at("Stages").members():
        yield from _refusals_of(stage)


def _refusals_of(stage: Place) -> Iterator[str]:
    for name in ("BeforeEntry", "OnFailure", "OnSuccess", "Blockers"):
        if stage.at(name).is_given:
            yield f"{name} of the stage {stage.at('Name')}"
    for action in stage.at("Actions").members():
        if action.at("Region").is_given:
            yield f"another region, of the action {action.at('Name')}"
