"""The hook lets a version in, or keeps it out."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest
from tests.fakes.access import arn
from tests.fakes.awslambda import FunctionError

if TYPE_CHECKING:
    from tests.fakes.aws import Aws
    from tests.lambda_code.conftest import Inline

GROUP = arn("codedeploy", "deploymentgroup:shop-prod/shop-prod-live")
REPORT = ("codedeploy:PutLifecycleEventHookExecutionStatus", "*")
INVOKE = ("lambda:InvokeFunction", arn("lambda", "function:shop-prod:1"))
NEEDED = {("codedeploy:GetDeployment", GROUP), INVOKE, REPORT}
PERSONAL = "Ada Lovelace, 12 St James's Square"


class Context:
    """The part of Lambda's context that the hook looks at."""

    def __init__(self, *, seconds: float = 60) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        """How long Lambda lets the hook run on."""
        return int(self._seconds * 1000)


def deployed(aws: Aws, description: str = '{"job": "j", "target": "1"}') -> str:
    """Begin a deployment, described as the deployer does; return its id."""
    return aws.codedeploy.begin(target="1", description=description)


def verdict(aws: Aws, hook: Inline, deployment: str, *, seconds: float = 60) -> str:
    """Run the hook; return what CodeDeploy was told."""
    hook.handler(aws.codedeploy.hook_event(deployment), Context(seconds=seconds))
    return aws.codedeploy.verdicts[deployment]


def test_version_that_answers(aws: Aws, hook: Inline) -> None:
    """A version that answers the smoke event may serve."""
    heard: list[tuple[str, str]] = []

    def answer(version: str, event: str) -> bytes:
        heard.append((version, event))
        return b"{}"

    aws.function.answer = answer

    assert verdict(aws, hook, deployed(aws)) == "Succeeded"
    assert heard == [("1", '{"ping": true}')]
    assert {*aws.access.asked} == NEEDED


def test_version_that_fails(aws: Aws, hook: Inline, capsys: pytest.CaptureFixture[str]) -> None:
    """A version that raises may not serve; of its error only the type is logged."""

    def answer(_version: str, _event: str) -> bytes:
        fault = {"errorType": "KeyError", "errorMessage": PERSONAL}
        raise FunctionError(json.dumps(fault).encode())

    aws.function.answer = answer
    deployment = deployed(aws)

    assert verdict(aws, hook, deployment) == "Failed"
    assert json.loads(capsys.readouterr().out) == {
        "deployment": deployment,
        "step": "tried",
        "version": "1",
        "functionError": "Unhandled",
        "errorType": "KeyError",
    }


def test_rollback_is_let_pass(aws: Aws, hook: Inline) -> None:
    """A rollback goes ahead untried."""
    error = {"code": "ALARM_ACTIVE", "message": "alarm"}
    rollback = aws.codedeploy.roll_back(deployed(aws), status="Failed", error=error)

    assert verdict(aws, hook, rollback) == "Succeeded"
    assert INVOKE not in aws.access.asked


@pytest.mark.parametrize(
    "description",
    ["", "by hand", "[]", '{"job": "j"}'],
    ids=["none", "not JSON", "a list", "no version"],
)
def test_version_that_is_not_known(
    aws: Aws, hook: Inline, description: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A deployment that does not say what it deploys is not let in, and the log says why."""
    deployment = deployed(aws, description)

    assert verdict(aws, hook, deployment) == "Failed"
    assert json.loads(capsys.readouterr().out) == {
        "deployment": deployment,
        "step": "error",
        "error": "LookupError: the description of the deployment names no version",
    }


def test_version_that_does_not_exist(aws: Aws, hook: Inline) -> None:
    """A version that Lambda does not have is not let in."""
    assert verdict(aws, hook, deployed(aws, '{"job": "j", "target": "9"}')) == "Failed"


@pytest.mark.parametrize("action", ["codedeploy:GetDeployment", "lambda:InvokeFunction"])
def test_permission_that_is_missing(
    aws: Aws, hook: Inline, action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A hook that may not look or try lets nothing in, and its log says why."""
    aws.access.deny(action)

    assert verdict(aws, hook, deployed(aws)) == "Failed"
    assert f"not authorized to perform: {action}" in json.loads(capsys.readouterr().out)["error"]


def test_version_that_does_not_answer_in_time(aws: Aws, hook: Inline) -> None:
    """The hook gives up while it can still report, and does not call the function twice."""
    given_up = threading.Event()

    def answer(_version: str, _event: str) -> bytes:
        given_up.wait(5)
        return b"{}"

    aws.function.answer = answer

    heard = verdict(aws, hook, deployed(aws), seconds=15.1)
    given_up.set()

    assert heard == "Failed"
    assert aws.access.asked.count(INVOKE) == 1


def test_throttled_version_is_not_let_in(aws: Aws, hook: Inline) -> None:
    """A version that could not be tried is not let in."""
    aws.access.throttle("lambda:InvokeFunction", times=1)

    assert verdict(aws, hook, deployed(aws)) == "Failed"


def test_garbled_answer_is_not_logged(
    aws: Aws, hook: Inline, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even the bytes of an answer that makes no sense are logged."""

    def answer(_version: str, _event: str) -> bytes:
        raise FunctionError(PERSONAL.encode() + b"\xff")

    aws.function.answer = answer

    assert verdict(aws, hook, deployed(aws)) == "Failed"
    assert PERSONAL not in capsys.readouterr().out
