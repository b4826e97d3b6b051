"""A stack that is stuck, rolled back to where it last was well."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.aws import stacks
from cicdgen.deploying import watching
from cicdgen.deploying.executing import failure
from cicdgen.deploying.happenings import Ended
from cicdgen.deploying.locating import locate
from cicdgen.deploying.states import state_of
from cicdgen.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.aws.calling import Caller
    from cicdgen.aws.stacks import Stack
    from cicdgen.deploying.happenings import Observer, Target
    from cicdgen.deploying.order import Order
    from cicdgen.deploying.watching import Watch

_CONTINUES = "UPDATE_ROLLBACK_FAILED"
_ROLLS_BACK = frozenset({"CREATE_FAILED", "UPDATE_FAILED"})
_WELL = frozenset({"UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "DELETE_COMPLETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A stack that can be rolled back."""

    target: Target
    stack: Stack
    role_arn: str | None = None


def find(caller: Caller, order: Order, observe: Observer) -> Stuck:
    """The stack of the order.

    Raises:
        RefusedError: there is nothing to roll back in its state.
    """
    target = locate(caller, order.address)
    observe(target)
    stack = stacks.find(caller, order.address.stack)
    state = state_of(stack.status if stack else None)
    if stack is None or state.status not in {_CONTINUES, *_ROLLS_BACK}:
        raise RefusedError(
            f"there is nothing to roll back: the stack is in {state.status}, {state.means}",
            hint=state.then(order.address.options),
        )
    return Stuck(target=target, stack=stack, role_arn=order.role_arn)


def question(stuck: Stuck) -> str:
    """What is asked before."""
    return f"Roll {stuck.stack.name} back from {stuck.stack.status}?"


def recover(
    caller: Caller, stuck: Stuck, how: Watch, observe: Observer, *, skip: Sequence[str]
) -> Stack:
    """Roll it back, and watch that.

    Args:
        caller: who calls.
        stuck: the stack.
        how: how often to look.
        observe: hears of everything.
        skip: logical ids of resources that CloudFormation is to take as rolled back, whatever
            they are (AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback).

    Raises:
        AwsError: it failed again.
    """
    since = watching.mark(caller, stuck.stack.id)
    token = f"recover-{uuid.uuid4().hex}"
    if stuck.stack.status == _CONTINUES:
        stacks.continue_rollback(caller, stuck.stack.id, token, skip, stuck.role_arn)
    else:
        stacks.roll_back(caller, stuck.stack.id, token, stuck.role_arn)
    outcome = watching.watch(caller, stuck.stack.id, since, 0, how, observe)
    if outcome.stack.status not in _WELL:
        raise failure(outcome, how.options)
    observe(Ended(status=outcome.stack.status, outputs=outcome.stack.outputs))
    return outcome.stack
