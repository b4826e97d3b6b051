"""A plan, held against what is there now: it is applied if nothing moved, and not otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from cicdgen.aws import change_sets, stacks
from cicdgen.aws.failing import CallError
from cicdgen.deploying.happenings import Proposed
from cicdgen.deploying.judging import document_of, judged, visible
from cicdgen.deploying.locating import locate
from cicdgen.deploying.order import digest, fingerprint
from cicdgen.deploying.plan import described, named
from cicdgen.deploying.proposing import NoChanges, Proposal
from cicdgen.deploying.refusing import refuse_moved_alias, refuse_state
from cicdgen.errors import RefusedError

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller
    from cicdgen.aws.described import ChangeSet
    from cicdgen.deploying.classes import Classify
    from cicdgen.deploying.happenings import Observer, Target
    from cicdgen.deploying.locating import Address
    from cicdgen.deploying.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A plan as a command line gives it.

    Attributes:
        file: where it lies, in words.
        address: the stack that it is about.
    """

    plan: Plan
    file: str
    address: Address

    @property
    def again(self) -> str:
        """How to make a new one."""
        return f"make a new one: `cicdgen plan {self.address.options} -o {quote(self.file)}`"

    def moved(self, what: str) -> RefusedError:
        """The refusal that says what is not as it was."""
        return RefusedError(f"the plan does not hold any more: {what}", hint=self.again)


def verify(
    caller: Caller, agreed: Agreed, classify: Classify, observe: Observer
) -> Proposal | NoChanges:
    """The proposal that the plan is about, once everything is as it was.

    Raises:
        RefusedError: something moved, and what.
    """
    plan = agreed.plan
    if plan.is_expired:
        raise agreed.moved(f"it expired at {plan.expires:%Y-%m-%dT%H:%M:%SZ}")
    target = locate(caller, agreed.address)
    _hold_place(agreed, target)
    observe(target)
    if plan.is_empty:
        return _nothing(caller, agreed, target)
    change_set = _found(caller, agreed)
    stack = stacks.find(caller, plan.stack_id)
    refuse_state(stack, agreed.address.options)
    deployed = stacks.template(caller, plan.stack_id) if plan.deployed else ""
    brought = stacks.template(caller, plan.stack_id, change_set.id)
    _hold_content(agreed, change_set, deployed, brought)
    # What has to be allowed is found out again: a file is not believed about that.
    was = visible(stack.parameters if stack else ())
    given = tuple(visible(change_set.parameters).items())
    comparison = judged(classify, target, deployed, document_of(brought), was, given)
    proposal = Proposal.of(target, change_set, stack, deployed, comparison, is_own=False)
    if set(map(named, proposal.needs)) != set(plan.needs):
        raise agreed.moved("something else has to be allowed than it says")
    observe(
        Proposed(
            arn=change_set.id,
            is_new_stack=proposal.is_new_stack,
            changes=proposal.changes,
            comparison=comparison,
            capabilities=change_set.capabilities,
        )
    )
    refuse_moved_alias(proposal.changes, deployed, plan.aliases)
    return proposal


def _nothing(caller: Caller, agreed: Agreed, target: Target) -> NoChanges:
    """That nothing changes, if the stack has the same template still."""
    stack = stacks.find(caller, agreed.plan.stack_id)
    refuse_state(stack, agreed.address.options)
    deployed = stacks.template(caller, agreed.plan.stack_id) if stack else ""
    if stack is None or fingerprint(deployed) != agreed.plan.deployed:
        raise agreed.moved("the stack has another template than when the plan was made")
    return NoChanges(target=target, stack=stack, deployed=deployed, options=agreed.address.options)


def _hold_place(agreed: Agreed, target: Target) -> None:
    plan = agreed.plan
    if target.region != plan.region:
        raise agreed.moved(f"it is for {plan.region}, and this is {target.region}")
    if target.endpoint != plan.endpoint:
        where = plan.endpoint or "AWS"
        raise agreed.moved(f"it is for {where}, and this is {target.endpoint or 'AWS'}")


def _hold_content(agreed: Agreed, change_set: ChangeSet, deployed: str, brought: str) -> None:
    plan = agreed.plan
    for was, now, what in (
        (plan.template, fingerprint(brought), "the change set has another template"),
        (
            plan.deployed,
            fingerprint(deployed) if deployed else "",
            "the stack has another template than when the plan was made",
        ),
        (plan.parameters, digest(change_set.parameters), "the change set has other parameters"),
        (plan.tags, digest(change_set.tags), "the change set has other tags"),
        (
            plan.described,
            described(change_set),
            "the change set does something else than when the plan was made",
        ),
    ):
        if was != now:
            raise agreed.moved(what)


def _found(caller: Caller, agreed: Agreed) -> ChangeSet:
    try:
        change_set = change_sets.describe(caller, agreed.plan.change_set)
    except CallError as error:
        if error.code not in {"ChangeSetNotFound", "ChangeSetNotFoundException"}:
            raise
        raise agreed.moved("its change set is gone") from error
    if change_set.reverts_drift:
        raise RefusedError(
            "the change set reverts drift: it would send the live alias's traffic back to the "
            "placeholder, for what releases move is drift to CloudFormation",
            hint=agreed.again,
        )
    if not change_set.is_executable:
        raise agreed.moved(f"its change set is {change_set.status}, {change_set.execution}")
    return change_set
