"""What no hop needs is found, where it stands; what cannot be judged is not called excess."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.proof.proving import REGION, foreign, ours, proved, statement, statements
from tests.strategies import configs

from cicdgen import template
from cicdgen.cloudformation import written
from cicdgen.proof.reading import read

if TYPE_CHECKING:
    from cicdgen.config.schema import Config
    from cicdgen.proof.proof import Proof

Json = Any


def found(proof: Proof) -> list[str]:
    """What is in excess, in words."""
    return [str(each) for each in proof.weighed.excess]


def test_nothing_of_our_template_is_in_excess() -> None:
    """Every statement is judged, and some hop breaks without any part of it."""
    proof = proved(ours())

    assert [] == found(proof)
    assert () == proof.weighed.unjudged
    assert proof.holds


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(config=configs())
def test_nothing_of_any_config_is_in_excess(config: Config) -> None:
    """Whatever the config asks for."""
    proof = proved(read(template.render(config), "rendered").body, config.region or REGION)

    assert [] == found(proof)
    assert () == proof.weighed.unjudged


def test_an_action_that_no_hop_needs_is_found_at_its_place() -> None:
    """One action too many is told by path, statement and name."""
    body = deepcopy(ours())
    statement(body, "DeployerPolicy", "PublishVersion")["Action"].insert(1, "lambda:UpdateAlias")

    (excess,) = proved(body).weighed.excess

    where = "Resources.DeployerPolicy.Properties.PolicyDocument.Statement[5].Action[1]"
    assert where == written(excess.path)
    assert "DeployerPolicy statement PublishVersion" == excess.statement
    assert ("action", "lambda:UpdateAlias") == (excess.what, excess.value)


def test_a_resource_that_no_hop_needs_is_found_at_its_place() -> None:
    """One resource too many is told likewise."""
    body = deepcopy(ours())
    statement(body, "BuildPolicy", "StoreReleases")["Resource"].append(
        {"Fn::GetAtt": ["SourceBucket", "Arn"]}
    )

    (excess,) = proved(body).weighed.excess

    assert "resource" == excess.what
    assert ("Resource", 1) == excess.path[-2:]


EXTRA = {
    "an identity policy": (
        "BuildPolicy",
        {"Sid": "More", "Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "*"},
    ),
    "a key policy": (
        "S3Key",
        {
            "Sid": "More",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": ["kms:Decrypt"],
            "Resource": "*",
        },
    ),
    "a topic policy": (
        "NoticesPolicy",
        {
            "Sid": "More",
            "Effect": "Allow",
            "Principal": {"Service": "codepipeline.amazonaws.com"},
            "Action": ["sns:Publish"],
            "Resource": {"Ref": "Notices"},
        },
    ),
    "a trust policy": (
        "BuildRole",
        {
            "Sid": "More",
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": ["sts:AssumeRole"],
        },
    ),
}


@pytest.mark.parametrize("kind", EXTRA)
def test_a_statement_that_no_hop_needs_is_found(kind: str) -> None:
    """In whatever policy it stands."""
    resource, extra = EXTRA[kind]
    body = deepcopy(ours())
    statements(body, resource).append(extra)

    assert [f"{resource} statement More: no hop needs it"] == found(proved(body))


def test_what_is_granted_twice_is_in_excess_twice() -> None:
    """Either of two that do the same can go."""
    body = deepcopy(ours())
    again = {**statement(body, "HookPolicy", "Report"), "Sid": "Again"}
    statements(body, "HookPolicy").append(again)

    expected = ["HookPolicy statement Report", "HookPolicy statement Again"]
    assert [f"{each}: no hop needs it" for each in expected] == found(proved(body))


def test_what_a_refused_hop_wants_is_not_in_excess() -> None:
    """Half of what a hop needs is not too much: the other half is missing."""
    body = deepcopy(ours())
    statements(body, "S3Key").remove(statement(body, "S3Key", "UseThroughS3"))

    proof = proved(body)

    assert () != proof.refused
    assert [] == found(proof)


def test_a_refusal_has_to_refuse_something() -> None:
    """A `Deny` whose conditions nothing can meet is idle; ours are not."""
    body = deepcopy(ours())
    idle = statement(body, "SourceBucketPolicy", "RefuseOtherKeys")
    key = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    idle["Condition"]["Null"][key] = "true"
    idle["Condition"]["StringEquals"] = {key: "mine"}
    del idle["Condition"]["StringNotEquals"]

    expected = "it refuses nothing that is otherwise allowed"
    assert [f"SourceBucketPolicy statement RefuseOtherKeys: {expected}"] == found(proved(body))


def test_a_role_whose_code_is_not_known_is_not_judged() -> None:
    """Code that lies in a bucket may need anything that its role may do."""
    body = deepcopy(ours())
    code = {"S3Bucket": "code", "S3Key": "hook.zip"}
    body["Resources"]["Hook"]["Properties"]["Code"] = code

    proof = proved(body)

    assert [] == found(proof)
    assert {"HookPolicy statement Report", "LogPolicy statement EncryptLogs"} <= set(
        proof.weighed.unjudged
    )
    assert ["what the code of Hook calls: it is not in the template"] == [
        doubt.because for doubt in proof.doubts
    ]
    assert not proof.holds


def test_a_role_of_something_else_is_not_judged() -> None:
    """A role that nothing in the catalogue uses is none of our business."""
    body = deepcopy(ours())
    body["Resources"]["TaskRole"] = deepcopy(body["Resources"]["FunctionRole"])
    role = body["Resources"]["TaskRole"]["Properties"]
    role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"] = (
        "ecs-tasks.amazonaws.com"
    )
    role["Policies"] = [
        {
            "PolicyName": "task",
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
            },
        }
    ]

    proof = proved(body)

    assert [] == found(proof)
    assert {"TaskRole statement 1"} <= set(proof.weighed.unjudged)


def test_an_action_that_the_code_never_calls_is_found() -> None:
    """SAM's policy templates give more than code needs: here the code only writes."""
    assert ["Orders statement Orders: no hop needs the action dynamodb:GetItem"] == found(
        proved(foreign("as_sam_does"))
    )


def test_a_role_that_shares_a_policy_for_nothing_is_found() -> None:
    """Each statement is needed by others: the role has no use for any of them."""
    body = deepcopy(ours())
    body["Resources"]["LogPolicy"]["Properties"]["Roles"].append({"Ref": "PipelineRole"})

    said = found(proved(body))

    assert ["LogPolicy: no hop needs anything of it for the role PipelineRole"] == said
