"""What an approval or a test is asked about has not been deployed yet.

A stage stops those that come after it. An approval with nothing behind it approves what is live
already; a test of an artifact that was deployed before stops nothing.
Source: codepipeline/approvals, codepipeline/reference-pipeline-structure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.pipeline import PIPELINE, Action, actions, unknown_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "stage-order"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every approval, and at every test of what a build made."""
    for pipeline in stack.of_type(PIPELINE):
        if any(unknown_parts(pipeline)):
            continue
        every = list(actions(pipeline))
        deployed = [each for each in every if _deploys(each)]
        for action in every:
            if action.kind.startswith("Approval/"):
                yield from _approval(action, every)
            elif action.kind.startswith("Test/"):
                yield from _test(action, every, deployed)


def _approval(action: Action, every: list[Action]) -> Iterator[Remark]:
    if all(_when(other) <= _when(action) for other in every):
        yield _flaw(
            action,
            f"{action.name} approves what has been done already: nothing waits for it",
            "put it before the action that it is about",
            "codepipeline/approvals",
        )


def _test(action: Action, every: list[Action], deployed: list[Action]) -> Iterator[Remark]:
    """A test after the last deployment, of the very artifact that was deployed untested."""
    inputs = {str(each) for each in action.inputs()}
    before = [each for each in deployed if _when(each) < _when(action)]
    if not before or any(_when(each) > _when(action) for each in deployed):
        return
    untested = [
        each
        for each in before
        if inputs & _made(every, each)
        and not any(o.kind.startswith("Test/") and _when(o) < _when(each) for o in every)
    ]
    if untested:
        names = ", ".join(sorted(inputs & _made(every, untested[0])))
        yield _flaw(
            action,
            f"{action.name} tests {names} after {untested[0].name} has deployed it: when it fails,"
            " it stops nothing",
            f"put it before {untested[0].name}",
            "codepipeline/reference-pipeline-structure",
        )


def _made(every: list[Action], deployment: Action) -> set[str]:
    """What a deployment is given that was built, and not fetched."""
    built = {str(out) for each in every if each.kind.startswith("Build/") for out in each.outputs()}
    return built & {str(each) for each in deployment.inputs()}


def _deploys(action: Action) -> bool:
    is_invoked = action.kind == "Invoke/AWS/Lambda" and any(action.inputs())
    return action.kind.startswith("Deploy/") or is_invoked


def _when(action: Action) -> tuple[int, float]:
    return action.stage, action.order or 0


def _flaw(action: Action, message: str, fix: str, source: str) -> Flaw:
    return Flaw(check=NAME, path=action.place.path, message=message, fix=fix, source=source)
