"""The strict fake itself, asked by plain boto3: each behaviour as AWS's pages have it.

The source of each is in the docstring of the fake's method.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from tests.deploying.ground import NAME, TEMPLATE, changed
from tests.fakes.cloudformation_server import Fault, Faults

if TYPE_CHECKING:
    from tests.deploying.ground import Ground

CAPABLE = {"Capabilities": ["CAPABILITY_IAM"]}


class Boto:
    """A client without any of our code."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.client = ground.caller().client("cloudformation")

    def propose(
        self,
        template: dict[str, Any],
        kind: str = "UPDATE",
        **given: Any,  # noqa: ANN401 - as boto3 takes it
    ) -> dict[str, Any]:
        """A change set, described when it is done."""
        name = given.pop("name", "one")
        self.client.create_change_set(
            StackName=NAME,
            ChangeSetName=name,
            ChangeSetType=kind,
            TemplateBody=json.dumps(template),
            **{**CAPABLE, **given},
        )
        self.ground.clock.sleep(5)
        return self.describe(name)

    def describe(self, name: str = "one") -> dict[str, Any]:
        """A change set."""
        found: dict[str, Any] = self.client.describe_change_set(
            StackName=NAME, ChangeSetName=name, IncludePropertyValues=True
        )
        return found

    def execute(self, name: str = "one", seconds: float = 100, **given: Any) -> str:  # noqa: ANN401 - as boto3 takes it
        """Execute it, and the stack's status after a while."""
        self.client.execute_change_set(StackName=NAME, ChangeSetName=name, **given)
        self.ground.clock.sleep(seconds)
        return self.status()

    def status(self) -> str:
        """The stack's status."""
        return str(self.client.describe_stacks(StackName=NAME)["Stacks"][0]["StackStatus"])

    def events(self) -> list[tuple[str, str]]:
        """Every event, the oldest first."""
        pages = self.client.get_paginator("describe_stack_events").paginate(StackName=NAME)
        rows = [row for page in pages for row in page["StackEvents"]]
        return [(row["LogicalResourceId"], row["ResourceStatus"]) for row in rows[::-1]]


@pytest.fixture
def boto(ground: Ground) -> Boto:
    """A client of an empty account."""
    return Boto(ground)


@pytest.fixture
def made(boto: Boto) -> Boto:
    """A client of an account with the stack."""
    boto.propose(TEMPLATE, "CREATE")
    boto.execute()
    return boto


def test_a_change_set_of_a_new_stack_leaves_it_in_review(boto: Boto) -> None:
    """It is there, in REVIEW_IN_PROGRESS, and stays when the change set is deleted."""
    boto.propose(TEMPLATE, "CREATE")
    boto.client.delete_change_set(StackName=NAME, ChangeSetName="one")

    assert "REVIEW_IN_PROGRESS" == boto.status()


def test_a_stack_is_made_while_time_passes(boto: Boto) -> None:
    """Execution is asynchronous: in progress first, complete later, outputs then."""
    boto.propose(TEMPLATE, "CREATE")

    assert "CREATE_IN_PROGRESS" == boto.execute(seconds=1)

    boto.ground.clock.sleep(100)
    outputs = boto.client.describe_stacks(StackName=NAME)["Stacks"][0]["Outputs"]

    assert "CREATE_COMPLETE" == boto.status()
    assert [{"OutputKey": "DataBucket", "OutputValue": "shop-dev-data"}] == outputs


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "no capability": (TEMPLATE, {"Capabilities": []}, "InsufficientCapabilitiesException"),
    "a named role needs another": (
        changed({"Role.RoleName": "shop"}),
        {},
        "InsufficientCapabilitiesException",
    ),
    "an unknown parameter": (
        TEMPLATE,
        {"Parameters": [{"ParameterKey": "Size", "ParameterValue": "1"}]},
        "do not exist in the template",
    ),
    "a parameter without a value": (
        {**TEMPLATE, "Parameters": {"Size": {"Type": "String"}}},
        {},
        "must have values",
    ),
    "an unresolved reference": (
        changed({"Bucket.BucketName": {"Ref": "Nobody"}}),
        {},
        "Unresolved resource dependencies [Nobody]",
    ),
    "an unknown type": (
        changed({"New": {"Type": "AWS::S3::Bukket"}}),
        {},
        "Unrecognized resource types",
    ),
    "a body over 51,200 bytes": (
        {**TEMPLATE, "Description": "x" * 51_200},
        {},
        "less than or equal to 51200",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_change_set_is_refused(boto: Boto, case: str) -> None:
    """As AWS refuses it, and no stack is made of it."""
    template, given, message = REFUSED[case]

    with pytest.raises(ClientError, match=message.replace("[", r"\[")):
        boto.propose(template, "CREATE", **given)
    assert [] == boto.ground.account.cloudformation.stacks


@pytest.mark.parametrize(
    "kind, message",
    [("CREATE", "already exists"), ("UPDATE", "can not be updated")],
)
def test_the_kind_has_to_fit_the_state(made: Boto, kind: str, message: str) -> None:
    """CREATE wants no stack, UPDATE one that can be updated."""
    if kind == "UPDATE":
        made.ground.stack.status = "ROLLBACK_COMPLETE"

    with pytest.raises(ClientError, match=message):
        made.propose(TEMPLATE, kind)


def test_no_changes_is_a_failed_change_set(made: Boto) -> None:
    """FAILED, with a text for a code, and nothing to execute."""
    found = made.propose(TEMPLATE)

    assert ("FAILED", "UNAVAILABLE") == (found["Status"], found["ExecutionStatus"])
    assert "didn't contain changes" in found["StatusReason"]


REPLACEMENTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "in place": ({"Function.Timeout": 7}, {"Function": "False"}),
    "a create-only property": ({"Bucket.BucketName": "other"}, {"Bucket": "True"}),
    "what refers to what is replaced": (
        {"Function.FunctionName": "other"},
        {"Function": "True", "Version": "Conditional", "LiveAlias": "Conditional"},
    ),
}


