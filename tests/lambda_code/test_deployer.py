"""The deployer brings a build to its end, or says why it cannot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.fakes.codepipeline import Continued, Failed, Succeeded
from tests.lambda_code.builds import (
    ARTIFACT,
    BUCKET,
    RELEASE,
    artifact,
    built,
    latest,
    released,
    zipped,
)

if TYPE_CHECKING:
    from tests.fakes.aws import Aws
    from tests.lambda_code.conftest import Inline


def test_release_is_followed_to_its_end(aws: Aws, deployer: Inline) -> None:
    """CodePipeline hears of the deployment until it is done, then which version serves."""
    deployer.handler(built(aws), None)
    deployment = latest(aws)
    aws.codedeploy.shift(deployment)
    deployer.handler(aws.codepipeline.again(), None)
    aws.codedeploy.succeed(deployment)
    deployer.handler(aws.codepipeline.again(), None)

    assert aws.codepipeline.answers == [
        Continued(continuation=deployment),
        Continued(continuation=deployment),
        Succeeded(variables={"DeploymentId": deployment, "FunctionVersion": "2"}),
    ]


@pytest.mark.parametrize(
    "which, hooks",
    [
        ("deployer", {"Hooks": [{"BeforeAllowTraffic": "shop-prod-hook"}]}),
        ("deployer without hook", {}),
    ],
    ids=["hook", "no hook"],
)
def test_appspec(aws: Aws, inline: dict[str, Inline], which: str, hooks: dict[str, object]) -> None:
    """The AppSpec moves the alias between published versions, past the hook if there is one."""
    inline[which].handler(built(aws), None)
    appspec = json.loads(aws.codedeploy.deployments[latest(aws)].content)
    properties = {
        "Name": "shop-prod",
        "Alias": "live",
        "CurrentVersion": "1",
        "TargetVersion": "2",
    }

    assert appspec == {
        "version": 0.0,
        "Resources": [{"function": {"Type": "AWS::Lambda::Function", "Properties": properties}}],
        **hooks,
    }


def test_description_names_job_and_version(aws: Aws, deployer: Inline) -> None:
    """A deployment can be told by its description, which is how the hook knows what to try."""
    event = built(aws)
    deployer.handler(event, None)
    description = aws.codedeploy.deployments[latest(aws)].description

    assert json.loads(description) == {"job": event["CodePipeline.job"]["id"], "target": "2"}


def test_same_artifact_again(aws: Aws, deployer: Inline) -> None:
    """A build whose version serves already succeeds without a version or deployment of its own."""
    released(aws, deployer)
    before = (aws.function.versions, [*aws.codedeploy.deployments])
    deployer.handler(built(aws), None)
    after = (aws.function.versions, [*aws.codedeploy.deployments])

    assert after == before
    assert aws.codepipeline.answers[-1] == Succeeded(
        variables={"DeploymentId": "none", "FunctionVersion": "2"}
    )


def test_same_artifact_with_another_configuration(aws: Aws, deployer: Inline) -> None:
    """A changed configuration is released by releasing the same build again."""
    released(aws, deployer)
    aws.function.reconfigure()
    deployer.handler(built(aws), None)

    assert aws.function.versions == ["1", "2", "3"]
    assert aws.codepipeline.answers[-1] == Continued(continuation=latest(aws))


@pytest.mark.parametrize(
    "status, error",
    [
        ("Failed", {"code": "ALARM_ACTIVE", "message": "One or more alarms: shop-prod-rollback"}),
        ("Stopped", {"code": "MANUAL_STOP", "message": "The deployment was stopped by hand"}),
    ],
    ids=["Failed", "Stopped"],
)
def test_release_that_is_rolled_back(
    aws: Aws, deployer: Inline, status: str, error: dict[str, str]
) -> None:
    """A deployment that ends badly fails the action, with CodeDeploy's reason and its rollback."""
    deployer.handler(built(aws), None)
    deployment = latest(aws)
    rollback = aws.codedeploy.roll_back(deployment, status=status, error=error)
    deployer.handler(aws.codepipeline.again(), None)
    back = {"rollbackDeploymentId": rollback, "rollbackMessage": "rolled back"}
    why = {"errorInformation": error, "rollbackInfo": back}

    assert aws.codepipeline.answers[1:] == [
        Failed(type="JobFailed", message=f"RuntimeError: {deployment} {status}: {json.dumps(why)}")
    ]


def test_long_reason_is_cut(aws: Aws, deployer: Inline) -> None:
    """A reason is cut to what PutJobFailureResult takes, rather than lost."""
    deployer.handler(built(aws), None)
    error = {"code": "TIMEOUT", "message": "x" * 9000}
    aws.codedeploy.roll_back(latest(aws), status="Failed", error=error)
    deployer.handler(aws.codepipeline.again(), None)
    answer = aws.codepipeline.answers[-1]

    assert isinstance(answer, Failed)
    assert len(answer.message) == 5000


