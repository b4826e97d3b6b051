"""A change set, from the order to what a person can agree to.

A change set is named by its content. So a run that was killed leaves nothing that the next one
does not find; and whoever deploys the same thing at the same time finds the same change set.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.aws import change_sets, stacks
from cicdgen.deploying.classes import Need, classified, needs
from cicdgen.deploying.happenings import Proposed, Target
from cicdgen.deploying.judging import judged, visible
from cicdgen.deploying.locating import locate
from cicdgen.deploying.refusing import refuse_moved_alias, refuse_state
from cicdgen.deploying.requesting import bucket_for, request_of
from cicdgen.deploying.settling import refuse_failed, settled, validations
from cicdgen.deploying.states import Step, state_of
from cicdgen.deploying.taking_back import take_back
from cicdgen.errors import RefusedError

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller
    from cicdgen.aws.described import ChangeSet
    from cicdgen.aws.stacks import Stack
    from cicdgen.deploying.classes import Classified, Classify
    from cicdgen.deploying.happenings import Observer
    from cicdgen.deploying.order import Order
    from cicdgen.diff.change import Comparison


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

    @classmethod
    def of(
        cls,
        target: Target,
        change_set: ChangeSet,
        stack: Stack | None,
        deployed: str,
        comparison: Comparison,
        *,
        is_own: bool,
    ) -> Proposal:
        """The proposal, with what is dangerous about it."""
        changes = classified(change_set.changes, comparison, is_new_stack=not deployed)
        return cls(
            target=target,
            change_set=change_set,
            stack=stack,
            deployed=deployed,
            comparison=comparison,
            changes=changes,
            needs=needs(changes, comparison, is_new_stack=not deployed),
            is_own=is_own,
        )

    @property
    def is_new_stack(self) -> bool:
        """Whether executing it makes the stack."""
        return not self.deployed


@dataclass(frozen=True, slots=True, kw_only=True)
class NoChanges:
    """The stack is what it should be.

    Attributes:
        deployed: its template.
        options: what names it on a command line.
    """

    target: Target
    stack: Stack
    deployed: str
    options: str


def propose(
    caller: Caller, order: Order, classify: Classify, observe: Observer
) -> Proposal | NoChanges:
    """Make the change set, or find the one of the same content, and read all of it.

    Raises:
        RefusedError: the account is another, or the stack's state takes no change set.
        AwsError: AWS refuses the template; what this run made is gone again.
    """
    bucket_for(order)
    target = locate(caller, order.address)
    observe(target)
    stack = stacks.find(caller, order.address.stack)
    refuse_state(stack, order.address.options)
    is_there = state_of(stack.status if stack else None).step is Step.UPDATE
    deployed = stacks.template(caller, order.address.stack) if is_there else ""
    run = uuid.uuid4().hex
    request = request_of(caller, order, target, stack, deployed, run)
    arn = change_sets.create(caller, request)
    # While AWS is at it.
    was = visible(stack.parameters if stack else ())
    comparison = judged(classify, target, deployed, order.document, was, request.parameters)
    change_set = settled(caller, request, arn, observe)
    is_own = run in change_set.description
    if change_set.is_empty and stack is not None:
        change_sets.discard(caller, change_set)
        return NoChanges(
            target=target, stack=stack, deployed=deployed, options=order.address.options
        )
    refuse_failed(caller, change_set, stack, observe, is_own=is_own)
    proposal = Proposal.of(target, change_set, stack, deployed, comparison, is_own=is_own)
    observe(
        Proposed(
            arn=change_set.id,
            is_new_stack=proposal.is_new_stack,
            changes=proposal.changes,
            comparison=comparison,
            validations=validations(caller, change_set, observe),
            capabilities=request.capabilities,
        )
    )
    try:
        refuse_moved_alias(proposal.changes, deployed, order.aliases)
    except RefusedError:
        take_back(caller, change_set, stack, is_own=is_own)
        raise
    return proposal
