"""What the sandbox's IAM says of a call: over what CloudFormation deployed, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cicdgen.aws.sandbox import Clients

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.sandbox.running import Sandbox

STACK = "verdicts"
FRONT = "arn:aws:sqs:us-east-1:123456789012"
BUCKET = "arn:aws:s3:::verdicts-bucket"


def _policy(*statements: Mapping[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(action: str, resource: object = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


_TRUST = _policy(
    {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
)
_VIA = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
TEMPLATE = {
    "Resources": {
        "Boundary": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": _policy(_allow("s3:*"), _allow("kms:*"))},
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _TRUST,
                "PermissionsBoundary": {"Ref": "Boundary"},
                "Policies": [
                    {
                        "PolicyName": "p",
                        "PolicyDocument": _policy(
                            _allow("s3:GetObject", f"{BUCKET}/*"),
                            _allow("s3:PutObject", f"{BUCKET}/${{aws:PrincipalAccount}}/*"),
                            _allow("sqs:SendMessage"),
                            _allow("kms:Decrypt", {"Fn::GetAtt": ["Key", "Arn"]}, Condition=_VIA),
                        ),
                    }
                ],
            },
        },
        "Bound": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _TRUST,
                "PermissionsBoundary": "arn:aws:iam::123456789012:policy/elsewhere",
                "Policies": [{"PolicyName": "p", "PolicyDocument": _policy(_allow("s3:*"))}],
            },
        },
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {
                "KeyPolicy": _policy(
                    _allow("kms:Decrypt", Principal={"AWS": {"Ref": "AWS::AccountId"}})
                )
            },
        },
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "verdicts-bucket"}},
        "BucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Bucket"},
                "PolicyDocument": _policy(
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": f"{BUCKET}/secret",
                    },
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": f"{BUCKET}/*",
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    },
                ),
            },
        },
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "verdicts"}},
        "QueuePolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "Queue"}],
                "PolicyDocument": _policy(
                    _allow(
                        "sqs:SendMessage",
                        f"{FRONT}:verdicts",
                        Principal={"Service": "events.amazonaws.com"},
                        Condition={"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}},
                    )
                ),
            },
        },
    }
}

ROLE, EVENTS, LAMBDA = "role", "events.amazonaws.com", "lambda.amazonaws.com"


@pytest.fixture(scope="module")
def deployed(sandbox: Sandbox) -> tuple[Clients, Mapping[str, str]]:
    """The sandbox with the template in it, and the ids of its resources."""
    clients = Clients(sandbox.environment)
    return clients, clients.deploy(STACK, TEMPLATE)


QUESTIONS: tuple[tuple[object, ...], ...] = (
    ("allowed by its own policy", ROLE, "s3:GetObject", f"{BUCKET}/a", {}, "Allow"),
    ("named by nobody", ROLE, "s3:DeleteObject", f"{BUCKET}/a", {}, "ImplicitDeny"),
    ("denied by the bucket", ROLE, "s3:GetObject", f"{BUCKET}/secret", {}, "Deny"),
    (
        "denied by a condition",
        ROLE,
        "s3:GetObject",
        f"{BUCKET}/a",
        {"aws:securetransport": ["false"]},
        "Deny",
    ),
    ("outside the boundary", ROLE, "sqs:SendMessage", f"{FRONT}:verdicts", {}, "ImplicitDeny"),
    (
        "a key through its service",
        ROLE,
        "kms:Decrypt",
        "KEY",
        {"kms:viaservice": ["s3.us-east-1.amazonaws.com"]},
        "Allow",
    ),
    ("a key directly", ROLE, "kms:Decrypt", "KEY", {}, "ImplicitDeny"),
    (
        "a service that the queue names",
        EVENTS,
        "sqs:SendMessage",
        f"{FRONT}:verdicts",
        {"aws:sourcearn": ["arn:aws:events:us-east-1:123456789012:rule/r"]},
        "Allow",
    ),
    (
        "the service, from elsewhere",
        EVENTS,
        "sqs:SendMessage",
        f"{FRONT}:verdicts",
        {"aws:sourcearn": ["arn:aws:s3:::b"]},
        "ImplicitDeny",
    ),
    ("another service", LAMBDA, "sqs:SendMessage", f"{FRONT}:verdicts", {}, "ImplicitDeny"),
    (
        "trust",
        LAMBDA,
        "sts:AssumeRole",
        "ROLE",
        {"aws:sourceaccount": ["123456789012"]},
        "Allow",
    ),
    ("trust of another account", LAMBDA, "sts:AssumeRole", "ROLE", {}, "ImplicitDeny"),
    ("an administrator", "", "s3:DeleteBucket", BUCKET, {}, "Allow"),
    ("an administrator and a key", "", "kms:Encrypt", "KEY", {}, "ImplicitDeny"),
    ("an administrator who is denied", "", "s3:GetObject", f"{BUCKET}/secret", {}, "Deny"),
)


@pytest.mark.parametrize(
    "caller,action,resource,context,decision",
    [pytest.param(*rest, id=str(name)) for name, *rest in QUESTIONS],
)
def test_it_decides_over_what_was_deployed(
    deployed: tuple[Clients, Mapping[str, str]],
    caller: str,
    action: str,
    resource: str,
    context: Mapping[str, list[str]],
    decision: str,
) -> None:
    """Identity, resource, key and trust policies, boundaries and conditions take part."""
    said = _said(deployed, caller, action, resource, context)

    assert decision == said


def test_a_variable_in_a_resource_is_a_known_gap(
    deployed: tuple[Clients, Mapping[str, str]],
) -> None:
    """AWS would allow this: docs/sandbox.md says so, until this test fails."""
    said = _said(deployed, ROLE, "s3:PutObject", f"{BUCKET}/123456789012/a", {})

    assert "ImplicitDeny" == said


def test_a_boundary_that_is_elsewhere_is_a_known_gap(
    deployed: tuple[Clients, Mapping[str, str]],
) -> None:
    """In an account it has to be there; the rehearsal says that it takes it to forbid nothing."""
    clients, made = deployed
    question = {"caller": {"Role": made["Bound"]}, "action": "s3:GetObject", "resource": BUCKET}

    assert "Allow" == clients.decide(json.dumps({**question, "context": {}}))


def test_a_role_that_is_not_there_is_no_answer(
    deployed: tuple[Clients, Mapping[str, str]],
) -> None:
    """Nobody's policies are neither allowed nor denied."""
    clients, _ = deployed
    question = {"caller": {"Role": "nobody"}, "action": "s3:GetObject", "resource": BUCKET}

    assert not clients.decide(json.dumps({**question, "context": {}}))


def _said(
    deployed: tuple[Clients, Mapping[str, str]],
    caller: str,
    action: str,
    resource: str,
    context: Mapping[str, list[str]],
) -> str:
    clients, made = deployed
    role = made["Role"]
    arns = {
        "KEY": f"arn:aws:kms:us-east-1:123456789012:key/{made['Key']}",
        "ROLE": f"arn:aws:iam::123456789012:role/{role}",
    }
    match caller:
        case "":
            who = {}
        case "role":
            who = {"Role": role}
        case _:
            who = {"Service": caller}
    question = {
        "caller": who,
        "action": action,
        "resource": arns.get(resource, resource),
        "context": context,
    }
    return clients.decide(json.dumps(question))
