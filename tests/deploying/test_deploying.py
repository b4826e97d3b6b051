"""Deploying: proposed, agreed to, executed, watched. Ground: the strict fake."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.deploying.ground import ADDRESS, NAME, TEMPLATE, TIMEOUT, changed, order
from tests.fakes.cloudformation_server import Fault, Faults, Time
from tests.fakes.cloudformation_stack import REGION

from cicdgen.aws.access import Access
from cicdgen.aws.calling import Caller
from cicdgen.deploying.happenings import Proposed
from cicdgen.deploying.order import Bucket
from cicdgen.deploying.proposing import NoChanges, propose
from cicdgen.deploying.taking_back import take_back
from cicdgen.deploying.watching import Watch
from cicdgen.diff import compare
from cicdgen.diff.change import Danger, Effect
from cicdgen.errors import AwsError, RefusedError, UsageError

if TYPE_CHECKING:
    from tests.deploying.ground import Ground


def test_a_new_stack_is_made_and_protected(ground: Ground) -> None:
    """Made, told event by event, then protected from deletion and its alias from updates."""
    stack = ground.deploy()

    assert ("CREATE_COMPLETE", (("DataBucket", "shop-dev-data"),)) == (stack.status, stack.outputs)
    assert ("Bucket", "CREATE_COMPLETE") in ground.events
    assert ground.stack.is_protected
    assert ground.stack.denies("LiveAlias")
    assert not ground.stack.denies("Function")


def test_an_environment_that_may_go_is_not_protected(ground: Ground) -> None:
    """Protection is for stacks that are kept; the alias is guarded in all of them."""
    ground.deploy(order(is_kept=False))

    assert not ground.stack.is_protected
    assert ground.stack.denies("LiveAlias")


def test_a_stack_is_updated(ground: Ground) -> None:
    """By an UPDATE change set, with the clean-up waited for."""
    ground.deploy()
    ground.deploy(order(TIMEOUT))

    assert "UPDATE_COMPLETE" == ground.stack.status
    assert TIMEOUT == ground.stack.document
    assert (NAME, "UPDATE_COMPLETE") == ground.events[-1]


def test_no_changes_is_success(ground: Ground) -> None:
    """And leaves no change set behind."""
    ground.deploy()

    assert isinstance(ground.propose(), NoChanges)
    assert {} == ground.stack.change_sets


@pytest.mark.parametrize("status", ["CREATE_FAILED", "UPDATE_FAILED"])
def test_no_changes_is_no_success_in_a_failed_state(ground: Ground, status: str) -> None:
    """The stack is not what its template says."""
    ground.deploy()
    ground.stack.status = status

    with pytest.raises(AwsError, match=f"no changes, but the stack is in {status}"):
        ground.deploy()


def test_protection_that_is_missing_is_switched_on_without_changes(ground: Ground) -> None:
    """So a run that was killed after the stack was made is made good by the next."""
    ground.deploy()
    ground.stack.is_protected, ground.stack.policy = False, None
    ground.deploy()

    assert ground.stack.is_protected
    assert ground.stack.denies("LiveAlias")
    assert "termination protection is on" in ground.notes


def test_a_stack_policy_of_somebodys_is_kept(ground: Ground) -> None:
    """The denial is added to what is there."""
    ground.deploy()
    theirs = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
    also = {**theirs, "Effect": "Deny", "Resource": "LogicalResourceId/Bucket"}
    ground.stack.policy = json.dumps({"Statement": [theirs, also]})
    ground.deploy()

    assert ground.stack.denies("Bucket")
    assert ground.stack.denies("LiveAlias")


def test_declining_takes_back_what_this_run_made(ground: Ground) -> None:
    """The change set, and the stack that was brought into being for it."""
    found = ground.proposal()
    take_back(ground.caller(), found.change_set, found.stack, is_own=found.is_own)

    assert "DELETE_COMPLETE" == ground.stack.status
    assert {} == ground.stack.change_sets


def test_declining_leaves_a_stack_that_was_there(ground: Ground) -> None:
    """A stack in review that somebody else brought into being stays, and so does its change set."""
    theirs = ground.proposal(order(TIMEOUT))
    found = ground.proposal()
    take_back(ground.caller(), found.change_set, found.stack, is_own=found.is_own)

    assert "REVIEW_IN_PROGRESS" == ground.stack.status
    assert [theirs.change_set.id] == list(ground.stack.change_sets)


def test_declining_leaves_a_stack_that_somebody_uses_meanwhile(ground: Ground) -> None:
    """They proposed something to it after this run made it."""
    found = ground.proposal()
    theirs = ground.proposal(order(TIMEOUT))
    take_back(ground.caller(), found.change_set, found.stack, is_own=found.is_own)

    assert "REVIEW_IN_PROGRESS" == ground.stack.status
    assert [theirs.change_set.id] == list(ground.stack.change_sets)


def test_the_same_content_finds_the_same_change_set(ground: Ground) -> None:
    """A run that was killed is taken up; its change set is not this run's to delete."""
    one = ground.proposal()
    other = ground.proposal()
    take_back(ground.caller(), other.change_set, other.stack, is_own=other.is_own)

    assert one.change_set.id == other.change_set.id
    assert not other.is_own
    assert [one.change_set.id] == list(ground.stack.change_sets)


