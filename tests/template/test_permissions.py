"""Who may do what: each grant has its reason, each role exactly the actions of the table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from awacs import s3
from awacs.aws import StringEquals

from cicdgen.policies.grant import Everything, Grant, Refusal

if TYPE_CHECKING:
    from tests.reading import Template

    from cicdgen.blueprint import Blueprint

ROLES = {
    "FunctionRole": "kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey "
    "kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo logs:CreateLogStream "
    "logs:PutLogEvents sqs:SendMessage xray:PutTelemetryRecords xray:PutTraceSegments",
    "HookRole": "codedeploy:GetDeployment codedeploy:PutLifecycleEventHookExecutionStatus "
    "kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey "
    "kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo lambda:InvokeFunction "
    "logs:CreateLogStream logs:PutLogEvents xray:PutTelemetryRecords xray:PutTraceSegments",
    "DeployerRole": "codedeploy:BatchGetDeployments codedeploy:CreateDeployment "
    "codedeploy:GetDeployment codedeploy:GetDeploymentConfig codedeploy:ListDeployments "
    "codedeploy:RegisterApplicationRevision codepipeline:PutJobFailureResult "
    "codepipeline:PutJobSuccessResult kms:CreateGrant kms:Decrypt kms:DescribeKey kms:Encrypt "
    "kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo "
    "lambda:GetAlias lambda:GetFunction lambda:PublishVersion lambda:UpdateFunctionCode "
    "logs:CreateLogStream logs:PutLogEvents s3:GetObject s3:GetObjectVersion "
    "xray:PutTelemetryRecords xray:PutTraceSegments",
    "BuildRole": "kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey "
    "kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo logs:CreateLogStream "
    "logs:PutLogEvents s3:GetBucketAcl s3:GetBucketLocation s3:GetObject s3:GetObjectVersion "
    "s3:PutObject",
    "TestRole": "codebuild:BatchPutTestCases codebuild:CreateReport codebuild:CreateReportGroup "
    "codebuild:UpdateReport kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey "
    "kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo logs:CreateLogStream "
    "logs:PutLogEvents s3:GetBucketAcl s3:GetBucketLocation s3:GetObject s3:GetObjectVersion",
    "PipelineRole": "codebuild:BatchGetBuilds codebuild:StartBuild kms:Decrypt kms:GenerateDataKey "
    "lambda:InvokeFunction s3:GetBucketAcl s3:GetBucketLocation s3:GetBucketVersioning "
    "s3:GetObject s3:GetObjectTagging s3:GetObjectVersion s3:GetObjectVersionTagging s3:PutObject "
    "s3:PutObjectAcl sns:Publish",
    "ReleaseRole": "cloudwatch:DescribeAlarms lambda:GetAlias "
    "lambda:GetProvisionedConcurrencyConfig lambda:InvokeFunction lambda:UpdateAlias",
    "TriggerRole": "codepipeline:StartPipelineExecution",
}

# iam/reference_iam-quotas: characters without white space, all inline policies of a role together.
ROLE_POLICY_ROOM = 10_240
# What stands in for a function of CloudFormation: what they come to is shorter.
RESOLVED = "x" * 100


def _everything(blueprint: Blueprint) -> list[tuple[str, Grant | Refusal]]:
    granted = [(p.title, grant) for p in blueprint.permissions() for grant in p.grants]
    guarded = [(g.title, grant) for g in blueprint.guards() for grant in g.grants]
    return granted + guarded


def test_every_grant_says_why(blueprint: Blueprint) -> None:
    """A reason is a sentence, on everything that is granted or refused."""
    silent = [
        (title, grant.sid)
        for title, grant in _everything(blueprint)
        if len(grant.why.split()) < 4 or not grant.why.endswith(".")
    ]

    assert silent == []


def test_every_wildcard_says_why(blueprint: Blueprint) -> None:
    """`*` is spelt with its reason, and the reason is more than a word."""
    short = [
        (title, grant.sid)
        for title, grant in _everything(blueprint)
        if isinstance(grant.on, Everything) and len(grant.on.because.split()) < 4
    ]

    assert short == []


def test_a_sid_is_unique_in_its_policy(default: Template) -> None:
    """Two statements of a policy have two names: IAM refuses them otherwise."""
    for logical_id, document in default.documents():
        sids = [s["Sid"] for s in document["Statement"] if "Sid" in s]

        assert len(sids) == len(set(sids)), logical_id


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_exactly_this(default: Template, role: str) -> None:
    """The union of a role's policies is the table's row: nothing is added unseen."""
    assert sorted(ROLES[role].split()) == sorted(default.role_actions(role))


def test_the_table_has_every_role(default: Template) -> None:
    """No role is forgotten."""
    assert sorted(ROLES) == sorted(default.of_type("AWS::IAM::Role"))


def test_only_codedeploy_moves_the_alias(default: Template) -> None:
    """No other role may update the alias, so no traffic moves without its alarm."""
    movers = [role for role in ROLES if "lambda:UpdateAlias" in default.role_actions(role)]

    assert movers == ["ReleaseRole"]


@pytest.mark.parametrize("role", ["BuildRole", "TestRole"])
def test_what_runs_foreign_code_reaches_no_function(default: Template, role: str) -> None:
    """Build and test run dependencies' code: they may change no function and no pipeline."""
    services = {action.partition(":")[0] for action in default.role_actions(role)}

    assert services <= {"codebuild", "kms", "logs", "s3"}


@pytest.mark.parametrize("role", ROLES)
def test_policies_fit_their_role(default: Template, role: str) -> None:
    """The inline policies of a role stay within IAM's quota, whatever the names come to."""
    total = sum(
        len(json.dumps(_resolved(policy["PolicyDocument"]), separators=(",", ":")))
        for policy in default.of_type("AWS::IAM::Policy").values()
        if {"Ref": role} in policy["Roles"]
    )

    assert total <= ROLE_POLICY_ROOM


def _resolved(value: object) -> object:
    match value:
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::Sub": _}:
            return RESOLVED
        case dict():
            return {key: _resolved(inner) for key, inner in value.items()}
        case list():
            return [_resolved(inner) for inner in value]
    return value


def test_what_guards_nothing_is_refused() -> None:
    """A grant on `*` without a reason, or with a wildcard action, cannot be written."""
    with pytest.raises(ValueError, match="Everything"):
        Grant(sid="A", actions=(s3.GetObject,), on=("*",), why="because")
    with pytest.raises(ValueError, match="names its actions"):
        Grant(sid="A", actions=(s3.Action("Get*"),), on=("arn",), why="because")
    with pytest.raises(ValueError, match="one element per condition operator"):
        Grant(
            sid="A",
            actions=(s3.GetObject,),
            on=("arn",),
            why="because",
            when=(StringEquals("a", "1"), StringEquals("b", "2")),
        )
