"""What CodePipeline's own action that deploys a function does, as AWS lists it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
from tests.proof.hops.foreign import as_cdk_does
from tests.proof.proving import foreign, proved, told

if TYPE_CHECKING:
    from tests.proof.proving import Json

    from cicdgen.proof.proof import Proof

_DEPLOY = "codepipeline.deploy-function"


def _body() -> Json:
    return deepcopy(foreign("by_hand"))


def _action(body: Json) -> Json:
    return body["Resources"]["Pipeline"]["Properties"]["Stages"][-1]["Actions"][0]


def _grants(body: Json, sid: str) -> list[str]:
    (policy,) = body["Resources"]["PipelineRole"]["Properties"]["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    return next(s for s in statements if s["Sid"] == sid)["Action"]  # type: ignore[no-any-return]


def _asked(proof: Proof, hop: str) -> list[tuple[str, str]]:
    """Action and resource of every call of the hops with an id."""
    return [
        (call.ways[0].action, call.on)
        for each in proof.judged
        if each.hop.id == hop
        for call in each.hop.calls
    ]


def test_traffic_alone_needs_no_right_to_change_code() -> None:
    """Without an artifact a version that is published takes the traffic."""
    body = _body()
    _action(body)["Configuration"]["PublishedTargetVersion"] = "2"
    del _action(body)["InputArtifacts"]
    for action in ("lambda:UpdateFunctionCode", "lambda:PublishVersion"):
        _grants(body, "Deploy").remove(action)

    proof = proved(body)

    assert ((), ()) == (proof.refused, proof.open)
    assert "lambda:UpdateAlias" in {action for action, _ in _asked(proof, _DEPLOY)}


@pytest.mark.parametrize("action", ["lambda:UpdateFunctionCode", "lambda:PublishVersion"])
def test_code_is_changed_of_the_function_and_of_no_version(action: str) -> None:
    """Lambda asks for the function's own ARN, so a grant on its versions alone is no help."""
    body = _body()
    body["Resources"]["Function"]["Properties"]["FunctionName"] = "shop"
    (policy,) = body["Resources"]["PipelineRole"]["Properties"]["Policies"]
    _grants(body, "Deploy").remove(action)
    policy["PolicyDocument"]["Statement"].append(
        {"Effect": "Allow", "Action": action, "Resource": {"Fn::Sub": "${Function.Arn}:*"}}
    )

    refused = proved(body).refused

    assert {_DEPLOY} == {each.hop.id for each in refused}
    assert all(action in each.because[0] for each in refused)


def test_every_alarm_of_the_list_is_looked_at() -> None:
    """Names come with commas between them, and with blanks."""
    body = _body()
    _action(body)["Configuration"]["Alarms"] = "errors, throttles"

    asked = _asked(proved(body), "codepipeline.watch-alarm")

    assert [
        ("cloudwatch:DescribeAlarms", "cloudwatch alarm:errors"),
        ("cloudwatch:DescribeAlarms", "cloudwatch alarm:throttles"),
    ] == asked


def test_the_log_is_listed_by_aws_and_misses_nobody() -> None:
    """A role without it is told so, and the proof holds."""
    body = _body()
    (policy,) = body["Resources"]["PipelineRole"]["Properties"]["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    policy["PolicyDocument"]["Statement"] = [s for s in statements if s["Sid"] != "Log"]

    proof = proved(body)

    assert proof.holds
    assert 3 == len([s for s in told(proof) if s.startswith("codepipeline.write-log")])


@pytest.mark.parametrize(
    "kind, action",
    [
        ("AWS::CodeStarConnections::Connection", "codestar-connections:UseConnection"),
        ("AWS::CodeConnections::Connection", "codeconnections:UseConnection"),
    ],
    ids=["the older service", "the newer one"],
)
def test_a_connection_is_used_by_the_name_of_its_service(kind: str, action: str) -> None:
    """The service was renamed, and both names are in use."""
    body = deepcopy(as_cdk_does.BODY)
    body["Resources"]["Connection"]["Type"] = kind

    assert [(action, "Connection")] == _asked(proved(body), "codepipeline.use-connection")
