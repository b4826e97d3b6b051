"""What the deployer may do, and what it must not tell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from tests.fakes.access import arn
from tests.fakes.codepipeline import SECRETS, Continued, Failed, Succeeded
from tests.lambda_code.builds import ARTIFACT, BUCKET, RELEASE, built, released
from tests.lambda_code.conftest import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.aws import Aws
    from tests.lambda_code.conftest import Inline

APPLICATION = arn("codedeploy", "application:shop-prod")
CONFIG = arn("codedeploy", "deploymentconfig:CodeDeployDefault.LambdaCanary10Percent10Minutes")
FUNCTION = arn("lambda", "function:shop-prod")
GROUP = arn("codedeploy", "deploymentgroup:shop-prod/shop-prod-live")

NEEDED = {
    ("codedeploy:BatchGetDeployments", GROUP),
    ("codedeploy:CreateDeployment", GROUP),
    ("codedeploy:GetDeployment", GROUP),
    ("codedeploy:GetDeploymentConfig", CONFIG),
    ("codedeploy:ListDeployments", GROUP),
    ("codedeploy:RegisterApplicationRevision", APPLICATION),
    ("codepipeline:PutJobSuccessResult", "*"),
    ("kms:Decrypt", arn("kms", "key/objects")),
    ("lambda:GetAlias", FUNCTION),
    ("lambda:GetFunction", FUNCTION),
    ("lambda:GetFunction", f"{FUNCTION}:2"),
    ("lambda:PublishVersion", FUNCTION),
    ("lambda:UpdateFunctionCode", FUNCTION),
    ("s3:GetObject", f"arn:aws:s3:::{BUCKET}/{ARTIFACT}"),
    ("s3:GetObjectVersion", f"arn:aws:s3:::{BUCKET}/{RELEASE}"),
}
"""What brings a release to its end. A failure needs PutJobFailureResult beside it."""

ACTIONS = sorted({action for action, _ in NEEDED})


def test_permissions_that_a_release_needs(aws: Aws, deployer: Inline) -> None:
    """A release asks for exactly the documented permissions, which are the role's grants."""
    released(aws, deployer)

    assert {*aws.access.asked} == NEEDED


@pytest.mark.parametrize("action", ACTIONS)
def test_permission_that_is_missing(aws: Aws, deployer: Inline, action: str) -> None:
    """Without one of its permissions a release fails, once, and says which one it is."""
    aws.codedeploy.succeed(aws.codedeploy.begin(target="1", description="by hand"))
    aws.access.deny(action)
    deployer.handler(built(aws), None)
    while isinstance(aws.codepipeline.answers[-1], Continued):
        deployer.handler(aws.codepipeline.again(), None)
    failures = [answer for answer in aws.codepipeline.answers if isinstance(answer, Failed)]

    assert [failure.type for failure in failures] == ["PermissionError"]
    assert "(AccessDenied" in failures[0].message
    assert f"not authorized to perform: {action} on resource: " in failures[0].message


def test_answer_that_cannot_be_given(aws: Aws, deployer: Inline) -> None:
    """If not even the failure can be reported the deployer fails itself, for its alarm to see."""
    aws.access.deny("lambda:GetAlias")
    aws.access.deny("codepipeline:PutJobFailureResult")

    with pytest.raises(ClientError, match="PutJobFailureResult"):
        deployer.handler(built(aws), None)


@pytest.mark.parametrize("action", [action for action in ACTIONS if "kms" not in action])
def test_throttling_is_outwaited(aws: Aws, deployer: Inline, action: str) -> None:
    """A call that is one too many is made again, and the release goes on."""
    aws.access.throttle(action, times=1)
    released(aws, deployer)

    assert isinstance(aws.codepipeline.answers[-1], Succeeded)


@pytest.mark.parametrize(
    "denied, written",
    [
        pytest.param((), '"step": "published"', id="release"),
        pytest.param(("lambda:GetAlias",), '"step": "failed"', id="failure"),
        pytest.param(
            ("lambda:GetAlias", "codepipeline:PutJobFailureResult"), "Traceback", id="crash"
        ),
    ],
)
def test_credentials_are_not_logged(
    aws: Aws, tmp_path: Path, denied: tuple[str, ...], written: str
) -> None:
    """Whatever becomes of a job, its credentials are in no line that the process writes."""
    for action in denied:
        aws.access.deny(action)
    log = run("deployer", built(aws), tmp_path)

    assert written in log
    assert not [secret for secret in SECRETS if secret in log]


def test_every_line_names_the_job(
    aws: Aws, deployer: Inline, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log is JSON, a line a step, and each line says whose step it is."""
    event = built(aws)
    deployer.handler(event, None)
    deployer.handler(event, None)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert [line["step"] for line in lines] == ["published", "answered", "answered before"]
    assert {line["job"] for line in lines} == {event["CodePipeline.job"]["id"]}
