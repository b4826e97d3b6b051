"""Events come twice, answers and tokens get lost: a job still has one deployment and one answer."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.fakes.codepipeline import Continued, Failed, Succeeded
from tests.lambda_code.builds import built, latest, released

if TYPE_CHECKING:
    from tests.fakes.aws import Aws
    from tests.lambda_code.conftest import Inline

FIRST = "d-000000001"


def test_event_that_comes_twice(aws: Aws, deployer: Inline) -> None:
    """A second delivery starts nothing and contradicts no answer."""
    event = built(aws)
    deployer.handler(event, None)
    deployer.handler(event, None)

    assert [*aws.codedeploy.deployments] == [FIRST]
    assert aws.codepipeline.answers == [Continued(continuation=FIRST)]


@pytest.mark.parametrize(
    "action", ["lambda:GetAlias", "lambda:PublishVersion", "codedeploy:CreateDeployment"]
)
def test_event_that_comes_twice_at_once(aws: Aws, deployer: Inline, action: str) -> None:
    """A delivery that another one overtakes takes that one's deployment for its own."""
    event = built(aws)

    def overtake() -> None:
        deployer.handler(event, None)
        aws.codedeploy.shift(latest(aws))

    aws.access.meanwhile(action, overtake)
    deployer.handler(event, None)

    assert [*aws.codedeploy.deployments] == [FIRST]
    assert aws.codepipeline.answers == [Continued(continuation=FIRST)]


def test_answer_that_got_lost(aws: Aws, deployer: Inline) -> None:
    """A delivery after one that could not answer finds the deployment, and answers."""
    event = built(aws)
    deployer.handler(event, None)
    aws.codepipeline.lose_answer(event)
    deployer.handler(event, None)

    assert [*aws.codedeploy.deployments] == [FIRST]
    assert aws.codepipeline.answers == [Continued(continuation=FIRST)]


@pytest.mark.parametrize("token", ["d-999999999", "no deployment's id"])
def test_token_that_got_lost(aws: Aws, deployer: Inline, token: str) -> None:
    """A token that names no deployment is lost: the job's own deployment takes its place."""
    event = built(aws)
    deployer.handler(event, None)
    aws.codepipeline.lose_answer(event)
    event["CodePipeline.job"]["data"]["continuationToken"] = token
    deployer.handler(event, None)

    assert aws.codepipeline.answers == [Continued(continuation=FIRST)]


def test_token_that_got_lost_with_the_job(aws: Aws, deployer: Inline) -> None:
    """Without token and job the build is released again, and found to serve already."""
    released(aws, deployer)
    event = built(aws)
    event["CodePipeline.job"]["data"]["continuationToken"] = "d-999999999"
    deployer.handler(event, None)

    assert aws.codepipeline.answers[-1] == Succeeded(
        variables={"DeploymentId": "none", "FunctionVersion": "2"}
    )


@pytest.mark.parametrize("others", [24, 25, 27, 47, 60])
def test_deployment_among_many(aws: Aws, deployer: Inline, others: int) -> None:
    """The job's deployment is found in whatever page and batch it comes."""
    event = built(aws)
    deployer.handler(event, None)
    aws.codedeploy.succeed(FIRST)
    for _ in range(others):
        aws.codedeploy.succeed(aws.codedeploy.begin(target="2", description="by hand"))
    aws.codedeploy.page_size = 40
    aws.codepipeline.lose_answer(event)
    deployer.handler(event, None)

    assert aws.codepipeline.answers == [
        Succeeded(variables={"DeploymentId": FIRST, "FunctionVersion": "2"})
    ]


def test_deployment_of_another_day(aws: Aws, deployer: Inline) -> None:
    """No job is older than a day: what was deployed before is not looked at."""
    event = built(aws)
    description = json.dumps({"job": event["CodePipeline.job"]["id"], "target": "1"})
    old = aws.codedeploy.begin(target="1", description=description, age=timedelta(hours=25))
    aws.codedeploy.succeed(old)
    deployer.handler(event, None)

    assert aws.codepipeline.answers == [Continued(continuation=latest(aws))]
    assert latest(aws) != old


def test_rollback_is_not_taken_for_the_deployment(aws: Aws, deployer: Inline) -> None:
    """A rollback that succeeded, described like what it undid, does not make the job succeed."""
    event = built(aws)
    deployer.handler(event, None)
    error = {"code": "ALARM_ACTIVE", "message": "alarm"}
    aws.codedeploy.roll_back(FIRST, status="Failed", error=error)
    aws.codepipeline.lose_answer(event)
    deployer.handler(event, None)
    (answer,) = aws.codepipeline.answers

    assert isinstance(answer, Failed)
    assert answer.message.startswith(f"RuntimeError: {FIRST} Failed: ")
