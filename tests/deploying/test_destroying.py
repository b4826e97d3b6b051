"""Destroying: what goes, what stays, and what has to be said first. Ground: the strict fake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.deploying.ground import changed, order

from cicdgen.aws.calling import Caller
from cicdgen.aws.failing import CallError
from cicdgen.deploying import destroying
from cicdgen.deploying.destroying import Absent, Remains
from cicdgen.errors import AwsError, RefusedError, UsageError

if TYPE_CHECKING:
    from tests.deploying.ground import Ground


def _remains(ground: Ground) -> Remains:
    found = ground.survey()
    assert isinstance(found, Remains)
    return found


def test_what_stays_is_listed_before(ground: Ground) -> None:
    """What the template retains, and the bucket that is not empty, which would not go."""
    ground.deploy()
    ground.account.buckets.objects["shop-dev-data"]["orders"] = "x"
    found = _remains(ground)

    assert ["Version"] == [each.logical_id for each in found.kept]
    assert ["Bucket"] == [each.logical_id for each in found.full]
    assert {"Role", "Bucket", "Function", "LiveAlias"} == {each.logical_id for each in found.goes}


def test_a_bucket_that_is_retained_is_not_looked_into(ground: Ground) -> None:
    """It stays with what is in it, and is not emptied either."""
    template = changed({})
    template["Resources"]["Bucket"]["DeletionPolicy"] = "RetainExceptOnCreate"
    ground.deploy(order(template))
    ground.account.buckets.objects["shop-dev-data"]["orders"] = "x"
    ground.destroy()

    assert {"orders": "x"} == ground.account.buckets.objects["shop-dev-data"]
    assert "DELETE_COMPLETE" == ground.stack.status


def test_a_full_bucket_is_refused(ground: Ground) -> None:
    """Before anything is deleted, with the flag."""
    ground.deploy()
    ground.account.buckets.objects["shop-dev-data"]["orders"] = "x"

    with pytest.raises(RefusedError) as refused:
        destroying.refuse_full(_remains(ground), empties_buckets=False)
    assert "--empty-buckets" in str(refused.value.hint)


def test_a_protected_stack_is_refused(ground: Ground) -> None:
    """Lifting its protection is a word of its own."""
    ground.deploy()

    with pytest.raises(RefusedError) as refused:
        destroying.refuse_protected(_remains(ground), is_allowed=False)
    assert "--allow unprotect" in str(refused.value.hint)


def test_a_stack_is_destroyed(ground: Ground) -> None:
    """Every version of every object, then the stack; what stays is said at the end."""
    ground.deploy()
    objects = {f"order-{number}": "x" for number in range(2500)}
    ground.account.buckets.objects["shop-dev-data"] |= objects
    ground.destroy()

    assert "DELETE_COMPLETE" == ground.stack.status
    assert "shop-dev-data" not in ground.account.buckets.objects
    assert "shop-dev-data: 2500 versions deleted" in ground.notes


class _Denied(Caller):
    """Somebody who may do all but delete a stack."""

    def call(
        self,
        operation: str,
        arguments: dict[str, Any] | None = None,
        *,
        service: str = "cloudformation",
    ) -> dict[str, Any]:
        if operation == "delete_stack":
            raise CallError(operation, "AccessDenied", "no", request_id="", status=403)
        return super().call(operation, arguments, service=service)


def test_protection_comes_back_where_deletion_is_denied(ground: Ground) -> None:
    """What was protected is not left without it by a run that came to nothing."""
    ground.deploy()
    found = _remains(ground)
    caller = ground.caller()
    denied = _Denied(access=caller.access, clock=caller.clock, _clients=ground.clients)

    with pytest.raises(CallError, match="AccessDenied"):
        destroying.destroy(denied, found, ground.how, ground.heard.append)
    assert ground.stack.is_protected
    assert "termination protection is on again" in ground.notes


def test_protection_is_lifted_at_the_last_moment(ground: Ground) -> None:
    """A bucket that cannot be emptied leaves the stack protected."""
    ground.deploy()
    ground.account.buckets.objects["shop-dev-data"]["order"] = "x"
    ground.destroy()
    operations = ground.operations

    assert operations.index("UpdateTerminationProtection", operations.index("SetStackPolicy")) == (
        operations.index("DeleteStack") - 1
    )


def test_what_cannot_be_deleted_is_an_error(ground: Ground) -> None:
    """With the first resource that stays, and what to do."""
    ground.deploy()
    ground.troubles.delete["Role"] = "it has a policy that is not ours"

    with pytest.raises(AwsError) as failed:
        ground.destroy()
    message = "DELETE_FAILED: Role (AWS::IAM::Role): it has a policy that is not ours"
    assert message == failed.value.message
    assert "--retain ID" in str(failed.value.hint)


def test_what_failed_to_go_can_be_left(ground: Ground) -> None:
    """`--retain`, which CloudFormation takes of a stack in DELETE_FAILED alone."""
    ground.deploy()
    with pytest.raises(UsageError, match="DELETE_FAILED"):
        ground.survey(retain=["Role"])
    ground.troubles.delete["Role"] = "no"
    with pytest.raises(AwsError):
        ground.destroy()
    ground.destroy(retain=["Role"])

    assert "DELETE_COMPLETE" == ground.stack.status


def test_a_stack_that_is_not_there_is_no_error(ground: Ground) -> None:
    """Nothing is done."""
    assert isinstance(ground.survey(), Absent)


def test_a_stack_in_review_is_removed(ground: Ground) -> None:
    """It has nothing but a change set."""
    ground.proposal()
    ground.destroy()

    assert "DELETE_COMPLETE" == ground.stack.status


def test_an_operation_that_runs_is_waited_for(ground: Ground) -> None:
    """Refused, with the command that follows it."""
    ground.deploy()
    ground.stack.status = "UPDATE_IN_PROGRESS"

    with pytest.raises(RefusedError) as refused:
        ground.survey()
    assert "cicdgen status --follow" in str(refused.value.hint)


def test_another_account_is_refused(ground: Ground) -> None:
    """Before anything is looked at."""
    ground.account.account = "999999999999"

    with pytest.raises(RefusedError, match="999999999999"):
        ground.survey()
    assert [] == ground.operations


def test_every_page_of_resources_is_read(ground: Ground) -> None:
    """What is on the last page goes, or stays, like what is on the first."""
    ground.deploy()
    ground.account.cloudformation.page = 2
    found = _remains(ground)

    assert 5 == len(found.goes) + len(found.kept)


def test_every_page_of_events_is_told(ground: Ground) -> None:
    """However much happens between two looks."""
    ground.account.cloudformation.page = 1
    ground.account.cloudformation.stack_seconds = 0.5
    ground.deploy()

    made = {name for name, status in ground.events if status == "CREATE_COMPLETE"}
    assert {"Role", "Bucket", "Function", "Version", "LiveAlias", "shop-dev"} == made
