"""Every hop is allowed, or the sentence names who may not do what, and where to look."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.proof.proving import (
    REGION,
    Dropped,
    foreign,
    grants,
    ours,
    proved,
    statement,
    statements,
    told,
)
from tests.strategies import configs

from cicdgen import template
from cicdgen.proof.reading import read

if TYPE_CHECKING:
    from cicdgen.config.schema import Config
    from cicdgen.proof.sufficient import Refused

Json = Any

NOT_MISSED = {"kms:ListKeyRotations", "kms:RotateKeyOnDemand"}
"""What administers a key and nothing at run time misses."""


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_our_templates_are_allowed_all_they_do(name: str) -> None:
    """Nothing is refused, open or in doubt, and nothing of the safe side lacks."""
    proof = proved(ours(name))

    assert [] == told(proof)
    assert () == proof.doubts
    assert 100 < proof.hops == len(proof.proven)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(config=configs())
def test_any_config_is_allowed_all_it_does(config: Config) -> None:
    """Whatever the config asks for, in any partition, the template can do."""
    text = template.render(config)

    proof = proved(read(text, "rendered").body, config.region or REGION)

    assert [] == told(proof)
    assert () == proof.doubts


@pytest.mark.parametrize("dropped", list(grants(ours())), ids=str)
def test_whatever_is_dropped_is_missed(dropped: Dropped) -> None:
    """Without any one statement, action or resource of ours a hop says what it lacks."""
    proof = proved(dropped.from_(ours()))

    sentences = told(proof)
    if dropped.value in NOT_MISSED:
        assert [] == sentences
    elif dropped.element == "Action":
        assert any(dropped.value in sentence for sentence in sentences)
    else:
        assert [] != sentences


HOPS = {
    ("TriggerPolicy", "StartPipeline"): "events.start-pipeline",
    ("UndeliveredPolicy", "SendUndelivered"): "events.keep-undelivered",
    ("NoticesPolicy", "PublishEvents"): "events.publish",
    ("SnsKey", "PublishEvents"): "events.publish",
    ("NoticesPolicy", "PublishAlarms"): "cloudwatch.publish-alarm",
    ("SnsKey", "PublishAlarms"): "cloudwatch.publish-alarm",
    ("SnsKey", "UseThroughSns"): "codepipeline.ask-for-approval",
    ("PipelinePolicy", "ReadSource"): "codepipeline.read-source",
    ("PipelinePolicy", "KeepArtifacts"): "codepipeline.write-artifact",
    ("PipelinePolicy", "RunProjects"): "codepipeline.start-build",
    ("PipelinePolicy", "InvokeDeployer"): "codepipeline.invoke-function",
    ("PipelinePolicy", "AskForApproval"): "codepipeline.ask-for-approval",
    ("BuildPolicy", "WriteLog"): "codebuild.write-log",
    ("BuildPolicy", "ReadArtifacts"): "codebuild.read-artifact",
    ("BuildPolicy", "WriteArtifacts"): "codebuild.write-artifact",
    ("BuildPolicy", "StoreReleases"): "codebuild.call-put-object",
    ("TestPolicy", "ReadReleases"): "codebuild.call-get-object-version",
    ("TestPolicy", "PublishReports"): "codebuild.publish-report",
    ("DeployerPolicy", "AnswerPipeline"): "lambda.call-put-job-success-result",
    ("DeployerPolicy", "ReadManifest"): "lambda.call-get-object",
    ("DeployerPolicy", "ReadReleases"): "lambda.call-get-object-version",
    ("DeployerPolicy", "PublishVersion"): "lambda.call-update-function-code",
    ("DeployerPolicy", "Deploy"): "lambda.call-create-deployment",
    ("DeployerPolicy", "RegisterRevision"): "lambda.call-register-application-revision",
    ("DeployerPolicy", "ReadDeploymentConfig"): "lambda.call-get-deployment-config",
    ("HookPolicy", "TryVersion"): "lambda.call-invoke-function",
    ("HookPolicy", "Report"): "lambda.call-put-lifecycle-event-hook-execution-status",
    ("ReleasePolicy", "MoveTraffic"): "codedeploy.move-alias",
    ("ReleasePolicy", "WatchAlarms"): "codedeploy.watch-alarms",
    ("ReleasePolicy", "RunHook"): "codedeploy.run-hook",
    ("FunctionPolicy", "SendDeadLetters"): "lambda.keep-dead-letter",
    ("FunctionPolicy", "EncryptDeadLetters"): "lambda.keep-dead-letter",
    ("LambdaKey", "EncryptLogs"): "logs.encrypt",
    ("LambdaKey", "GrantThroughLambda"): "person.configure-function",
    ("LambdaKey", "Administer"): "person.administer-key",
    ("S3Key", "UseThroughS3"): "person.upload-source",
    ("LogBucketPolicy", "DeliverAccessLogs"): "s3.deliver-access-log",
}


@pytest.mark.parametrize("where,hop", HOPS.items(), ids=str)
def test_the_hop_is_named_that_breaks(where: tuple[str, str], hop: str) -> None:
    """A statement that is not there is missed by the hop that it is for."""
    body = deepcopy(ours())
    listed = statements(body, where[0])
    listed.remove(statement(body, *where))
    if not listed:
        del body["Resources"][where[0]]

    proof = proved(body)

    assert hop in {each.hop.id for each in proof.refused}


TRUSTED = {
    "TriggerRole": "events.assume-role",
    "PipelineRole": "codepipeline.assume-role",
    "BuildRole": "codebuild.assume-role",
    "ReleaseRole": "codedeploy.assume-role",
    "FunctionRole": "lambda.assume-role",
}


@pytest.mark.parametrize("role,hop", TRUSTED.items())
def test_a_role_has_to_trust_the_service_that_assumes_it(role: str, hop: str) -> None:
    """A role that trusts another service is of no use to this one."""
    body = deepcopy(ours())
    statements(body, role)[0]["Principal"] = {"Service": "ecs.amazonaws.com"}

    assert hop in {each.hop.id for each in proved(body).refused}


@pytest.mark.parametrize("role", ["TriggerRole", "BuildRole", "ReleaseRole"])
def test_a_trust_condition_has_to_fit_who_asks(role: str) -> None:
    """The confused deputy's condition must name the very resource that the role is given to."""
    body = deepcopy(ours())
    arn = {"Fn::Sub": "arn:${AWS::Partition}:codebuild:${AWS::Region}:${AWS::AccountId}:project/x"}
    statements(body, role)[0]["Condition"]["ArnLike"]["aws:SourceArn"] = arn

    refused = [each for each in proved(body).refused if each.hop.id.endswith(".assume-role")]

    assert [role] == [each.hop.calls[0].on for each in refused]


