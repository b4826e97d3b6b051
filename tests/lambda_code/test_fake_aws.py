"""The fake AWS is strict: what it let pass would prove nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from tests.fakes.aws import APPLICATION, FUNCTION, GROUP, Aws
from tests.lambda_code.builds import BUCKET, CODE, RELEASE

if TYPE_CHECKING:
    from tests.fakes.aws import Endpoint

JOB = "11111111-2222-3333-4444-555555555555"


def code(aws: Aws, error: Any) -> str:  # noqa: ANN401 - botocore is untyped
    """Return the code of an error that the client raised; the fake must have known the call."""
    assert not aws.unknown
    return str(error.value.response["Error"]["Code"])


@pytest.mark.parametrize(
    "service, call, arguments",
    [
        ("codedeploy", "stop_deployment", {"deploymentId": "d-000000001"}),
        ("codepipeline", "list_pipelines", {}),
        ("lambda", "update_alias", {"FunctionName": FUNCTION, "Name": "live"}),
        ("s3", "list_buckets", {}),
        ("sts", "get_caller_identity", {}),
    ],
)
def test_what_is_not_modelled_is_an_error(
    endpoint: Endpoint, service: str, call: str, arguments: dict[str, str]
) -> None:
    """A call that nobody modelled fails, and is kept for the test to fail as well."""
    aws = endpoint.serve(Aws())

    with pytest.raises(ClientError, match="501"):
        getattr(boto3.client(service), call)(**arguments)

    assert len(aws.unknown) == 1


@pytest.mark.parametrize(
    "change, refusal",
    [
        ({"jobId": "not an id"}, "ValidationException"),
        ({"outputVariables": {"not a name": "x"}}, "ValidationException"),
        ({"continuationToken": "x" * 2049}, "ValidationException"),
        ({"continuationToken": "x", "outputVariables": {"a": "b"}}, "ValidationException"),
        ({}, "JobNotFoundException"),
    ],
    ids=["pattern", "key's pattern", "maximum", "both", "unknown job"],
)
def test_answers_that_codepipeline_refuses(aws: Aws, change: dict[str, Any], refusal: str) -> None:
    """What the model does not allow is refused, although botocore lets it through."""
    with pytest.raises(ClientError) as error:
        boto3.client("codepipeline").put_job_success_result(**{"jobId": JOB} | change)

    assert code(aws, error) == refusal


def test_update_that_is_under_way(aws: Aws) -> None:
    """Nothing can be published, or updated again, before an update has settled."""
    version = aws.s3.put(BUCKET, RELEASE, CODE)
    aws.function.polls = 1
    client = boto3.client("lambda")
    place = {"S3Bucket": BUCKET, "S3Key": RELEASE, "S3ObjectVersion": version}
    client.update_function_code(FunctionName=FUNCTION, Publish=False, **place)

    with pytest.raises(ClientError) as publish:
        client.publish_version(FunctionName=FUNCTION)
    with pytest.raises(ClientError) as update:
        client.update_function_code(FunctionName=FUNCTION, Publish=False, **place)

    assert {code(aws, publish), code(aws, update)} == {"ResourceConflictException"}


def test_digest_that_is_not_that_of_the_code(aws: Aws) -> None:
    """A version of other code than expected is not published."""
    with pytest.raises(ClientError) as error:
        boto3.client("lambda").publish_version(FunctionName=FUNCTION, CodeSha256="other")

    assert code(aws, error) == "InvalidParameterValueException"


def appspec(**changes: object) -> dict[str, Any]:
    """Return an AppSpec that moves the alias from version 1 to itself, changed if so told."""
    move = {"Name": FUNCTION, "Alias": "live", "CurrentVersion": "1", "TargetVersion": "1"}
    resource = {"Type": "AWS::Lambda::Function", "Properties": move | changes}
    return {"version": 0.0, "Resources": [{"function": resource}]}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("{!Ref Version}", id="not JSON"),
        pytest.param(json.dumps(appspec(TargetVersion="$LATEST")), id="$LATEST"),
        pytest.param(json.dumps(appspec(TargetVersion="")), id="no version"),
        pytest.param(json.dumps(appspec(TargetVersion="2")), id="unpublished version"),
        pytest.param(json.dumps(appspec(Alias="other")), id="another alias"),
        pytest.param(json.dumps(appspec() | {"Hooks": [{"BeforeTraffic": "f"}]}), id="no hook"),
        pytest.param(json.dumps(appspec() | {"version": 1}), id="another format"),
    ],
)
def test_appspec_that_is_refused(aws: Aws, content: str) -> None:
    """An AppSpec that CodeDeploy could not carry out is not accepted."""
    with pytest.raises(ClientError) as error:
        boto3.client("codedeploy").create_deployment(
            applicationName=APPLICATION,
            deploymentGroupName=GROUP,
            description="",
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
        )

    assert code(aws, error) == "InvalidRevisionException"


def test_long_description(aws: Aws) -> None:
    """A description that may be too long for CodeDeploy is too long for the fake."""
    content = json.dumps(appspec())
    with pytest.raises(ClientError) as error:
        boto3.client("codedeploy").create_deployment(
            applicationName=APPLICATION,
            deploymentGroupName=GROUP,
            description="x" * 101,
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
        )

    assert code(aws, error) == "DescriptionTooLongException"
