"""A change set, from the order to what a person can agree to, or back to nothing.

A change set is named by its content. So a run that was killed leaves nothing that the next one
does not find; and whoever deploys the same thing at the same time finds the same change set.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.aws import change_sets, stacks
from cicdgen.aws.calling import LONGEST_SLEEP
from cicdgen.aws.failing import CallError
from cicdgen.aws.identity import identity
from cicdgen.deploying.classes import Need, classified, needs
from cicdgen.deploying.happenings import Noted, Proposed, Target
from cicdgen.deploying.order import aliases
from cicdgen.deploying.requesting import bucket_for, request_of
from cicdgen.deploying.states import Step, state_of
from cicdgen.deploying.taking_back import take_back
from cicdgen.errors import AwsError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.aws.calling import Caller
    from cicdgen.aws.change_sets import ChangeSet, Validation
    from cicdgen.aws.stacks import Stack
    from cicdgen.cloudformation import Account
    from cicdgen.deploying.classes import Classified, Classify
    from cicdgen.deploying.happenings import Observer
    from cicdgen.deploying.order import Order
    from cicdgen.diff.change import Comparison

_FIRST_LOOK = 0.5
_GROWTH = 1.5
_LONGEST_LOOK = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change set that waits for an answer.

    Attributes:
        stack: as it was before; None if this run brought it into being.
        deployed: the template that is there now; empty if nothing is.
        is_own: whether this run made the change set, and so may delete it.
    """

    target: Target
    change_set: ChangeSet
    stack: Stack | None
    deployed: str
    comparison: Comparison
    changes: tuple[Classified, ...]
    needs: tuple[Need, ...]
    is_own: bool

    @property
    def is_new_stack(self) -> bool:
        """Whether executing it makes the stack."""
        return not self.deployed


@dataclass(frozen=True, slots=True, kw_only=True)
class NoChanges:
    """The stack is what it should be."""

    target: Target
    stack: Stack


def locate(caller: Caller, *, env: str, stack: str, account: str | None) -> Target:
    """Where the run goes.

    Raises:
        RefusedError: the credentials are of another account than the environment's.
    """
    who = identity(caller)
    if account is not None and who.account != account:
        raise RefusedError(
            f"the credentials are of account {who.account}, and --env {env} belongs to {account}",
            hint="take others (--profile), or mend `account` in the config",
        )
    return Target(
        env=env,
        stack=stack,
        account=who.account,
        region=caller.region,
        who=who.arn,
        endpoint=caller.endpoint,
    )


def propose(
    caller: Caller, order: Order, classify: Classify, observe: Observer
) -> Proposal | NoChanges:
    """Make the change set, or find the one of the same content, and read all of it.

    Raises:
        RefusedError: the account is another, or the stack's state takes no change set.
        AwsError: AWS refuses the template; what this run made is gone again.
    """
    bucket_for(order)
    target = locate(caller, env=order.env, stack=order.stack, account=order.account)
    observe(target)
    stack = stacks.find(caller, order.stack)
    refuse_state(stack, order.env)
    step = state_of(stack.status if stack else None).step
    deployed = stacks.template(caller, order.stack) if step is Step.UPDATE else ""
    run = uuid.uuid4().hex
    request = request_of(caller, order, target, stack, deployed, run)
    arn = change_sets.create(caller, request)
    # While AWS is at it.
    was = visible(stack.parameters if stack else ())
    comparison = classify(
        document_of(deployed),
        order.document,
        account=place_of(target),
        before_parameters=was,
        after_parameters=_given(order, request.parameters, was),
    )
    try:
        change_set = _settled(caller, request, arn)
    except KeyboardInterrupt:
        text = f"change set {request.name} stays: the same command takes it up again"
        observe(Noted(text=text, is_warning=True))
        raise
    is_own = run in change_set.description
    if change_set.is_empty and stack is not None:
        change_sets.discard(caller, change_set)
        return NoChanges(target=target, stack=stack)
    if not change_set.is_executable:
        _give_up(caller, change_set, stack, observe, is_own=is_own)
    changes = classified(change_set.changes, comparison, is_new_stack=not deployed)
    proposal = Proposal(
        target=target,
        change_set=change_set,
        stack=stack,
        deployed=deployed,
        comparison=comparison,
        changes=changes,
        needs=needs(changes, comparison, is_new_stack=not deployed),
        is_own=is_own,
    )
    observe(
        Proposed(
            arn=change_set.id,
            is_new_stack=not deployed,
            changes=changes,
            comparison=comparison,
            validations=_validations(caller, change_set, observe),
            capabilities=request.capabilities,
        )
    )
    try:
        refuse_moved_alias(proposal, order.aliases)
    except RefusedError:
        take_back(caller, change_set, stack, is_own=is_own)
        raise
    return proposal


