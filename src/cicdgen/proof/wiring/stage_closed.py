"""Every stage lets a run in.

A transition that the template disables stays so after each deployment of the stack: runs wait
before it until somebody enables it by hand.
Source: codepipeline/transitions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "stage-closed"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every pipeline."""
    for pipeline in stack.of_type("AWS::CodePipeline::Pipeline"):
        listed = Place.of(pipeline).at("DisableInboundStageTransitions")
        if listed.is_unknown:
            because = f"which stages of {pipeline.logical_id} are kept closed"
            yield Doubt(check=NAME, path=listed.path, because=because)
            continue
        for closed in listed.members():
            yield Flaw(
                check=NAME,
                path=closed.path,
                message=f"no run of {pipeline.logical_id} gets into {closed.at('StageName')}: the"
                " template keeps it closed",
                fix="leave it out, and disable a transition by hand when there is a reason to",
                source="codepipeline/transitions",
            )