def _seeds_fix(body: Json) -> None:
    """The seed's own fix of its first failure: root administers, service principals use."""
    root = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    verbs = ("Create", "Describe", "Enable", "List", "Put", "Update", "Revoke", "Disable", "Get")
    administer = [f"kms:{verb}*" for verb in verbs]
    administer += ["kms:Delete*", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"]
    use = ["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey*", "ReEncrypt*"]
    services = ["s3", "codepipeline", "codebuild"]
    body["Resources"]["S3Key"]["Properties"]["KeyPolicy"]["Statement"] = [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": root,
            "Action": administer,
            "Resource": "*",
        },
        {
            "Sid": "Allow services to use the key",
            "Effect": "Allow",
            "Principal": {"Service": [f"{name}.amazonaws.com" for name in services]},
            "Action": [f"kms:{name}" for name in use],
            "Resource": "*",
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": [
                        {"Fn::Sub": f"{name}.${{AWS::Region}}.amazonaws.com"} for name in services
                    ]
                }
            },
        },
    ]


def test_the_seeds_first_fix_refuses_everything_in_s3() -> None:
    """Every hop that reads or writes an encrypted object is refused, and the key policy named."""
    encrypted = {
        each.hop.id
        for each in proved(ours()).proven
        if any(
            "kms:ViaService".lower() in way.context.values
            for c in each.hop.calls[1:]
            for way in c.ways
        )
        and any(call.on == "S3Key" for call in each.hop.calls)
    }
    body = deepcopy(ours())
    _seeds_fix(body)

    refused = {each.hop.id: each for each in proved(body).refused if _is_about_s3_key(each)}

    assert 7 < len(encrypted)
    assert encrypted == set(refused)
    assert all("the key policy of S3Key" in "".join(each.because) for each in refused.values())


