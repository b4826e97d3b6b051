"""A plan, held against what is there now: it is applied if nothing moved, and not otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.aws import change_sets, stacks
from cicdgen.aws.failing import CallError
from cicdgen.deploying.classes import classified, needs
from cicdgen.deploying.order import digest, fingerprint
from cicdgen.deploying.plan import described
from cicdgen.deploying.proposing import (
    Proposal,
    document_of,
    locate,
    place_of,
    refuse_moved_alias,
    refuse_state,
    visible,
)
from cicdgen.errors import RefusedError

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller
    from cicdgen.aws.change_sets import ChangeSet
    from cicdgen.deploying.classes import Classify
    from cicdgen.deploying.happenings import Observer
    from cicdgen.deploying.plan import Plan


def verify(caller: Caller, plan: Plan, classify: Classify, observe: Observer) -> Proposal:
    """The proposal that the plan is about, once everything is as it was.

    Raises:
        RefusedError: something moved, and what.
    """
    if plan.is_expired:
        raise _moved(plan, f"the plan expired at {plan.expires}")
    target = locate(caller, env=plan.env, stack=plan.stack, account=plan.account)
    if target.region != plan.region:
        raise _moved(plan, f"the plan is for {plan.region}, and this is {target.region}")
    if target.endpoint != plan.endpoint:
        where = plan.endpoint or "AWS"
        raise _moved(plan, f"the plan is for {where}, and this is {target.endpoint or 'AWS'}")
    observe(target)
    change_set = _found(caller, plan)
    stack = stacks.find(caller, plan.stack_id)
    refuse_state(stack, plan.env)
    deployed = stacks.template(caller, plan.stack_id) if plan.deployed else ""
    brought = stacks.template(caller, plan.stack_id, change_set.id)
    for was, now, what in (
        (
            plan.template,
            fingerprint(brought),
            "brings",
        ),
        (plan.deployed, fingerprint(deployed) if deployed else "", "deployed"),
        (plan.parameters, digest(change_set.parameters), "parameters"),
        (plan.tags, digest(change_set.tags), "tags"),
        (plan.described, described(change_set), "changes"),
    ):
        if was != now:
            raise _moved(plan, _WHAT[what])
    # What has to be allowed is found out again: a file is not believed about that.
    comparison = classify(
        document_of(deployed),
        document_of(brought),
        account=place_of(target),
        before_parameters=visible(stack.parameters if stack else ()),
        after_parameters=visible(change_set.parameters),
    )
    changes = classified(change_set.changes, comparison, is_new_stack=not plan.deployed)
    found = needs(changes, comparison, is_new_stack=not plan.deployed)
    if {f"{danger.value}:{name}" for danger, name in found} != set(plan.needs):
        raise _moved(plan, "something else has to be allowed than it says")
    proposal = Proposal(
        target=target,
        change_set=change_set,
        stack=stack,
        deployed=deployed,
        comparison=comparison,
        changes=changes,
        needs=found,
        is_own=False,
    )
    refuse_moved_alias(proposal, plan.aliases)
    return proposal


_WHAT = {
    "brings": "the change set has another template",
    "deployed": "the stack has another template than when the plan was made",
    "parameters": "the change set has other parameters",
    "tags": "the change set has other tags",
    "changes": "the change set does something else than when the plan was made",
}


def _found(caller: Caller, plan: Plan) -> ChangeSet:
    try:
        change_set = change_sets.describe(caller, plan.change_set)
    except CallError as error:
        if error.code not in {"ChangeSetNotFound", "ChangeSetNotFoundException"}:
            raise
        raise _moved(plan, "its change set is gone") from error
    if change_set.reverts_drift:
        raise RefusedError(
            "the change set reverts drift: it would send the live alias's traffic back to the "
            "placeholder, for what releases move is drift to CloudFormation",
            hint=_again(plan),
        )
    if not change_set.is_executable:
        raise _moved(plan, f"its change set is {change_set.status}, {change_set.execution}")
    return change_set


def _again(plan: Plan) -> str:
    return f"make a new one: `cicdgen plan --env {plan.env} -o plan.json`"


def _moved(plan: Plan, what: str) -> RefusedError:
    return RefusedError(f"the plan does not hold any more: {what}", hint=_again(plan))
