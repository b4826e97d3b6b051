"""A change set until AWS is done with it, and why it came to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.aws import change_sets
from cicdgen.aws.calling import LONGEST_SLEEP
from cicdgen.aws.failing import CallError
from cicdgen.deploying.happenings import Noted
from cicdgen.deploying.taking_back import take_back
from cicdgen.errors import AwsError

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller
    from cicdgen.aws.described import ChangeSet, Validation
    from cicdgen.aws.stacks import Stack
    from cicdgen.deploying.happenings import Observer

_FIRST_LOOK = 0.5
_GROWTH = 1.5
_LONGEST_LOOK = 1.0


def settled(caller: Caller, request: change_sets.Request, arn: str, observe: Observer) -> ChangeSet:
    """The change set when AWS is done with it; one that is of no use any more is made anew."""
    try:
        change_set = _awaited(caller, arn)
        if request.token in change_set.description or change_set.is_executable:
            return change_set
        change_sets.discard(caller, change_set)
        return _awaited(caller, change_sets.create(caller, request))
    except KeyboardInterrupt:
        text = f"change set {request.name} stays: the same command takes it up again"
        observe(Noted(text=text, is_warning=True))
        raise


def _awaited(caller: Caller, arn: str) -> ChangeSet:
    seconds = _FIRST_LOOK
    while (change_set := change_sets.describe(caller, arn)).is_pending:
        caller.clock.sleep(min(seconds, _LONGEST_LOOK, LONGEST_SLEEP))
        seconds *= _GROWTH
    return change_set


def refuse_failed(
    caller: Caller, change_set: ChangeSet, stack: Stack | None, observe: Observer, *, is_own: bool
) -> None:
    """Say why there is no change set to execute, and take back what this run made.

    Raises:
        AwsError: there is none.
    """
    if change_set.is_executable:
        return
    found = validations(caller, change_set, observe)
    take_back(caller, change_set, stack, is_own=is_own)
    why = "; ".join(f"{each.logical_id}{each.path}: {each.reason}" for each in found if each.fails)
    raise AwsError(
        f"CloudFormation refuses the change set: {why or change_set.reason or change_set.status}",
        hint="`cicdgen check` may know more; nothing was changed",
    )


def validations(caller: Caller, change_set: ChangeSet, observe: Observer) -> tuple[Validation, ...]:
    """What early validation found. Who may not ask, or cannot, hears that it was not asked."""
    try:
        return change_sets.validations(caller, change_set)
    except CallError as error:
        if not (error.is_unknown_operation or error.is_denied):
            raise
        observe(Noted(text=f"early validation was not read: {error.message}", is_warning=True))
        return ()
