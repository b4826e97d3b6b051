"""A pipeline of CodePipeline, read: its stages and what each action is given.

Source: codepipeline/reference-pipeline-structure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

PIPELINE = "AWS::CodePipeline::Pipeline"


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action.

    Attributes:
        pipeline: the pipeline.
        place: the action as it is written.
        stage: the number of its stage, from 0.
        order: its run order within the stage; None if that is not known.
        kind: category, owner and provider, as `Deploy/AWS/CodeDeploy`.
    """

    pipeline: Resource
    place: Place
    stage: int
    order: float | None
    kind: str

    @property
    def name(self) -> Place:
        """Its name."""
        return self.place.at("Name")

    @property
    def configuration(self) -> Place:
        """What its provider is told."""
        return self.place.at("Configuration")

    def inputs(self) -> Iterator[Place]:
        """The names of the artifacts that it consumes."""
        return (each.at("Name") for each in self.place.at("InputArtifacts").members())

    def outputs(self) -> Iterator[Place]:
        """The names of the artifacts that it produces."""
        return (each.at("Name") for each in self.place.at("OutputArtifacts").members())


def actions(pipeline: Resource) -> Iterator[Action]:
    """The actions of a pipeline, in its order. Those that nobody knows are left out."""
    for number, stage in enumerate(Place.of(pipeline).at("Stages").members()):
        for action in stage.at("Actions").members():
            if action.is_unknown:
                continue
            kind = action.at("ActionTypeId")
            words = [kind.at(word).known or "?" for word in ("Category", "Owner", "Provider")]
            order = action.at("RunOrder")
            yield Action(
                pipeline=pipeline,
                place=action,
                stage=number,
                order=order.number if order.is_given else 1,
                kind="/".join(words),
            )


def unknown_parts(pipeline: Resource) -> Iterator[Place]:
    """The stages and actions of a pipeline that nobody knows."""
    for stage in Place.of(pipeline).at("Stages").members():
        if stage.is_unknown:
            yield stage
            continue
        yield from (each for each in stage.at("Actions").members() if each.is_unknown)


def actions_of_kind(stack: Stack, *kinds: str) -> Iterator[Action]:
    """The actions of every pipeline of a stack that are of these kinds."""
    for pipeline in stack.of_type(PIPELINE):
        yield from (action for action in actions(pipeline) if action.kind in kinds)
