"""The sample's templates deploy into the sandbox by change set: real boto3, real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, WaiterError
from tests.sandbox.deploying import deploy, sample

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client


@pytest.fixture(scope="module", autouse=True)
def _deployed(client: Client) -> None:
    for env in ("dev", "prod"):
        deploy(client, f"shop-{env}", sample(env))


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_the_stack_is_complete(client: Client, env: str) -> None:
    """The stack ends in CREATE_COMPLETE."""
    (stack,) = client("cloudformation").describe_stacks(StackName=f"shop-{env}")["Stacks"]

    assert "CREATE_COMPLETE" == stack["StackStatus"]


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_every_resource_is_there(client: Client, env: str) -> None:
    """No resource is skipped: each has its logical id, a physical id and a status."""
    pages = client("cloudformation").get_paginator("list_stack_resources")
    made = {
        row["LogicalResourceId"]: row["ResourceType"]
        for page in pages.paginate(StackName=f"shop-{env}")
        for row in page["StackResourceSummaries"]
        if row["ResourceStatus"] == "CREATE_COMPLETE" and row["PhysicalResourceId"]
    }
    wanted = {name: body["Type"] for name, body in sample(env)["Resources"].items()}

    assert wanted == made


def test_what_the_plug_in_stores_is_described_as_it_was_given(client: Client) -> None:
    """The pipeline comes back with its stages, and its actions' own keys unchanged."""
    given = sample("prod")["Resources"]["Pipeline"]["Properties"]["Stages"]
    found = client("codepipeline").get_pipeline(name="shop-prod-pipeline")["pipeline"]

    assert [stage["Name"] for stage in given] == [stage["name"] for stage in found["stages"]]
    source = found["stages"][0]["actions"][0]
    assert "shop-prod-source-123456789012-us-east-1" == source["configuration"]["S3Bucket"]


def test_the_deployment_group_watches_the_alarm(client: Client) -> None:
    """The group names the alarm of the stack, by its resolved name."""
    answer = client("codedeploy").get_deployment_group(
        applicationName="shop-prod", deploymentGroupName="live"
    )

    assert [{"name": "shop-prod/rollback"}] == answer["deploymentGroupInfo"]["alarmConfiguration"][
        "alarms"
    ]


def test_a_metric_math_alarm_keeps_its_queries(client: Client) -> None:
    """The alarm has the template's queries, and no state that nothing has measured."""
    given = sample("prod")["Resources"]["RollbackAlarm"]["Properties"]["Metrics"]
    (alarm,) = client("cloudwatch").describe_alarms(AlarmNames=["shop-prod/rollback"])[
        "MetricAlarms"
    ]

    assert [query["Id"] for query in given] == [query["Id"] for query in alarm["Metrics"]]
    assert "INSUFFICIENT_DATA" == alarm["StateValue"]


def test_what_would_run_is_an_error(client: Client) -> None:
    """Nobody is told that a pipeline runs: it does not."""
    with pytest.raises(ClientError, match="runs nothing"):
        client("codepipeline").start_pipeline_execution(name="shop-prod-pipeline")


def test_an_unknown_type_is_an_error(client: Client) -> None:
    """What the sandbox cannot make, it refuses before it makes anything."""
    template = {
        "Resources": {
            "Rule": {
                "Type": "AWS::CodeStarNotifications::NotificationRule",
                "Properties": {"Name": "rule"},
            }
        }
    }

    with pytest.raises(ClientError, match="Unrecognized resource types"):
        deploy(client, "unknown", template)


@pytest.mark.parametrize(
    "resources, reason",
    [
        pytest.param(
            {
                "Group": {
                    "Type": "AWS::CodeDeploy::DeploymentGroup",
                    "Properties": {
                        "ApplicationName": "nobody",
                        "ServiceRoleArn": "arn:aws:iam::123456789012:role/release",
                    },
                }
            },
            "No application found for name: nobody",
            id="a group without its application",
        ),
        pytest.param(
            {
                "Either": {
                    "Type": "AWS::CloudWatch::CompositeAlarm",
                    "Properties": {"AlarmName": "either", "AlarmRule": 'ALARM("nobody")'},
                }
            },
            "do not exist",
            id="an alarm over an alarm that is not there",
        ),
        pytest.param(
            {
                "Both": {
                    "Type": "AWS::CloudWatch::Alarm",
                    "Properties": {
                        "AlarmName": "both",
                        "ComparisonOperator": "GreaterThanThreshold",
                        "EvaluationPeriods": 1,
                        "Threshold": 1,
                        "MetricName": "Errors",
                        "Metrics": [{"Id": "one", "Expression": "1"}],
                    },
                }
            },
            "Metrics and MetricName do not go together",
            id="an alarm over a metric and over metric math",
        ),
    ],
)
def test_what_cannot_work_fails(
    client: Client, resources: dict[str, object], reason: str, request: pytest.FixtureRequest
) -> None:
    """A mistake that AWS would refuse is refused, with its reason in the events."""
    stack = "bad-" + request.node.callspec.id.replace(" ", "-")[:40]

    with pytest.raises(WaiterError):
        deploy(client, stack, {"Resources": resources})

    events = client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    assert any(reason in event.get("ResourceStatusReason", "") for event in events)


def test_a_second_deployment_updates(client: Client) -> None:
    """A changed pipeline is updated in place, and counts its versions."""
    template = sample("dev")
    template["Resources"]["Pipeline"]["Properties"]["ExecutionMode"] = "SUPERSEDED"
    deploy(client, "shop-dev", template, "UPDATE")
    pipeline = client("codepipeline").get_pipeline(name="shop-dev-pipeline")["pipeline"]

    assert ("SUPERSEDED", 2) == (pipeline["executionMode"], pipeline["version"])