@pytest.mark.parametrize("case", REPLACEMENTS)
def test_replacement_is_told(made: Boto, case: str) -> None:
    """By the resource schema's create-only properties, and on to what refers to it."""
    changes, expected = REPLACEMENTS[case]

    found = made.propose(changed(changes))["Changes"]

    rows = [row["ResourceChange"] for row in found]
    assert expected == {row["LogicalResourceId"]: row["Replacement"] for row in rows}


def test_what_is_removed_says_what_becomes_of_it(made: Boto) -> None:
    """PolicyAction is Delete, or Retain where the deletion policy says so."""
    found = made.propose(changed({"Bucket": None, "LiveAlias": None, "Version": None}) | NO_OUTPUTS)

    rows = [row["ResourceChange"] for row in found["Changes"]]
    expected = {"Bucket": "Delete", "LiveAlias": "Delete", "Version": "Retain"}
    assert expected == {row["LogicalResourceId"]: row["PolicyAction"] for row in rows}


NO_OUTPUTS: dict[str, Any] = {"Outputs": {}}


def test_a_replacement_is_cleaned_up_after_the_update(made: Boto) -> None:
    """The new one first, then UPDATE_COMPLETE_CLEANUP_IN_PROGRESS, then the old one goes."""
    made.propose(changed({"Bucket.BucketName": "other"}))
    before = len(made.events())

    assert "UPDATE_COMPLETE" == made.execute()
    assert [
        (NAME, "UPDATE_IN_PROGRESS"),
        ("Bucket", "UPDATE_IN_PROGRESS"),
        ("Bucket", "CREATE_IN_PROGRESS"),
        ("Bucket", "CREATE_COMPLETE"),
        ("Bucket", "UPDATE_COMPLETE"),
        (NAME, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Bucket", "DELETE_COMPLETE"),
        (NAME, "UPDATE_COMPLETE"),
    ] == made.events()[before:]


def test_a_failed_creation_is_rolled_back(boto: Boto) -> None:
    """ROLLBACK_COMPLETE, which takes no update, with what failed and what was cancelled."""
    boto.ground.troubles.create["Function"] = "the role cannot be assumed"
    boto.propose(TEMPLATE, "CREATE")

    assert "ROLLBACK_COMPLETE" == boto.execute()
    assert ("Function", "CREATE_FAILED") in boto.events()
    assert ("Version", "CREATE_FAILED") in boto.events()
    assert ("Bucket", "DELETE_COMPLETE") in boto.events()


def test_a_failed_update_is_rolled_back(made: Boto) -> None:
    """UPDATE_ROLLBACK_COMPLETE, with the old template."""
    made.ground.troubles.update["Function"] = "no"
    made.propose(changed({"Function.Timeout": 7}))

    assert "UPDATE_ROLLBACK_COMPLETE" == made.execute()
    assert TEMPLATE == made.client.get_template(StackName=NAME)["TemplateBody"]


@pytest.mark.parametrize("kind", ["CREATE", "UPDATE"])
def test_what_succeeded_is_kept_if_rollback_is_disabled(boto: Boto, kind: str) -> None:
    """CREATE_FAILED or UPDATE_FAILED, which take another change set."""
    troubles = boto.ground.troubles
    if kind == "UPDATE":
        boto.propose(TEMPLATE, "CREATE")
        boto.execute()
        troubles.update["Function"] = "no"
    else:
        troubles.create["Function"] = "no"
    boto.propose(changed({"Function.Timeout": 7}), kind)

    assert f"{kind}_FAILED" == boto.execute(DisableRollback=True)


def test_executing_one_deletes_the_others(made: Boto) -> None:
    """They are not valid for the stack as it becomes."""
    made.propose(changed({"Function.Timeout": 8}), name="other")
    made.propose(changed({"Function.Timeout": 7}))
    made.execute()

    assert [] == made.client.list_change_sets(StackName=NAME)["Summaries"]


def test_a_full_bucket_is_not_deleted(made: Boto) -> None:
    """DELETE_FAILED, with the resource that is left."""
    made.ground.account.buckets.objects["shop-dev-data"]["orders"] = "x"
    made.client.delete_stack(StackName=NAME)
    made.ground.clock.sleep(100)

    assert "DELETE_FAILED" == made.status()
    assert ("Bucket", "DELETE_FAILED") in made.events()
    assert ("Version", "DELETE_SKIPPED") in made.events()


def test_a_protected_stack_is_not_deleted(made: Boto) -> None:
    """The call itself is refused."""
    made.client.update_termination_protection(StackName=NAME, EnableTerminationProtection=True)

    with pytest.raises(ClientError, match="TerminationProtection is enabled"):
        made.client.delete_stack(StackName=NAME)


def test_a_deleted_stack_has_no_name_any_more(made: Boto) -> None:
    """By its ARN it is still found."""
    arn = made.ground.stack.id
    made.client.delete_stack(StackName=NAME)
    made.ground.clock.sleep(100)

    with pytest.raises(ClientError, match="does not exist"):
        made.status()
    stacks = made.client.describe_stacks(StackName=arn)["Stacks"]
    assert "DELETE_COMPLETE" == stacks[0]["StackStatus"]


def test_answers_come_in_pages(made: Boto) -> None:
    """Changes, events and resources, each with a token for the next page."""
    made.ground.account.cloudformation.page = 2
    made.propose(changed({"Function.FunctionName": "other"}))

    assert 2 == len(made.describe()["Changes"])
    assert "2" == made.describe()["NextToken"]
    assert 2 == len(made.client.list_stack_resources(StackName=NAME)["StackResourceSummaries"])


def test_early_validation_is_told_in_events(boto: Boto) -> None:
    """A finding that fails fails the change set; DescribeEvents has it."""
    boto.ground.account.cloudformation.validations = [
        {
            "LogicalResourceId": "Bucket",
            "ValidationFailureMode": "FAIL",
            "ValidationName": "NAME_CONFLICT_VALIDATION",
            "ValidationStatusReason": "the bucket exists",
        }
    ]
    found = boto.propose(TEMPLATE, "CREATE")
    rows = boto.client.describe_events(ChangeSetName=found["ChangeSetId"])["OperationEvents"]

    assert "FAILED" == found["Status"]
    assert ["the bucket exists"] == [row["ValidationStatusReason"] for row in rows]


def test_a_stack_policy_denies_an_update(made: Boto) -> None:
    """The resource fails, and the update is rolled back."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "Update:*"}
    policy = {"Statement": [{**deny, "Resource": "LogicalResourceId/Function"}]}
    made.client.set_stack_policy(StackName=NAME, StackPolicyBody=json.dumps(policy))
    made.propose(changed({"Function.Timeout": 7}))

    assert "UPDATE_ROLLBACK_COMPLETE" == made.execute()


FAULTS = {Fault.THROTTLED: "Throttling", Fault.EXPIRED: "ExpiredToken", Fault.BROKEN: "Internal"}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.value)
def test_a_call_can_go_wrong(boto: Boto, fault: Fault) -> None:
    """With the code that AWS has for it."""
    boto.ground.account.faults = Faults(at=1, fault=fault)

    with pytest.raises(ClientError, match=FAULTS[fault]):
        boto.client.describe_stacks(StackName=NAME)


def test_what_is_not_modelled_fails_the_test(boto: Boto) -> None:
    """The answer is no answer of AWS's, and it is kept."""
    with pytest.raises(ClientError, match="501"):
        boto.client.list_imports(ExportName="x")
    assert 1 == len(boto.ground.account.unknown)
    boto.ground.account.unknown.clear()
