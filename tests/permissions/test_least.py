"""The policy allows each call that the command makes, and nothing of it can go."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.iam.asking import ACCOUNT, ROLE, Question, allow

from cicdgen.cloudformation import Account, Template
from cicdgen.errors import CicdgenError
from cicdgen.permissions.policy import Asked, Caller, Command, Statement, least
from cicdgen.reports import least_policy as report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TEMPLATES = Path(__file__).parents[2] / "templates"
REGION = "eu-central-1"
VIA = {"aws:CalledVia": ["cloudformation.amazonaws.com"]}
SERVICE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/cloudformation"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/limits"
IN_IAM = [allow("kms:*", principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})]
"""What every key policy of ours says: IAM decides."""


def template_of(env: str = "prod", boundary: str | None = None) -> Template:
    """Our template of an environment, whose roles have this boundary."""
    body = json.loads((TEMPLATES / f"{env}.json").read_bytes())
    for resource in body["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role" and boundary:
            resource["Properties"]["PermissionsBoundary"] = boundary
    return Template.read(body)


def asked_for(command: Command, caller: Caller = Caller.PERSON, **more: Any) -> Asked:  # noqa: ANN401 - fields of Asked
    """What a policy for `shop-prod` is asked for."""
    account = Account(partition="aws", account=ACCOUNT, region=REGION)
    asked = Asked(
        command=command, caller=caller, account=account, stack="shop-prod", source_key="source.zip"
    )
    return replace(asked, **more)


@cache
def least_for(command: Command, caller: Caller = Caller.PERSON) -> tuple[Statement, ...]:
    """The least policy for `shop-prod`."""
    return least(template_of(), asked_for(command, caller))


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def _role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/shop-prod-{name}-1A2B3C4D5E6F7"


def _bucket(part: str) -> str:
    return f"arn:aws:s3:::shop-prod-{part}-{ACCOUNT}-{REGION}"


KEY = _arn("kms", "key/11111111-2222-3333-4444-555555555555")
STACK = _arn("cloudformation", "stack/shop-prod/11111111-2222-3333-4444-555555555555")
TO_LAMBDA = {"iam:PassedToService": "lambda.amazonaws.com"}

Made = tuple[str, str, dict[str, Any]]

PUBLISH: dict[str, Made] = {
    "describe stack": ("cloudformation:DescribeStacks", STACK, {}),
    "describe resource": ("cloudformation:DescribeStackResource", STACK, {}),
    "head": ("s3:GetObject", f"{_bucket('source')}/source.zip", {}),
    "list": ("s3:ListBucket", _bucket("source"), {}),
    "put": ("s3:PutObject", f"{_bucket('source')}/source.zip", {}),
    "encrypt": (
        "kms:GenerateDataKey",
        KEY,
        {"kms:EncryptionContext:aws:s3:arn": _bucket("source")},
    ),
    "executions": (
        "codepipeline:ListPipelineExecutions",
        _arn("codepipeline", "shop-prod-pipeline"),
        {},
    ),
    "execution": (
        "codepipeline:GetPipelineExecution",
        _arn("codepipeline", "shop-prod-pipeline"),
        {},
    ),
    "actions": (
        "codepipeline:ListActionExecutions",
        _arn("codepipeline", "shop-prod-pipeline"),
        {},
    ),
}

CLOUDFORMATION: dict[str, Made] = {
    "role": ("iam:CreateRole", _role("BuildRole"), {}),
    "role policy": ("iam:PutRolePolicy", _role("PipelineRole"), {}),
    "pass to Lambda": ("iam:PassRole", _role("FunctionRole"), TO_LAMBDA),
    "pass to CodeBuild": (
        "iam:PassRole",
        _role("TestRole"),
        {"iam:PassedToService": "codebuild.amazonaws.com"},
    ),
    "pass to CodeDeploy": (
        "iam:PassRole",
        _role("ReleaseRole"),
        {"iam:PassedToService": "codedeploy.amazonaws.com"},
    ),
    "pass to CodePipeline": (
        "iam:PassRole",
        _role("PipelineRole"),
        {"iam:PassedToService": "codepipeline.amazonaws.com"},
    ),
    "pass to EventBridge": (
        "iam:PassRole",
        _role("TriggerRole"),
        {"iam:PassedToService": "events.amazonaws.com"},
    ),
    "key": ("kms:CreateKey", "*", {}),
    "key policy": ("kms:PutKeyPolicy", KEY, {}),
    "environment": ("kms:CreateGrant", KEY, {"kms:ViaService": f"lambda.{REGION}.amazonaws.com"}),
    "bucket": ("s3:CreateBucket", _bucket("artifacts"), {}),
    "bucket logging": ("s3:PutBucketLogging", _bucket("source"), {}),
    "bucket policy": ("s3:PutBucketPolicy", _bucket("logs"), {}),
    "topic": ("sns:CreateTopic", _arn("sns", "shop-prod-notices"), {}),
    "subscription": ("sns:Subscribe", _arn("sns", "shop-prod-notices"), {}),
    "queue": ("sqs:CreateQueue", _arn("sqs", "shop-prod-dead-letters"), {}),
    "log group": ("logs:CreateLogGroup", _arn("logs", "log-group:/shop-prod/build"), {}),
    "log group's star": (
        "logs:PutRetentionPolicy",
        _arn("logs", "log-group:/shop-prod/hook:*"),
        {},
    ),
    "log groups": ("logs:DescribeLogGroups", "*", {}),
    "function": ("lambda:CreateFunction", _arn("lambda", "function:shop-prod-deployer"), {}),
    "version": ("lambda:PublishVersion", _arn("lambda", "function:shop-prod"), {}),
    "alias": ("lambda:UpdateAlias", _arn("lambda", "function:shop-prod"), {}),
    "retries": (
        "lambda:PutFunctionEventInvokeConfig",
        _arn("lambda", "function:shop-prod-deployer:$LATEST"),
        {},
    ),
    "alarm": ("cloudwatch:PutMetricAlarm", _arn("cloudwatch", "alarm:shop-prod/rollback"), {}),
    "project": ("codebuild:CreateProject", _arn("codebuild", "project/shop-prod-test"), {}),
    "application": (
        "codedeploy:CreateApplication",
        _arn("codedeploy", "application:shop-prod"),
        {},
    ),
    "group": (
        "codedeploy:UpdateDeploymentGroup",
        _arn("codedeploy", "deploymentgroup:shop-prod/live"),
        {},
    ),
    "traffic shift": (
        "codedeploy:GetDeploymentConfig",
        _arn("codedeploy", "deploymentconfig:CodeDeployDefault.LambdaCanary10Percent10Minutes"),
        {},
    ),
    "pipeline": ("codepipeline:UpdatePipeline", _arn("codepipeline", "shop-prod-pipeline"), {}),
    "rule": ("events:PutTargets", _arn("events", "rule/shop-prod-source"), {}),
    "rolled-back bucket": ("s3:DeleteBucket", _bucket("source"), {}),
}
"""One call for each kind of resource and each statement, written by hand."""

REFUSED: dict[str, Made] = {
    "another stack's role": (
        "iam:CreateRole",
        f"arn:aws:iam::{ACCOUNT}:role/admin",
        {},
    ),
    "a role to EC2": (
        "iam:PassRole",
        _role("FunctionRole"),
        {"iam:PassedToService": "ec2.amazonaws.com"},
    ),
    "the pipeline's role to Lambda": ("iam:PassRole", _role("PipelineRole"), TO_LAMBDA),
    "a retained key's deletion": ("kms:ScheduleKeyDeletion", KEY, {}),
    "a grant to another service": (
        "kms:CreateGrant",
        KEY,
        {"kms:ViaService": f"ec2.{REGION}.amazonaws.com"},
    ),
    "a boundary taken off": ("iam:DeleteRolePermissionsBoundary", _role("BuildRole"), {}),
    "another bucket": ("s3:CreateBucket", "arn:aws:s3:::shop-prod-eu-source", {}),
    "the source itself": ("s3:GetObject", f"{_bucket('source')}/source.zip", {}),
    "another function": ("lambda:UpdateFunctionCode", _arn("lambda", "function:shop-prod-eu"), {}),
    "an invocation": ("lambda:InvokeFunction", _arn("lambda", "function:shop-prod"), {}),
    "the pipeline started": (
        "codepipeline:StartPipelineExecution",
        _arn("codepipeline", "shop-prod-pipeline"),
        {},
    ),
}


def _outcome(
    statements: Sequence[Statement], made: Made, more: Mapping[str, Any] | None = None
) -> str:
    action, resource, context = made
    # All of them allow, and none names an action by a pattern: the others have no say.
    naming = [each for each in statements if action in each.actions]
    return Question(
        action=action,
        resource=resource,
        principal=ROLE,
        identity=json.loads(report.document(naming))["Statement"],
        on_resource=IN_IAM if action.startswith("kms:") else (),
        context={**context, **(more or {})},
    ).outcome


@pytest.mark.parametrize("call", PUBLISH)
def test_publish_is_allowed(call: str) -> None:
    """Each call of `publish` is allowed."""
    assert "allowed" == _outcome(least_for(Command.PUBLISH), PUBLISH[call])


@pytest.mark.parametrize("call", CLOUDFORMATION)
def test_deploy_is_allowed(call: str) -> None:
    """Each call that CloudFormation makes with a person's or its role's rights is allowed."""
    person = least_for(Command.DEPLOY)
    role = least_for(Command.DEPLOY, Caller.SERVICE_ROLE)

    assert "allowed" == _outcome(person, CLOUDFORMATION[call], VIA)
    assert "allowed" == _outcome(role, CLOUDFORMATION[call])


@pytest.mark.parametrize("call", CLOUDFORMATION)
def test_a_person_cannot_do_it_alone(call: str) -> None:
    """What a person may let CloudFormation do, the person may not do without it."""
    person = least_for(Command.DEPLOY)

    assert "denied" == _outcome(person, CLOUDFORMATION[call])


@pytest.mark.parametrize("call", REFUSED)
@pytest.mark.parametrize("caller", Caller)
def test_more_is_denied(call: str, caller: Caller) -> None:
    """What a deployment does not need, nobody gets."""
    statements = least_for(Command.DEPLOY, caller)

    assert "denied" == _outcome(statements, REFUSED[call], VIA)


def test_with_a_service_role_the_person_needs_little() -> None:
    """The stack, and the right to hand on that one role to CloudFormation."""
    statements = least(template_of(), asked_for(Command.DEPLOY, role=SERVICE_ROLE))
    passing: Made = (
        "iam:PassRole",
        SERVICE_ROLE,
        {"iam:PassedToService": "cloudformation.amazonaws.com"},
    )
    change_set: Made = ("cloudformation:CreateChangeSet", STACK, {})

    assert {"cloudformation", "iam"} == {
        action.partition(":")[0] for each in statements for action in each.actions
    }
    assert "allowed" == _outcome(statements, passing)
    assert "allowed" == _outcome(statements, change_set, {"cloudformation:RoleArn": SERVICE_ROLE})
    assert "denied" == _outcome(statements, change_set)


@pytest.mark.parametrize("caller", Caller)
def test_a_boundary_bounds_the_roles_that_are_made(caller: Caller) -> None:
    """A role is made and given rights with the boundary only, and keeps it."""
    statements = least(template_of(boundary=BOUNDARY), asked_for(Command.DEPLOY, caller))
    bounded = {**VIA, "iam:PermissionsBoundary": BOUNDARY}
    other = {**VIA, "iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/none"}
    rows = [
        (action, _outcome(statements, (action, _role("BuildRole"), {}), context))
        for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary")
        for context in (bounded, other, VIA)
    ]

    assert [outcome for _, outcome in rows] == ["allowed", "denied", "denied"] * 3
    assert "denied" == _outcome(
        statements, ("iam:DeleteRolePermissionsBoundary", _role("BuildRole"), {}), bounded
    )


def test_what_is_retained_is_not_deleted() -> None:
    """Destroying `prod` deletes no bucket, destroying `dev` does, and neither deletes a key."""
    buckets = {
        env: _outcome(
            least(template_of(env), replace(asked_for(Command.DESTROY), stack=f"shop-{env}")),
            ("s3:DeleteBucket", f"arn:aws:s3:::shop-{env}-source-{ACCOUNT}-{REGION}", {}),
            VIA,
        )
        for env in ("dev", "prod")
    }

    assert {"dev": "allowed", "prod": "denied"} == buckets


@pytest.mark.parametrize("command", Command)
@pytest.mark.parametrize("caller", Caller)
def test_no_statement_can_go(command: Command, caller: Caller) -> None:
    """Without any one action of any statement, something that another does not allow is denied."""
    statements = least_for(command, caller)
    spare = []
    for statement in statements:
        rest = [each for each in statements if each is not statement]
        context = _context(statement)
        for action in statement.actions:
            made = (action, statement.resources[0].replace("*", "x"), context)
            if statement.resources == ("*",):
                made = (action, "*", context)
            if _outcome(rest, made) == "allowed":
                spare.append((statement.sid, action))
            assert "allowed" == _outcome(statements, made), made

    assert spare == []


def _context(statement: Statement) -> dict[str, Any]:
    """A context in which its conditions hold."""
    return {
        key: [values[0]] if operator.startswith("ForAnyValue") else values[0].replace("*", "x")
        for operator, key, values in statement.conditions
    }


def test_every_statement_has_its_reason() -> None:
    """Sids differ, and each statement says what does not work without it."""
    statements = least_for(Command.DEPLOY)

    assert len({each.sid for each in statements}) == len(statements)
    assert all(each.sid.isalnum() and each.why for each in statements)


def test_no_action_is_a_wildcard_and_stars_are_forced() -> None:
    """`*` stands alone only where the reference knows no resource for the action."""
    statements = least_for(Command.DEPLOY)
    everywhere = {
        action for each in statements if each.resources == ("*",) for action in each.actions
    }

    assert {"kms:CreateKey", "logs:DescribeIndexPolicies", "logs:DescribeLogGroups"} == everywhere
    assert not any("*" in action for each in statements for action in each.actions)


def test_an_unknown_type_is_an_error() -> None:
    """A template with a type that nobody has written down is refused."""
    body = {"Resources": {"Cluster": {"Type": "AWS::ECS::Cluster"}}}

    with pytest.raises(CicdgenError, match="AWS::ECS::Cluster"):
        least(Template.read(body), asked_for(Command.DEPLOY))


def test_a_name_that_is_cut_is_an_error() -> None:
    """Where CloudFormation would cut a role's name, no pattern is guessed."""
    asked = replace(
        asked_for(Command.DEPLOY), stack="a-stack-with-a-name-of-more-than-40-characters"
    )

    with pytest.raises(CicdgenError, match="CloudFormation cuts the name"):
        least(template_of(), asked)


def test_the_parts_are_the_whole() -> None:
    """Each part fits a managed policy, and together they have every statement once."""
    statements = list(least_for(Command.DEPLOY))
    parts = report.parts(statements)

    assert statements == [each for part in parts for each in part]
    assert all(report.size(part) <= report.MANAGED_ROOM for part in parts)