def test_alias_that_is_moving(aws: Aws, deployer: Inline) -> None:
    """While another deployment moves the alias the action fails and touches nothing."""
    aws.codedeploy.shift(aws.codedeploy.begin(target="1"))
    deployer.handler(built(aws), None)

    assert aws.codepipeline.answers == [
        Failed(type="JobFailed", message="RuntimeError: another deployment is moving the alias")
    ]
    assert not touched(aws)


def test_deployment_that_has_not_moved_the_alias_yet(aws: Aws, deployer: Inline) -> None:
    """CodeDeploy itself refuses a second deployment: the action fails in its words."""
    other = aws.codedeploy.begin(target="1")
    deployer.handler(built(aws), None)

    assert aws.codepipeline.answers == [
        Failed(
            type="JobFailed",
            message="DeploymentLimitExceededException: An error occurred "
            "(DeploymentLimitExceededException) when calling the CreateDeployment operation: "
            f"The Deployment Group 'shop-prod-live' already has an active Deployment '{other}'",
        )
    ]


def test_alias_that_moves_in_between(aws: Aws, deployer: Inline) -> None:
    """An alias that moved after we looked fails the deployment, and so the action."""
    aws.access.meanwhile(
        "codedeploy:CreateDeployment",
        lambda: aws.codedeploy.succeed(aws.codedeploy.begin(target="2")),
    )
    deployer.handler(built(aws), None)
    deployer.handler(aws.codepipeline.again(), None)
    answer = aws.codepipeline.answers[-1]

    assert isinstance(answer, Failed)
    assert "INVALID_LAMBDA_CONFIGURATION" in answer.message


def test_code_that_was_stored_over(aws: Aws, deployer: Inline) -> None:
    """The object version of the build is released, whatever lies at its key by now."""
    event = built(aws)
    aws.s3.put(BUCKET, RELEASE, b"other code")
    deployer.handler(event, None)

    assert aws.codepipeline.answers == [Continued(continuation=latest(aws))]


def test_code_that_was_not_built(aws: Aws, deployer: Inline) -> None:
    """Code with another digest than the manifest's is not published."""
    version = aws.s3.put(BUCKET, RELEASE, b"other code")
    aws.s3.put(BUCKET, ARTIFACT, artifact(version=version))
    deployer.handler(aws.codepipeline.start(BUCKET, ARTIFACT), None)
    (answer,) = aws.codepipeline.answers

    assert isinstance(answer, Failed)
    assert answer.message.startswith(f"RuntimeError: {RELEASE} is other code: ")
    assert aws.function.versions == ["1"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(artifact(format="cicdgen.release/2"), id="another format"),
        pytest.param(artifact(bucket="elsewhere"), id="foreign bucket"),
        pytest.param(artifact(key="uploads/code.zip"), id="foreign key"),
        pytest.param(artifact(key=f"releases/{'0' * 64}.zip"), id="key of another digest"),
        pytest.param(artifact(sha256="../x", key="releases/../x.zip"), id="no digest"),
        pytest.param(artifact(sha256=7, key="releases/7.zip"), id="digest of another type"),
        pytest.param(zipped("manifest.json", b"{}"), id="no members"),
        pytest.param(zipped("manifest.json", b"[]"), id="a list"),
        pytest.param(zipped("manifest.json", b"\xff{"), id="not JSON"),
        pytest.param(zipped("appspec.yml", b""), id="no manifest"),
        pytest.param(b"not a zip", id="no zip"),
    ],
)
def test_manifest_that_is_refused(aws: Aws, deployer: Inline, body: bytes) -> None:
    """A manifest that is not as the build writes it ends the action before anything is touched."""
    aws.s3.put(BUCKET, ARTIFACT, body)
    deployer.handler(aws.codepipeline.start(BUCKET, ARTIFACT), None)
    (answer,) = aws.codepipeline.answers

    assert isinstance(answer, Failed)
    assert answer.type == "ConfigurationError"
    assert not touched(aws)


def test_lambda_is_waited_for(aws: Aws, deployer: Inline) -> None:
    """A version is published once the update has settled, and deployed once it is active."""
    aws.function.polls = 3
    deployer.handler(built(aws), None)

    assert aws.codepipeline.answers == [Continued(continuation=latest(aws))]


def test_waiting_ends_before_lambda_ends_the_deployer(
    aws: Aws, deployer: Inline, naps: list[float]
) -> None:
    """A function that never settles fails the action well within the deployer's 300 s."""
    aws.function.polls = 10_000
    deployer.handler(built(aws), None)
    (answer,) = aws.codepipeline.answers

    assert isinstance(answer, Failed)
    assert answer.message.startswith("WaiterError: Waiter FunctionUpdatedV2 failed")
    assert 60 < sum(naps) < 100


def touched(aws: Aws) -> set[str]:
    """Return what the deployer did, as against looked at, before its answer."""
    changing = {
        "codedeploy:CreateDeployment",
        "lambda:PublishVersion",
        "lambda:UpdateFunctionCode",
    }
    return changing & {action for action, _ in aws.access.asked}