STATES = {
    "ROLLBACK_COMPLETE": "cicdgen destroy --env dev",
    "ROLLBACK_FAILED": "cicdgen destroy --env dev",
    "DELETE_FAILED": "cicdgen destroy --env dev",
    "UPDATE_ROLLBACK_FAILED": "cicdgen deploy --recover --env dev",
    "UPDATE_IN_PROGRESS": "cicdgen status --follow --env dev",
    "SOME_NEW_STATE": "cicdgen status --env dev",
}


@pytest.mark.parametrize("status", STATES)
def test_a_state_that_takes_no_change_set_says_what_to_do(ground: Ground, status: str) -> None:
    """Refused before anything is made, with the command for it."""
    ground.deploy()
    ground.stack.status = status
    before = len(ground.operations)
    if status == "SOME_NEW_STATE":
        # The model's list of states refuses it on the fake's way out: asked of our table alone.
        from cicdgen.deploying.states import state_of  # noqa: PLC0415

        assert STATES[status] in state_of(status).then("--env dev")
        ground.stack.status = "UPDATE_COMPLETE"
        return
    with pytest.raises(RefusedError) as refused:
        ground.propose(order(TIMEOUT))

    assert STATES[status] in str(refused.value.hint)
    assert "CreateChangeSet" not in ground.operations[before:]


def test_another_account_is_refused(ground: Ground) -> None:
    """The credentials' account has to be the environment's."""
    with pytest.raises(RefusedError, match="111122223333, and --env dev belongs to 999999999999"):
        ground.propose(order(address=replace(ADDRESS, account="999999999999")))
    assert [] == ground.operations


def test_every_page_of_a_change_set_is_read(ground: Ground) -> None:
    """What is on the last page counts as what is on the first."""
    ground.account.cloudformation.page = 2

    assert 5 == len(ground.proposal().changes)


def test_changes_are_shown_with_their_values(ground: Ground) -> None:
    """Before and after, from DescribeChangeSet."""
    ground.deploy()
    ground.proposal(order(changed({"Bucket.BucketName": "other"})))
    shown = [each for each in ground.heard if isinstance(each, Proposed)][-1]
    detail = shown.changes[0].change.details[0]

    assert ("shop-dev-data", "other", "Always") == (
        detail.before,
        detail.after,
        detail.recreation,
    )


DANGERS: dict[str, tuple[dict[str, Any], Effect, list[tuple[Danger, str]]]] = {
    "a bucket is replaced": (
        {"Bucket.BucketName": "other"},
        Effect.REPLACE,
        [(Danger.REPLACE_STATEFUL, "Bucket")],
    ),
    "a bucket is deleted": ({"Bucket": None}, Effect.DELETE, [(Danger.DELETE_STATEFUL, "Bucket")]),
    "a time-out is longer": ({"Function.Timeout": 7}, Effect.CHANGE, []),
    "something is added": ({"Topic": {"Type": "AWS::SNS::Topic"}}, Effect.ADD, []),
}


@pytest.mark.parametrize("case", DANGERS)
def test_a_change_falls_under_its_classes(ground: Ground, case: str) -> None:
    """What CloudFormation says of replacement and deletion, for types that hold state."""
    changes, effect, needs = DANGERS[case]
    ground.deploy()
    found = ground.proposal(order({**changed(changes), "Outputs": {}}))
    state = {need for need in found.needs if need[0] is not Danger.BROADEN_PERMISSION}

    assert effect is found.changes[0].effect
    assert set(needs) == state


def test_a_change_of_the_live_alias_is_refused(ground: Ground) -> None:
    """A function of another name would send the traffic back to the placeholder."""
    ground.deploy()

    with pytest.raises(RefusedError, match="LiveAlias would be changed"):
        ground.propose(order(changed({"Function.FunctionName": "other"})))
    assert {} == ground.stack.change_sets


