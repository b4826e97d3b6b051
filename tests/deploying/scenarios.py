"""What a run does, and what the next one does after a fault, for every call in turn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.deploying.ground import ADDRESS, TIMEOUT, Ground, order

from cicdgen.deploying import applying, inquiring, plan
from cicdgen.deploying.applying import Agreed
from cicdgen.deploying.proposing import NoChanges
from cicdgen.diff import compare
from cicdgen.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicdgen.deploying.plan import Plan


def _nothing(_: Ground) -> None:
    """An account without the stack."""


def _made(ground: Ground) -> None:
    """The stack, with data in its bucket."""
    ground.deploy()
    ground.account.buckets.objects["shop-dev-data"]["orders"] = "precious"


def _create(ground: Ground) -> None:
    ground.deploy()


def _update(ground: Ground) -> None:
    ground.deploy(order(TIMEOUT))


def planned(ground: Ground) -> Plan:
    """A plan of the harmless change."""
    asked = order(TIMEOUT)
    return plan.planned(ground.propose(asked), asked, hours=24)


def given(agreed: Plan) -> Agreed:
    """The plan as a command line gives it."""
    return Agreed(plan=agreed, file="plan.json", address=replace(ADDRESS, account=agreed.account))


def apply(ground: Ground, agreed: Plan) -> None:
    """What `cicdgen apply --yes` does."""
    found = applying.verify(ground.caller(), given(agreed), compare, ground.heard.append)
    asked = order(TIMEOUT)
    if isinstance(found, NoChanges):
        ground.settle(found, asked)
    else:
        ground.execute(found, asked)


def _plan_only(ground: Ground) -> None:
    planned(ground)


def _then_apply(ground: Ground) -> None:
    apply(ground, planned(ground))


_PLANS: dict[int, Plan] = {}


def _with_plan(ground: Ground) -> None:
    _made(ground)
    _PLANS[id(ground)] = planned(ground)


def _apply(ground: Ground) -> None:
    apply(ground, _PLANS[id(ground)])


def _begun(ground: Ground) -> None:
    """The stack, while an update of it runs that nobody watches."""
    _made(ground)
    found = ground.proposal(order(TIMEOUT))
    ground.caller().call(
        "execute_change_set", {"ChangeSetName": found.change_set.id, "ClientRequestToken": "other"}
    )


def follow(ground: Ground) -> None:
    """What `cicdgen status --follow` does."""
    caller = ground.caller()
    found = inquiring.inquire(caller, ground.heard.append, ADDRESS)
    inquiring.follow(caller, found, ground.how, ground.heard.append)


def _destroy(ground: Ground) -> None:
    ground.destroy()


def again(ground: Ground, run: Callable[[Ground], None]) -> None:
    """The same command once more; where an operation runs, it is followed first, as it says."""
    try:
        run(ground)
    except RefusedError as error:
        if "cicdgen status --follow" not in (error.hint or ""):
            raise
        follow(ground)
        run(ground)


def _is_made(ground: Ground) -> bool:
    return _is_well(ground, "CREATE_COMPLETE", with_timeout=False)


def _is_updated(ground: Ground) -> bool:
    kept = ground.account.buckets.objects["shop-dev-data"] == {"orders": "precious"}
    return kept and _is_well(ground, "UPDATE_COMPLETE", with_timeout=True)


def _is_well(ground: Ground, status: str, *, with_timeout: bool) -> bool:
    """In that state, protected, with nothing left over."""
    stack = ground.stack
    living = [
        each for each in ground.account.cloudformation.stacks if each.status != "DELETE_COMPLETE"
    ]
    function = stack.resources["Function"].definition["Properties"]
    return (
        [stack] == living
        and status == stack.status
        and {} == stack.change_sets
        and stack.is_protected
        and stack.denies("LiveAlias")
        and with_timeout == ("Timeout" in function)
    )


def _is_gone(ground: Ground) -> bool:
    return (
        ground.stack.status == "DELETE_COMPLETE"
        and "shop-dev-data" not in ground.account.buckets.objects
    )


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A run.

    Attributes:
        before: what is there.
        run: what is interrupted.
        then: what a person does next.
        is_well: whether all is as it should be after that.
    """

    before: Callable[[Ground], None]
    run: Callable[[Ground], None]
    then: Callable[[Ground], None]
    is_well: Callable[[Ground], bool]


def _apply_or_plan_again(ground: Ground) -> None:
    """Apply the plan again; once it is executed it does not hold any more, which is no harm."""
    try:
        _apply(ground)
    except RefusedError as error:
        if "cicdgen status --follow" in (error.hint or ""):
            follow(ground)
        ground.deploy(order(TIMEOUT))


SCENARIOS = {
    "deploy a new stack": Scenario(before=_nothing, run=_create, then=_create, is_well=_is_made),
    "deploy an update": Scenario(before=_made, run=_update, then=_update, is_well=_is_updated),
    "plan": Scenario(before=_made, run=_plan_only, then=_then_apply, is_well=_is_updated),
    "apply": Scenario(
        before=_with_plan, run=_apply, then=_apply_or_plan_again, is_well=_is_updated
    ),
    "watch": Scenario(before=_begun, run=follow, then=follow, is_well=_is_updated),
    "destroy": Scenario(before=_made, run=_destroy, then=_destroy, is_well=_is_gone),
}
