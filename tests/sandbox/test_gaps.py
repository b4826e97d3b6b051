"""What the sandbox loses of a template is what docs/sandbox.md says, row by row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from tests.sandbox.deploying import ROOT, deploy, sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import Client

BUCKET = "shop-prod-source-123456789012-us-east-1"
TOPIC = "arn:aws:sns:us-east-1:123456789012:shop-prod-notices"
PAGE = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def _deployed(client: Client) -> None:
    deploy(client, "shop-prod", sample("prod"))


def _lifecycle(client: Client) -> object:
    try:
        return client("s3").get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    except ClientError as error:
        return error.response["Error"]["Code"]


def _tags(client: Client) -> object:
    try:
        return client("s3").get_bucket_tagging(Bucket=BUCKET)["TagSet"]
    except ClientError as error:
        return error.response["Error"]["Code"]


def _encryption(client: Client) -> object:
    answer = client("s3").get_bucket_encryption(Bucket=BUCKET)
    (rule,) = answer["ServerSideEncryptionConfiguration"]["Rules"]
    return rule["ApplyServerSideEncryptionByDefault"]


def _function(client: Client) -> dict[str, Any]:
    answer: dict[str, Any] = client("lambda").get_function_configuration(FunctionName="shop-prod")
    return answer


def _project(client: Client) -> dict[str, Any]:
    (project,) = client("codebuild").batch_get_projects(names=["shop-prod-build"])["projects"]
    found: dict[str, Any] = project
    return found


GAPS: dict[str, tuple[Callable[[Client], object], object]] = {
    "bucket encryption": (_encryption, {"SSEAlgorithm": "AES256"}),
    "bucket lifecycle": (_lifecycle, "NoSuchLifecycleConfiguration"),
    "bucket access logging": (
        lambda client: client("s3").get_bucket_logging(Bucket=BUCKET).get("LoggingEnabled"),
        None,
    ),
    "bucket tags": (_tags, "NoSuchTagSet"),
    "function key": (lambda client: _function(client).get("KMSKeyArn"), None),
    "function dead letters": (lambda client: _function(client).get("DeadLetterConfig"), None),
    "topic key": (
        lambda client: (
            client("sns").get_topic_attributes(TopicArn=TOPIC)["Attributes"].get("KmsMasterKeyId")
        ),
        None,
    ),
    "project logs": (lambda client: _project(client).get("logsConfig"), None),
}

KEPT: dict[str, tuple[Callable[[Client], object], object]] = {
    "bucket versioning": (
        lambda client: client("s3").get_bucket_versioning(Bucket=BUCKET)["Status"],
        "Enabled",
    ),
    "bucket public access": (
        lambda client: set(
            client("s3")
            .get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
            .values()
        ),
        {True},
    ),
    "bucket notifications": (
        lambda client: (
            "EventBridgeConfiguration"
            in client("s3").get_bucket_notification_configuration(Bucket=BUCKET)
        ),
        True,
    ),
    "function tracing": (lambda client: _function(client)["TracingConfig"]["Mode"], "Active"),
    "function log": (
        lambda client: _function(client)["LoggingConfig"]["LogGroup"],
        "/shop-prod/function",
    ),
    "outputs under a condition of the partition": (
        lambda client: {
            output["OutputKey"]
            for output in client("cloudformation").describe_stacks(StackName="shop-prod")["Stacks"][
                0
            ]["Outputs"]
        },
        set(sample("prod")["Outputs"]),
    ),
}


@pytest.mark.parametrize("gap", GAPS)
def test_what_is_lost_is_still_lost(client: Client, gap: str) -> None:
    """A setting of the page is lost. If this fails, an upgrade keeps it: take the row out."""
    look, lost = GAPS[gap]

    assert lost == look(client)


@pytest.mark.parametrize("setting", KEPT)
def test_what_is_kept_is_kept(client: Client, setting: str) -> None:
    """What the page does not list as lost arrives as the template has it."""
    look, kept = KEPT[setting]

    assert kept == look(client)


def test_the_page_lists_what_is_lost() -> None:
    """The page and this table have the same rows."""
    table = PAGE.partition("## What it does not keep")[2].partition("## What it does otherwise")[0]
    rows = re.findall(r"^\| (?!setting|---)([^|]+) \|", table, re.MULTILINE)

    assert list(GAPS) == rows


def test_capabilities_are_not_asked_for(client: Client) -> None:
    """A change set without the capability it needs is taken, which AWS would refuse."""
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    }
    answer = client("cloudformation").create_change_set(
        StackName="capabilities",
        ChangeSetName="one",
        ChangeSetType="CREATE",
        TemplateBody=str({"Resources": {"Role": role}}).replace("'", '"'),
    )

    assert answer["Id"].startswith("arn:")


def test_a_full_bucket_is_deleted(client: Client) -> None:
    """A stack takes a bucket with its objects, which AWS would refuse."""
    template = {
        "Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "full"}}}
    }
    deploy(client, "full", template)
    client("s3").put_object(Bucket="full", Key="one", Body=b"1")
    client("cloudformation").delete_stack(StackName="full")
    client("cloudformation").get_waiter("stack_delete_complete").wait(
        StackName="full", WaiterConfig={"Delay": 0.05}
    )

    assert "full" not in {bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]}


def test_an_executed_change_set_is_kept(client: Client) -> None:
    """AWS deletes it with all others of the stack."""
    found = client("cloudformation").list_change_sets(StackName="shop-prod")["Summaries"]

    assert ["create"] == [each["ChangeSetName"] for each in found]


def test_an_address_is_confirmed_at_once(client: Client) -> None:
    """A subscription has an ARN, where AWS says PendingConfirmation."""
    (found,) = client("sns").list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]

    assert found["SubscriptionArn"].startswith(TOPIC)


def test_a_build_succeeds_without_running(client: Client) -> None:
    """Whatever its commands are."""
    codebuild = client("codebuild")
    build = codebuild.start_build(projectName="shop-prod-build")["build"]
    (found,) = codebuild.batch_get_builds(ids=[build["id"]])["builds"]

    assert "SUCCEEDED" == found["buildStatus"]


def test_a_failed_update_is_not_noticed(client: Client) -> None:
    """A function whose role cannot be assumed by Lambda is updated all the same."""
    template = sample("prod")
    template["Resources"]["Function"]["Properties"]["Role"] = "arn:aws:iam::123456789012:role/none"
    deploy(client, "shop-prod", template, "UPDATE")
    (stack,) = client("cloudformation").describe_stacks(StackName="shop-prod")["Stacks"]

    assert "UPDATE_COMPLETE" == stack["StackStatus"]
