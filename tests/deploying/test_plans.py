"""A plan binds an agreement to its content. Ground: the strict fake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from tests.deploying.ground import TIMEOUT, changed, order
from tests.deploying.scenarios import apply, planned

from cicdgen.deploying import plan
from cicdgen.deploying.happenings import Proposed
from cicdgen.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.deploying.ground import Ground

    from cicdgen.deploying.plan import Plan


@pytest.fixture
def agreed(ground: Ground) -> Plan:
    """A plan of a harmless change to a stack that is there."""
    ground.deploy()
    return planned(ground)


def test_a_plan_is_applied(ground: Ground, agreed: Plan) -> None:
    """The change set that it names is executed, and no other is made."""
    before = ground.operations.count("CreateChangeSet")
    apply(ground, agreed)

    assert "UPDATE_COMPLETE" == ground.stack.status
    assert TIMEOUT == ground.stack.document
    assert before == ground.operations.count("CreateChangeSet")


def test_a_plan_survives_its_file(agreed: Plan) -> None:
    """What is written is read back the same."""
    assert agreed == plan.read(plan.document(agreed), "plan.json")


def test_a_plan_holds_no_values_of_parameters(ground: Ground) -> None:
    """A build's log may show it."""
    template = {**TIMEOUT, "Parameters": {"Secret": {"Type": "String"}}}
    asked = order(template, parameters={"Secret": "hunter2"}, tags=(("team", "sesame"),))
    text = plan.document(plan.planned(ground.proposal(asked), asked, hours=1))

    assert "hunter2" not in text
    assert "sesame" not in text


def _change_set_gone(ground: Ground) -> None:
    ground.stack.change_sets.clear()


def _deployed_meanwhile(ground: Ground) -> None:
    ground.stack.document = changed({"Function.MemorySize": 512})
    ground.stack.body = msgspec.json.encode(ground.stack.document).decode()


def _other_template(ground: Ground) -> None:
    for each in ground.stack.change_sets.values():
        each.body = each.body.replace('"Timeout":7', '"Timeout":8')


def _other_changes(ground: Ground) -> None:
    for each in ground.stack.change_sets.values():
        each.changes[0]["Replacement"] = "True"


def _other_tags(ground: Ground) -> None:
    for each in ground.stack.change_sets.values():
        each.tags = {"team": "theirs"}


def _other_parameters(ground: Ground) -> None:
    for each in ground.stack.change_sets.values():
        each.parameters = {"Size": "1"}


def _obsolete(ground: Ground) -> None:
    for each in ground.stack.change_sets.values():
        each.execution = "OBSOLETE"


def _reverting(ground: Ground) -> None:
    for each in ground.stack.change_sets.values():
        each.deployment_mode = "REVERT_DRIFT"


def _busy(ground: Ground) -> None:
    ground.stack.status = "UPDATE_IN_PROGRESS"


def _other_account(ground: Ground) -> None:
    ground.account.account = "999999999999"


MOVES: dict[str, tuple[Callable[[Ground], None], str]] = {
    "the change set is gone": (_change_set_gone, "its change set is gone"),
    "the change set is obsolete": (_obsolete, "CREATE_COMPLETE, OBSOLETE"),
    "the stack has another template": (_deployed_meanwhile, "the stack has another template"),
    "the change set has another template": (_other_template, "the change set has another template"),
    "it does something else": (_other_changes, "does something else"),
    "it has other tags": (_other_tags, "other tags"),
    "it has other parameters": (_other_parameters, "other parameters"),
    "it reverts drift": (_reverting, "reverts drift"),
    "an operation runs": (_busy, "it is being updated"),
    "another account": (_other_account, "the credentials are of account 999999999999"),
}


@pytest.mark.parametrize("case", MOVES)
def test_a_plan_is_refused_once_something_moved(ground: Ground, agreed: Plan, case: str) -> None:
    """Nothing is executed, and what moved is said."""
    move, message = MOVES[case]
    move(ground)

    with pytest.raises(RefusedError, match=message):
        apply(ground, agreed)
    assert 1 == ground.operations.count("ExecuteChangeSet")


FORGERIES: dict[str, tuple[dict[str, object], str]] = {
    "it expired": ({"expires": datetime(2026, 1, 1, tzinfo=UTC)}, "expired"),
    "another region": ({"region": "us-east-1"}, "it is for us-east-1"),
    "another endpoint": ({"endpoint": None}, "it is for AWS"),
    "another account": ({"account": "999999999999"}, "belongs to 999999999999"),
    "it says that something is allowed": ({"needs": ("replace:Bucket",)}, "something else has to"),
}


@pytest.mark.parametrize("case", FORGERIES)
def test_a_plan_is_refused_where_it_does_not_belong(
    ground: Ground, agreed: Plan, case: str
) -> None:
    """By the day, the region, what stands in for AWS, the account."""
    fields, message = FORGERIES[case]

    with pytest.raises(RefusedError, match=message):
        apply(ground, msgspec.structs.replace(agreed, **fields))
    assert 1 == ground.operations.count("ExecuteChangeSet")


def test_that_nothing_changes_is_a_plan_too(ground: Ground) -> None:
    """Whoever pipes the one command into the other need not ask whether there is a file."""
    ground.deploy(order(TIMEOUT))
    nothing = planned(ground)
    apply(ground, plan.read(plan.document(nothing), "plan.json"))

    assert nothing.is_empty
    assert "no changes: the stack is as the template says" in ground.notes
    assert 1 == ground.operations.count("ExecuteChangeSet")


def test_a_plan_of_nothing_is_refused_once_something_moved(ground: Ground) -> None:
    """What was as it should be is not any more."""
    ground.deploy(order(TIMEOUT))
    nothing = planned(ground)
    _deployed_meanwhile(ground)

    with pytest.raises(RefusedError, match="the stack has another template"):
        apply(ground, nothing)


def test_what_is_applied_is_shown(ground: Ground, agreed: Plan) -> None:
    """Whoever answers the question need not have seen the plan being made."""
    ground.heard.clear()
    apply(ground, agreed)

    shown = [each for each in ground.heard if isinstance(each, Proposed)]
    assert [agreed.change_set] == [each.arn for each in shown]
    assert ["Function"] == [each.change.logical_id for each in shown[0].changes]


def test_a_plan_is_applied_once(ground: Ground, agreed: Plan) -> None:
    """The second time there is no such change set any more."""
    apply(ground, agreed)

    with pytest.raises(RefusedError, match="its change set is gone"):
        apply(ground, agreed)


def test_a_plan_says_when_it_expires(agreed: Plan) -> None:
    """A day later, if nobody says otherwise."""
    left = agreed.expires - datetime.now(UTC)

    assert timedelta(hours=23) < left <= timedelta(hours=24)
    assert not agreed.is_expired


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "is no plan"),
        ("{}", "is no plan"),
        ('{"format": "cicdgen.plan/2", "more": 1}', "has the format cicdgen.plan/2"),
        ('{"format": "cicdgen.plan/1", "expires": "2026-11-24T10:00:00"}', "is no plan"),
    ],
    ids=["no JSON", "no fields", "another version", "a time of nowhere"],
)
def test_what_is_no_plan_is_told(text: str, message: str) -> None:
    """With the command that makes one."""
    with pytest.raises(UsageError, match=message):
        plan.read(text, "plan.json")