def test_new_tags_of_the_stack_leave_the_alias_alone(ground: Ground) -> None:
    """They reach what has tags, and an alias has none, also where a service lists it."""
    ground.deploy()
    tagged = order(tags=(("team", "shop"),))
    found = ground.proposal(tagged)
    assert "LiveAlias" not in {each.change.logical_id for each in found.changes}
    (listed,) = ground.stack.change_sets.values()
    listed.changes.append({**listed.changes[0], "LogicalResourceId": "LiveAlias"})
    ground.proposal(tagged)
    listed.changes.pop()
    ground.deploy(tagged)

    assert "UPDATE_COMPLETE" == ground.stack.status
    assert {"team": "shop"} == ground.stack.tags


def test_a_failed_creation_ends_with_the_first_failure(ground: Ground) -> None:
    """Not with what was cancelled because of it, nor with the rollback."""
    ground.troubles.create["Function"] = "the role cannot be assumed"

    with pytest.raises(AwsError) as failed:
        ground.deploy()
    message = "ROLLBACK_COMPLETE: Function (AWS::Lambda::Function): the role cannot be assumed"
    assert message == failed.value.message
    assert "cicdgen destroy --env dev" in str(failed.value.hint)


def test_a_failed_update_is_rolled_back_and_told(ground: Ground) -> None:
    """The old template stays, and the next deployment may try again."""
    ground.deploy()
    ground.troubles.update["Function"] = "no"
    with pytest.raises(AwsError, match="UPDATE_ROLLBACK_COMPLETE: Function"):
        ground.deploy(order(TIMEOUT))
    ground.troubles.update.clear()
    ground.deploy(order(TIMEOUT))

    assert "UPDATE_COMPLETE" == ground.stack.status


def test_what_succeeded_can_be_kept_and_gone_on_from(ground: Ground) -> None:
    """`--disable-rollback`, and the next deployment updates what is there."""
    ground.troubles.create["Function"] = "no"
    with pytest.raises(AwsError, match="CREATE_FAILED: Function"):
        ground.deploy(order(keeps_what_succeeded=True))
    ground.troubles.create.clear()
    ground.deploy()

    assert "UPDATE_COMPLETE" == ground.stack.status
    assert ground.stack.is_protected


def test_a_failed_creation_may_leave_nothing(ground: Ground) -> None:
    """`--on-failure DELETE`."""
    ground.troubles.create["Function"] = "no"
    with pytest.raises(AwsError, match="DELETE_COMPLETE: Function"):
        ground.deploy(order(on_failure="DELETE"))

    assert "DELETE_COMPLETE" == ground.stack.status


def test_a_validation_that_fails_is_told_and_leaves_nothing(ground: Ground) -> None:
    """Early validation's own words, and no stack that was made for it."""
    ground.account.cloudformation.validations = [
        {
            "LogicalResourceId": "Bucket",
            "ValidationPath": "/Properties/BucketName",
            "ValidationFailureMode": "FAIL",
            "ValidationStatusReason": "a bucket of that name exists",
        }
    ]
    with pytest.raises(
        AwsError, match="Bucket/Properties/BucketName: a bucket of that name exists"
    ):
        ground.deploy()

    assert "DELETE_COMPLETE" == ground.stack.status


def test_a_validation_that_warns_is_shown(ground: Ground) -> None:
    """The change set stands, with the warning beside it."""
    ground.account.cloudformation.validations = [
        {
            "LogicalResourceId": "Bucket",
            "ValidationFailureMode": "WARN",
            "ValidationStatusReason": "the bucket is not empty",
        }
    ]
    ground.proposal()
    shown = [each for each in ground.heard if isinstance(each, Proposed)][-1]

    assert ["the bucket is not empty"] == [each.reason for each in shown.validations]


def test_a_long_template_goes_through_the_bucket_that_is_named(ground: Ground) -> None:
    """Under a key by its hash; without a bucket it is said before AWS is called."""
    long = {**TEMPLATE, "Description": "x" * 51_200}
    with pytest.raises(UsageError, match="CloudFormation takes 51200 inline"):
        ground.deploy(order(long))
    assert [] == ground.account.faults.seen
    ground.account.buckets.make("ours")
    ground.deploy(order(long, bucket=Bucket(name="ours", prefix="our templates")))

    (key,) = ground.account.buckets.objects["ours"]
    assert key.startswith("our templates/")
    assert "CREATE_COMPLETE" == ground.stack.status


def test_parameters_merge(ground: Ground) -> None:
    """What is given is taken, what is not keeps the stack's value."""
    declared = {"Size": {"Type": "String"}, "Color": {"Type": "String", "Default": "red"}}
    template = {**TEMPLATE, "Parameters": declared}
    ground.deploy(order(template, parameters={"Size": "1", "Color": "blue"}))
    ground.deploy(order({**TIMEOUT, "Parameters": declared}, parameters={"Size": "2"}))

    assert {"Size": "2", "Color": "blue"} == ground.stack.parameters


