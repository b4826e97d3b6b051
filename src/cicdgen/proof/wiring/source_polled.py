"""A source is not polled: an event starts the pipeline.

Polling is the default. It costs minutes, misses changes that follow each other quickly, and ends
for pipelines that have not run for long (failures 8, 13).
Source: codepipeline/update-change-detection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.pipeline import actions_of_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "source-polled"
POLLED = ("Source/AWS/S3", "Source/AWS/CodeCommit")
"""Providers that poll unless they are told not to."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every source that can be polled."""
    for action in actions_of_kind(stack, *POLLED):
        polls = action.configuration.at("PollForSourceChanges")
        if polls.is_given and polls.is_on is None:
            yield Doubt(check=NAME, path=polls.path, because="whether it polls is not known")
        elif polls.is_on or not polls.is_given:
            yield Flaw(
                check=NAME,
                path=polls.path,
                message=f"{action.name} polls its source"
                + ("" if polls.is_given else ": that is the default"),
                fix='set PollForSourceChanges: "false" and start the pipeline by an EventBridge'
                " rule",
                source="codepipeline/update-change-detection",
            )
