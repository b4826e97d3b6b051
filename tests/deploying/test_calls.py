"""The exact calls. Ground: botocore's Stubber, which knows every shape."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber
from tests.fakes.cloudformation_server import Time
from tests.fakes.cloudformation_stack import REGION

from cicdgen.aws import change_sets, stacks
from cicdgen.aws.access import Access
from cicdgen.aws.calling import Caller
from cicdgen.aws.change_sets import Request
from cicdgen.aws.described import ChangeSet
from cicdgen.aws.failing import CallError

if TYPE_CHECKING:
    from collections.abc import Iterator

STACK = "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-dev/1"
ARN = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/one/1"
CHANGE_SET = ChangeSet(
    id=ARN, name="one", stack_id=STACK, status="CREATE_COMPLETE", execution="AVAILABLE"
)


@pytest.fixture
def stubbed() -> Iterator[tuple[Caller, Stubber]]:
    """A caller whose client answers what it is told to."""
    caller = Caller(access=Access(region=REGION), clock=Time())
    with Stubber(caller.client("cloudformation")) as stub:
        yield caller, stub
        stub.assert_no_pending_responses()


def test_a_change_set_is_asked_for_with_all_that_was_given(
    stubbed: tuple[Caller, Stubber],
) -> None:
    """And with nothing that was not."""
    caller, stub = stubbed
    stub.add_response(
        "create_change_set",
        {"Id": ARN, "StackId": STACK},
        {
            "StackName": "shop-dev",
            "ChangeSetName": "one",
            "ChangeSetType": "UPDATE",
            "ClientToken": "run",
            "Description": "cicdgen",
            "TemplateBody": "{}",
            "Parameters": [
                {"ParameterKey": "Size", "ParameterValue": "2"},
                {"ParameterKey": "Color", "UsePreviousValue": True},
            ],
            "Tags": [{"Key": "team", "Value": "shop"}],
            "Capabilities": ["CAPABILITY_IAM"],
            "RoleARN": "arn:aws:iam::111122223333:role/cloudformation",
            "NotificationARNs": ["arn:aws:sns:eu-west-1:111122223333:events"],
            "OnStackFailure": "DELETE",
            "ImportExistingResources": True,
        },
    )
    request = Request(
        stack="shop-dev",
        name="one",
        kind="UPDATE",
        token="run",  # noqa: S106 - no secret
        body="{}",
        parameters=(("Size", "2"), ("Color", None)),
        tags=(("team", "shop"),),
        capabilities=("CAPABILITY_IAM",),
        role_arn="arn:aws:iam::111122223333:role/cloudformation",
        notification_arns=("arn:aws:sns:eu-west-1:111122223333:events",),
        on_failure="DELETE",
        imports_existing=True,
        description="cicdgen",
    )

    assert ARN == change_sets.create(caller, request)


CALLS: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "execute": (
        lambda caller: change_sets.execute(caller, CHANGE_SET, "t", keeps_what_succeeded=False),
        "execute_change_set",
        {"ChangeSetName": ARN, "ClientRequestToken": "t"},
    ),
    "execute, keeping what succeeded": (
        lambda caller: change_sets.execute(caller, CHANGE_SET, "t", keeps_what_succeeded=True),
        "execute_change_set",
        {"ChangeSetName": ARN, "ClientRequestToken": "t", "DisableRollback": True},
    ),
    "delete": (
        lambda caller: stacks.delete(caller, STACK, "t"),
        "delete_stack",
        {"StackName": STACK, "ClientRequestToken": "t"},
    ),
    "delete, leaving something": (
        lambda caller: stacks.delete(caller, STACK, "t", retain=["Role"]),
        "delete_stack",
        {"StackName": STACK, "ClientRequestToken": "t", "RetainResources": ["Role"]},
    ),
    "continue a rollback": (
        lambda caller: stacks.continue_rollback(caller, STACK, "t", ["Function"], None),
        "continue_update_rollback",
        {"StackName": STACK, "ClientRequestToken": "t", "ResourcesToSkip": ["Function"]},
    ),
}


@pytest.mark.parametrize("case", CALLS)
def test_a_call_is_exact(stubbed: tuple[Caller, Stubber], case: str) -> None:
    """Operation and arguments, and no more."""
    act, operation, arguments = CALLS[case]
    caller, stub = stubbed
    stub.add_response(operation, {}, arguments)

    act(caller)


def test_events_are_read_no_further_than_needed(stubbed: tuple[Caller, Stubber]) -> None:
    """The second page is not asked for before the first is used up."""
    caller, stub = stubbed
    row = {
        "StackId": STACK,
        "EventId": "1",
        "StackName": "shop-dev",
        "Timestamp": datetime(2026, 1, 1, tzinfo=UTC),
    }
    stub.add_response("describe_stack_events", {"StackEvents": [row], "NextToken": "2"})

    assert "1" == next(stacks.events(caller, STACK)).id


ERRORS = {
    "Throttling": "in a minute",
    "ExpiredToken": "log in again",
    "AccessDenied": "cicdgen permissions",
    "InternalFailure": "AWS is in trouble",
}


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_keeps_code_and_request_and_says_what_to_do(
    stubbed: tuple[Caller, Stubber], code: str
) -> None:
    """What AWS said, which request it was, and the next step."""
    caller, stub = stubbed
    status = 500 if code == "InternalFailure" else 400
    for _ in range(12 if code in {"Throttling", "InternalFailure"} else 1):
        stub.add_client_error(
            "describe_stacks",
            code,
            "no",
            http_status_code=status,
            response_meta={"RequestId": "4711"},
        )

    with pytest.raises(CallError, match=f"describe_stacks: {code}: no \\(request 4711\\)") as told:
        stacks.find(caller, "shop-dev")
    assert ERRORS[code] in str(told.value.hint)


def test_every_partitions_hosts_are_awss(monkeypatch: pytest.MonkeyPatch) -> None:
    """A region of any of them is told as AWS, and a server on loopback is not."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    session = boto3.Session()
    regions = [
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("cloudformation", partition)
    ]
    told = {region: Caller(access=Access(region=region)).endpoint for region in regions}

    assert {"us-isof-south-1", "eusc-de-east-1", "cn-north-1"} <= set(regions)
    assert {} == {region: url for region, url in told.items() if url is not None}
    assert (
        "http://127.0.0.1:1"
        == Caller(access=Access(region="eu-west-1", endpoint="http://127.0.0.1:1")).endpoint
    )