def test_a_parameter_that_permits_more_is_a_danger(ground: Ground) -> None:
    """The template is the same; its value is not."""
    declared = {"Who": {"Type": "String"}}
    trust = {
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": {"Ref": "Who"}}, "Action": "sts:AssumeRole"}
        ]
    }
    template = {**changed({"Role.AssumeRolePolicyDocument": trust}), "Parameters": declared}
    ground.deploy(order(template, parameters={"Who": "arn:aws:iam::111122223333:role/one"}))
    found = ground.proposal(order(template, parameters={"Who": "*"}))

    assert (Danger.BROADEN_PERMISSION, "Role") in found.needs


def test_a_parameter_that_is_none_is_told(ground: Ground) -> None:
    """With those that there are."""
    with pytest.raises(UsageError, match="no parameter Sice"):
        ground.propose(order({**TEMPLATE, "Parameters": {}}, parameters={"Sice": "1"}))


def test_a_stuck_rollback_is_continued(ground: Ground) -> None:
    """`deploy --recover`, leaving out what cannot be mended."""
    from cicdgen.deploying import recovering  # noqa: PLC0415 - this test's alone

    ground.deploy()
    ground.troubles.update["Function"] = "no"
    ground.troubles.roll_back["Function"] = "still no"
    with pytest.raises(AwsError, match="UPDATE_ROLLBACK_FAILED: Function"):
        ground.deploy(order(TIMEOUT))
    stuck = recovering.find(ground.caller(), order(), ground.heard.append)
    recovering.recover(ground.caller(), stuck, ground.how, ground.heard.append, skip=["Function"])

    assert "UPDATE_ROLLBACK_COMPLETE" == ground.stack.status


def test_there_is_nothing_to_recover_in_a_stack_that_is_well(ground: Ground) -> None:
    """Refused, with its state."""
    from cicdgen.deploying import recovering  # noqa: PLC0415 - as above

    ground.deploy()

    with pytest.raises(RefusedError, match="nothing to roll back: the stack is in CREATE_COMPLETE"):
        recovering.find(ground.caller(), order(), ground.heard.append)


def test_polling_keeps_to_its_pace(ground: Ground) -> None:
    """At most 1.6 calls a second, no sleep over 2 s, and the end is seen within 1.2 s."""
    ground.deploy()
    clock = ground.clock
    late = clock.now() - (ground.stack.done_at or 0)

    assert 22 < clock.now() < 22 * 1.1
    assert len(ground.account.faults.seen) / clock.now() <= 1.6
    assert max(clock.slept) <= 2
    assert late < 1.2


def test_throttling_slows_polling_down(ground: Ground) -> None:
    """A dozen refusals in a row are waited out, each a little longer."""
    ground.account.faults = Faults(at=9, times=8, fault=Fault.THROTTLED)
    ground.deploy()

    assert "CREATE_COMPLETE" == ground.stack.status
    assert max(ground.clock.slept) <= 2


def test_watching_ends_when_its_time_is_up(ground: Ground) -> None:
    """The stack goes on, and the command that follows it is named."""
    ground.how = Watch(options="--env dev", timeout=5)

    with pytest.raises(AwsError, match="--timeout is over") as ended:
        ground.deploy()
    assert "cicdgen status --follow --env dev" in str(ended.value.hint)
    assert "CREATE_IN_PROGRESS" == ground.stack.status


def test_a_login_that_ran_out_while_watching_is_told(ground: Ground) -> None:
    """What to do first, and then the command that follows what goes on."""
    ground.account.faults = Faults(at=12, times=1000, fault=Fault.EXPIRED)

    with pytest.raises(AwsError, match="ExpiredToken") as ended:
        ground.deploy()
    assert "log in again" in str(ended.value.hint)
    assert "cicdgen status --follow --env dev" in str(ended.value.hint)


def test_a_run_that_lasts_keeps_to_its_pace(ground: Ground) -> None:
    """A burst is free; after it the calls are spread."""
    caller = ground.caller()
    for _ in range(60):
        caller.call("get_caller_identity", service="sts")

    assert 60 / ground.clock.now() < 2
    assert max(ground.clock.slept) < 1


class _Impatient(Time):
    """Somebody presses Ctrl-C as soon as there is something to wait for."""

    def sleep(self, seconds: float) -> None:  # noqa: ARG002 - as any clock
        """Do not wait."""
        raise KeyboardInterrupt


def test_ctrl_c_before_the_answer_says_what_stays(ground: Ground) -> None:
    """The change set, which the same command takes up."""
    caller = Caller(access=Access(region=REGION, endpoint=ground.url), clock=_Impatient())
    with pytest.raises(KeyboardInterrupt):
        propose(caller, order(), compare, ground.heard.append)
    assert "stays: the same command takes it up again" in ground.notes
    ground.deploy()

    assert "CREATE_COMPLETE" == ground.stack.status