def refuse_state(stack: Stack | None, env: str) -> None:
    """Refuse a stack whose state takes no change set.

    Raises:
        RefusedError: with what to do instead.
    """
    state = state_of(stack.status if stack else None)
    if state.step not in {Step.CREATE, Step.UPDATE}:
        raise RefusedError(
            f"the stack is in {state.status}: {state.means}",
            hint=state.next.format(env=f"--env {env}"),
        )


def refuse_moved_alias(proposal: Proposal, names: tuple[str, ...]) -> None:
    """Refuse to touch an alias that releases move.

    CloudFormation sends the template's version with any change of an alias, so traffic would go
    back to the placeholder; the stack policy would refuse it half way.

    Raises:
        RefusedError: the change set would do that.
    """
    mine = {*names, *aliases(document_of(proposal.deployed))}
    for each in proposal.changes:
        # An alias has no tags, so that new ones of the stack do not reach it.
        is_harmless = each.change.action in {"Add", "Import"} or each.change.scope == ("Tags",)
        if each.change.logical_id in mine and not is_harmless:
            raise RefusedError(
                f"{each.change.logical_id} would be changed: releases move this alias, and "
                "CloudFormation would send its traffic back to the placeholder",
                hint="leave function name and alias as they are, or deploy a stack of another name",
            )


def _settled(caller: Caller, request: change_sets.Request, arn: str) -> ChangeSet:
    """The change set when AWS is done with it; one that is of no use any more is made anew."""
    change_set = _awaited(caller, arn)
    if request.token in change_set.description or change_set.is_executable:
        return change_set
    change_sets.discard(caller, change_set)
    return _awaited(caller, change_sets.create(caller, request))


def _awaited(caller: Caller, arn: str) -> ChangeSet:
    seconds = _FIRST_LOOK
    while (change_set := change_sets.describe(caller, arn)).is_pending:
        caller.clock.sleep(min(seconds, _LONGEST_LOOK, LONGEST_SLEEP))
        seconds *= _GROWTH
    return change_set


def _give_up(
    caller: Caller,
    change_set: ChangeSet,
    stack: Stack | None,
    observe: Observer,
    *,
    is_own: bool,
) -> None:
    """Say why there is no change set to execute, and take back what this run made."""
    found = _validations(caller, change_set, observe)
    take_back(caller, change_set, stack, is_own=is_own)
    why = "; ".join(f"{each.logical_id}{each.path}: {each.reason}" for each in found if each.fails)
    raise AwsError(
        f"CloudFormation refuses the change set: {why or change_set.reason or change_set.status}",
        hint="`cicdgen check` may know more; nothing was changed",
    )


def _validations(
    caller: Caller, change_set: ChangeSet, observe: Observer
) -> tuple[Validation, ...]:
    """What early validation found. Who may not ask, or cannot, hears that it was not asked."""
    try:
        return change_sets.validations(caller, change_set)
    except CallError as error:
        if not (error.is_unknown_operation or error.is_denied):
            raise
        observe(Noted(text=f"early validation was not read: {error.message}", is_warning=True))
        return ()


def document_of(text: str) -> dict[str, object]:
    """The template as a document; nothing for no text."""
    if not text:
        return {}
    from cicdgen.proof.reading import read  # noqa: PLC0415 - a new stack has none to read

    return dict(read(text, "the deployed template").body)


def _given(
    order: Order, parameters: tuple[tuple[str, str | None], ...], was: Mapping[str, str]
) -> dict[str, str]:
    """The values that the stack will have, as far as AWS will show them."""
    declared = order.document.get("Parameters") or {}
    found = {name: was.get(name) if value is None else value for name, value in parameters}
    return {
        name: value
        for name, value in found.items()
        if value is not None and str(declared[name].get("NoEcho", "")).lower() != "true"
    }


def visible(parameters: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The parameters whose values AWS shows: of the others it shows asterisks (NoEcho)."""
    return {name: value for name, value in parameters if set(value) != {"*"}}


def place_of(target: Target) -> Account:
    """Where the stack lives, for whoever compares templates."""
    from cicdgen.cloudformation import Account  # noqa: PLC0415 - a refusal compares nothing

    return Account(region=target.region, account=target.account, stack=target.stack)