def _is_about_s3_key(refused: Refused) -> bool:
    return any("S3Key" in sentence for sentence in refused.because) and (
        refused.hop.id != "person.administer-key"
    )


def test_a_refusal_says_who_may_not_do_what_and_what_came_closest() -> None:
    """The sentence is one that leads to the line."""
    body = deepcopy(ours())
    statement(body, "BuildPolicy", "UseKey")["Action"].remove("kms:GenerateDataKey")

    sentences = told(proved(body))

    expected = (
        "codebuild.call-put-object: BuildRole may not kms:GenerateDataKey on S3Key: "
        "not allowed by the identity policies of BuildRole; "
        "nearest: BuildPolicy statement UseKey has no such action"
    )
    assert expected in sentences


def test_a_deny_is_named() -> None:
    """What is denied explicitly says by which statement."""
    body = deepcopy(ours())
    statements(body, "BuildPolicy").append(
        {"Sid": "No", "Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}
    )

    because = {each.hop.id: each.because for each in proved(body).refused}

    sentence = because["codebuild.call-put-object"][0]
    assert sentence.endswith(": BuildPolicy statement No denies it")


def test_a_header_that_a_policy_demands_is_missed_by_who_does_not_send_it() -> None:
    """The well-known bucket policy that denies uploads without a header stops plain uploads."""
    body = deepcopy(ours())
    policy = statement(body, "SourceBucketPolicy", "RefuseOtherEncryption")
    del policy["Condition"]["Null"]

    refused = {each.hop.id for each in proved(body).refused}

    assert {"person.upload-source"} == refused


RETARGETED = {
    "TriggerPolicy": ("StartPipeline", "codepipeline", "events.start-pipeline"),
    "DeployerPolicy": ("PublishVersion", "lambda", "lambda.call-publish-version"),
    "HookPolicy": ("TryVersion", "lambda", "lambda.call-invoke-function"),
}


@pytest.mark.parametrize("policy", RETARGETED)
def test_a_grant_on_another_resource_is_no_grant(policy: str) -> None:
    """What the code is told by its environment is what it must be allowed."""
    sid, service, hop = RETARGETED[policy]
    rest = "function:other" if service == "lambda" else "other"
    arn = f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}"
    body = deepcopy(ours())
    statement(body, policy, sid)["Resource"] = [{"Fn::Sub": arn}]

    assert hop in {each.hop.id for each in proved(body).refused}


def test_an_alarm_is_not_heard_where_the_key_does_not_know_cloudwatch() -> None:
    """A key that is left to IAM alone is closed to services that publish as themselves."""
    refused = proved(foreign("silent_alarm")).refused

    assert ["cloudwatch.publish-alarm"] == [each.hop.id for each in refused]


def test_a_service_cannot_use_the_key_that_aws_manages() -> None:
    """alias/aws/sns is closed to CloudWatch, whatever the policies say."""
    body = deepcopy(foreign("silent_alarm"))
    body["Resources"]["Topic"]["Properties"]["KmsMasterKeyId"] = "alias/aws/sns"

    sentences = told(proved(body))

    because = "cloudwatch.amazonaws.com cannot use alias/aws/sns: a service needs a key of your own"
    assert [f"cloudwatch.publish-alarm: {because}"] == sentences
