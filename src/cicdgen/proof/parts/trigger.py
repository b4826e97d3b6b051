"""The rules of EventBridge that start a pipeline.

Source: codepipeline/create-S3-source-events-cfn, eventbridge/eb-targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.proof.parts.pipeline import PIPELINE
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

RULE = "AWS::Events::Rule"


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A rule with a pipeline for a target."""

    rule: Resource
    target: Place
    pipeline: Resource

    @property
    def is_off(self) -> bool:
        """Whether the rule is disabled."""
        return Place.of(self.rule).at("State").known == "DISABLED"


def triggers(stack: Stack) -> Iterator[Trigger]:
    """Every target of a rule that is a pipeline of the stack."""
    for rule in stack.of_type(RULE):
        for target in Place.of(rule).at("Targets").members():
            pipeline = referent(stack, target.at("Arn"), PIPELINE)
            if not isinstance(pipeline, Elsewhere):
                yield Trigger(rule=rule, target=target, pipeline=pipeline)
