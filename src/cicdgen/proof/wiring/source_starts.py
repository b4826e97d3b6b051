"""A change of the source starts the pipeline once: not twice, and not never.

With polling off and no rule, an upload does nothing. With polling and a rule, it runs the pipeline
twice (failure 13). Source: codepipeline/create-S3-source-events-cfn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.pipeline import Action, actions_of_kind
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent, unseen
from cicdgen.proof.parts.trigger import RULE, triggers
from cicdgen.proof.wiring.source_polled import POLLED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "source-starts"
_PAGE = "codepipeline/create-S3-source-events-cfn"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every source that can be polled."""
    started = {each.pipeline.logical_id for each in triggers(stack) if not each.is_off}
    for action in actions_of_kind(stack, *POLLED):
        polls = action.configuration.at("PollForSourceChanges")
        has_rule = action.pipeline.logical_id in started
        if has_rule and (polls.is_on or not polls.is_given):
            yield Flaw(
                check=NAME,
                path=polls.path,
                message=f"{action.name} polls, and a rule starts the pipeline too: each change"
                " runs it twice",
                fix='set PollForSourceChanges: "false"',
                source=_PAGE,
            )
        elif not has_rule and polls.is_given and polls.is_on is False:
            yield from _never(stack, action, polls)


def _never(stack: Stack, action: Action, polls: Place) -> Iterator[Remark]:
    if Place.of(action.pipeline).at("Triggers").is_given:
        return
    because = unseen(stack) or _open_target(stack) or _elsewhere(stack, action)
    if because:
        because = f"whether anything starts the pipeline: {because}"
        yield Doubt(check=NAME, path=polls.path, because=because)
        return
    yield Flaw(
        check=NAME,
        path=polls.path,
        message=f"nothing starts {action.pipeline.logical_id} when its source changes: polling is"
        " off, and no enabled rule has it for a target",
        fix="add an AWS::Events::Rule that matches the source's event, with the pipeline's ARN for"
        " a target",
        source=_PAGE,
    )


def _open_target(stack: Stack) -> str | None:
    """Why a rule may start it although nobody can tell."""
    for rule in stack.of_type(RULE):
        for target in Place.of(rule).at("Targets").members():
            if target.is_unknown or target.at("Arn").is_unknown:
                return f"a target of {rule.logical_id} is not known"
    return None


def _elsewhere(stack: Stack, action: Action) -> str | None:
    """Why the rule may be in another stack: beside a source that is."""
    place = action.configuration.at("S3Bucket")
    kind = "AWS::S3::Bucket"
    if action.kind == "Source/AWS/CodeCommit":
        place, kind = action.configuration.at("RepositoryName"), "AWS::CodeCommit::Repository"
    found = referent(stack, place, kind)
    return (
        f"{found.because}, and the rule may be beside it" if isinstance(found, Elsewhere) else None
    )
