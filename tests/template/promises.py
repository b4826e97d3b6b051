"""The twenty failures that started this project, each as a promise on what we render.

A promise that cannot be broken proves nothing, so each carries a change that breaks it: the failure
itself, or the fix that was first written for it where that fails too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reading import Template

Json = Any

CURRENT_PYTHONS = {"3.11", "3.12", "3.13", "3.14"}
"""In today's CodeBuild images (aws-codebuild-docker-images); the seed asked for 3.8."""

USE = {"kms:Decrypt", "kms:GenerateDataKey"}
ROLLBACK_EVENTS = {
    "DEPLOYMENT_FAILURE",
    "DEPLOYMENT_STOP_ON_ALARM",
    "DEPLOYMENT_STOP_ON_REQUEST",
}
OWN_KEY = {"Fn::GetAtt": ["S3Key", "Arn"]}
ROLES_AT_OBJECTS = ("PipelineRole", "BuildRole", "TestRole", "DeployerRole")


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A failure that what we render cannot have.

    Attributes:
        number: of the failure.
        sentence: the promise.
        holds: whether a template keeps it.
        breaks: a change to the resources that brings the failure back.
    """

    number: int
    sentence: str
    holds: Callable[[Template], bool]
    breaks: Callable[[dict[str, Json]], object]


def _key_is_usable_and_narrow(template: Template) -> bool:
    for key in template.of_type("AWS::KMS::Key").values():
        for statement in key["KeyPolicy"]["Statement"]:
            if any("*" in action for action in statement["Action"]):
                return False
    through_s3 = template.statements("S3Key").get("UseThroughS3", {})
    return (
        through_s3.get("Effect") == "Allow"
        and set(through_s3["Action"]) >= USE
        and through_s3["Principal"] == {"AWS": {"Ref": "AWS::AccountId"}}
    )


def _every_wildcard_has_its_reason(template: Template) -> bool:
    for logical_id, policy in template.of_type("AWS::IAM::Policy").items():
        metadata = template.resources[logical_id].get("Metadata", {})
        excused = {sid for sids in metadata.get("Wildcards", {}).values() for sid in sids}
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow" and any("*" in a for a in statement["Action"]):
                return False
            if "*" in statement["Resource"] and statement["Sid"] not in excused:
                return False
    return True


def _buildspecs(template: Template) -> list[str]:
    return [p["Source"]["BuildSpec"] for p in template.of_type("AWS::CodeBuild::Project").values()]


def _no_appspec_in_a_shell(template: Template) -> bool:
    pythons = {
        variable["Value"]
        for project in template.of_type("AWS::CodeBuild::Project").values()
        for variable in project["Environment"]["EnvironmentVariables"]
        if variable["Name"] == "PYTHON_VERSION"
    }
    text = "\n".join(_buildspecs(template)).lower()
    return "appspec" not in text and "!ref" not in text and pythons <= CURRENT_PYTHONS


def _roles_may_use_the_key(template: Template) -> bool:
    return all(
        any(
            "kms:Decrypt" in statement["Action"] and OWN_KEY in statement["Resource"]
            for statement in template.role_statements(role)
        )
        for role in ROLES_AT_OBJECTS
    )


def _alarms_are_heard(template: Template) -> bool:
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()
    told = all(alarm["AlarmActions"] == [{"Ref": "Notices"}] for alarm in alarms)
    rollback = template.properties("RollbackAlarm")
    names = {
        d["Name"]
        for query in rollback["Metrics"]
        for d in query.get("MetricStat", {}).get("Metric", {}).get("Dimensions", [])
    }
    # A version that always fails shows as its share of the alias's traffic: 10 % at least.
    seen = rollback["Threshold"] < 10 or not _is_canary(template)
    return told and "Resource" in names and seen and rollback["TreatMissingData"] == "notBreaching"


def _is_canary(template: Template) -> bool:
    config = template.properties("DeploymentGroup")["DeploymentConfigName"]
    return "AllAtOnce" not in str(config)


def _codedeploy_rolls_back(template: Template) -> bool:
    rollback = template.properties("DeploymentGroup")["AutoRollbackConfiguration"]
    rules = template.of_type("AWS::Events::Rule").values()
    guessing = any("aws.codedeploy" in rule["EventPattern"]["source"] for rule in rules)
    return rollback["Enabled"] and set(rollback["Events"]) == ROLLBACK_EVENTS and not guessing


def _arns_are_whole(template: Template) -> bool:
    # The boundary is a person's own, with the account that they wrote.
    boundaries = {
        role.get("PermissionsBoundary")
        for role in template.of_type("AWS::IAM::Role").values()
        if isinstance(role.get("PermissionsBoundary"), str)
    }
    for arn in set(re.findall(r'"(arn:[^"]*)"', template.text)) - boundaries:
        partition, service, region, account = arn.split(":")[1:5]
        if partition != "${AWS::Partition}" and not arn.startswith("arn:${AWS::Partition}"):
            return False
        plain = arn.replace("${AWS::Partition}", "p").replace("${AWS::Region}", "r")
        plain = plain.replace("${AWS::AccountId}", "a")
        partition, service, region, account = plain.split(":")[1:5]
        if service not in {"s3", "iam"} and (not region or not account):
            return False
    logged = [
        statement["Resource"]
        for role in ("FunctionRole", "DeployerRole", "BuildRole", "TestRole")
        for statement in template.role_statements(role)
        if "logs:PutLogEvents" in statement["Action"]
    ]
    groups = template.of_type("AWS::Logs::LogGroup")
    return len(logged) == 4 and all(
        resource[0].get("Fn::GetAtt", [""])[0] in groups for resource in logged
    )


def _one_encrypted_artifact_store(template: Template) -> bool:
    pipeline = template.properties("Pipeline")
    store = pipeline.get("ArtifactStore", {})
    return "ArtifactStores" not in pipeline and store["EncryptionKey"]["Id"] == OWN_KEY


def _deploy_can_reach_codedeploy(template: Template) -> bool:
    kind = template.action("Deploy")["ActionTypeId"]
    needed = {
        "codedeploy:CreateDeployment": "deploymentgroup:",
        "codedeploy:GetDeployment": "deploymentgroup:",
        "codedeploy:GetDeploymentConfig": "deploymentconfig:",
        "codedeploy:RegisterApplicationRevision": "application:",
    }
    held = {
        action: str(statement["Resource"])
        for statement in template.role_statements("DeployerRole")
        for action in statement["Action"]
    }
    return (kind["Category"], kind["Provider"]) == ("Invoke", "Lambda") and all(
        shape in held.get(action, "") for action, shape in needed.items()
    )


def _build_is_reproducible(template: Template) -> bool:
    build = template.properties("BuildProject")["Source"]["BuildSpec"]
    versioned = template.properties("ArtifactBucket")["VersioningConfiguration"]["Status"]
    return "--require-hashes" in build and "releases/" in build and versioned == "Enabled"


def _buckets_are_whole(template: Template) -> bool:
    return all(
        "AccessControl" not in bucket
        and bucket["VersioningConfiguration"]["Status"] == "Enabled"
        and bucket["LifecycleConfiguration"]["Rules"]
        and all(bucket["PublicAccessBlockConfiguration"].values())
        and bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        for bucket in template.of_type("AWS::S3::Bucket").values()
    )


def _buckets_use_our_key(template: Template) -> bool:
    def rule(bucket: str) -> Json:
        encryption = template.properties(bucket)["BucketEncryption"]
        return encryption["ServerSideEncryptionConfiguration"][0]

    return all(
        rule(bucket)["ServerSideEncryptionByDefault"]
        == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": OWN_KEY}
        and rule(bucket)["BucketKeyEnabled"]
        for bucket in ("SourceBucket", "ArtifactBucket")
    )


def _an_upload_starts_the_pipeline(template: Template) -> bool:
    source = template.action("Source")["Configuration"]
    rule = template.properties("SourceRule")
    bucket = template.properties("SourceBucket")
    trusted = template.properties("TriggerRole")["AssumeRolePolicyDocument"]["Statement"][0]
    return (
        source["PollForSourceChanges"] == "false"
        and bucket["NotificationConfiguration"]["EventBridgeConfiguration"]["EventBridgeEnabled"]
        and rule["EventPattern"]["detail"]["object"]["key"] == [source["S3ObjectKey"]]
        and rule["Targets"][0]["RoleArn"] == {"Fn::GetAtt": ["TriggerRole", "Arn"]}
        and trusted["Principal"] == {"Service": "events.amazonaws.com"}
        and "codepipeline:StartPipelineExecution" in template.role_actions("TriggerRole")
        and "S3_OBJECT_VERSION_ID" in rule["Targets"][0]["InputTransformer"]["InputTemplate"]
    )


def _functions_are_traced(template: Template) -> bool:
    functions = template.of_type("AWS::Lambda::Function").values()
    return all(
        function["TracingConfig"] == {"Mode": "Active"}
        and "xray:PutTraceSegments" in template.role_actions(function["Role"]["Fn::GetAtt"][0])
        for function in functions
    )


def _codedeploy_has_its_target(template: Template) -> bool:
    alias = template.of_type("AWS::Lambda::Alias").get("LiveAlias", {})
    version = alias.get("FunctionVersion", {}).get("Fn::GetAtt", [""])[0]
    watched = template.properties("DeploymentGroup")["AlarmConfiguration"]
    return (
        version in template.of_type("AWS::Lambda::Version")
        and template.properties("Application")["ComputePlatform"] == "Lambda"
        and watched["Enabled"]
        and [alarm["Name"] for alarm in watched["Alarms"]] == [{"Ref": "RollbackAlarm"}]
    )


def _appspec_is_made_by_code(template: Template) -> bool:
    code = template.properties("Deployer")["Code"]["ZipFile"]
    shells = "\n".join(_buildspecs(template))
    return "AppSpecContent" in code and "appspec" not in shells.lower()


def _topic_hears(template: Template) -> bool:
    topic = template.properties("Notices")
    speakers = {"cloudwatch.amazonaws.com", "events.amazonaws.com"}

    def let_in(logical_id: str, actions: set[str]) -> set[str]:
        return {
            statement["Principal"]["Service"]
            for statement in template.statements(logical_id).values()
            if statement["Effect"] == "Allow"
            and set(statement["Action"]) >= actions
            and "Service" in statement["Principal"]
        }

    return (
        topic["KmsMasterKeyId"] == {"Fn::GetAtt": ["SnsKey", "Arn"]}
        and let_in("SnsKey", USE) == speakers
        and let_in("NoticesPolicy", {"sns:Publish"}) == speakers
    )


def _code_travels_inside(template: Template) -> bool:
    functions = template.of_type("AWS::Lambda::Function").values()
    return all(set(function["Code"]) == {"ZipFile"} for function in functions)


def _failing_commands_stop(template: Template) -> bool:
    for text in _buildspecs(template):
        for phase in yaml.safe_load(text)["phases"].values():
            for command in phase.get("commands", ()):
                if not isinstance(command, str):
                    return False
                lines = command.strip().splitlines()
                if len(lines) > 1 and lines[0] != "set -euo pipefail":
                    return False
    return True


def _permissions_stand_apart(template: Template) -> bool:
    roles = template.of_type("AWS::IAM::Role").values()
    return all("Policies" not in r and "ManagedPolicyArns" not in r for r in roles)


def _drop(resources: dict[str, Json], logical_id: str, sid: str) -> None:
    properties = resources[logical_id]["Properties"]
    for key in ("PolicyDocument", "KeyPolicy"):
        if key in properties:
            statements = properties[key]["Statement"]
            kept = [statement for statement in statements if statement["Sid"] != sid]
            assert len(kept) < len(statements), f"{logical_id} has no {sid}"
            properties[key]["Statement"] = kept


def _properties(resources: dict[str, Json], logical_id: str) -> dict[str, Json]:
    properties: dict[str, Json] = resources[logical_id]["Properties"]
    return properties


def _statement(resources: dict[str, Json], logical_id: str, sid: str) -> dict[str, Json]:
    statements = resources[logical_id]["Properties"]["PolicyDocument"]["Statement"]
    found: dict[str, Json] = next(s for s in statements if s["Sid"] == sid)
    return found


def _edit_buildspec(resources: dict[str, Json], old: str, new: str) -> None:
    source = resources["BuildProject"]["Properties"]["Source"]
    assert old in source["BuildSpec"]
    source["BuildSpec"] = source["BuildSpec"].replace(old, new)


def _first_action(resources: dict[str, Json], stage: str) -> dict[str, Json]:
    stages = resources["Pipeline"]["Properties"]["Stages"]
    found: dict[str, Json] = next(s for s in stages if s["Name"] == stage)["Actions"][0]
    return found


PROMISES = (
    Promise(
        number=1,
        sentence="a key has no kms:* and no kms:Create*, and can still be used through IAM",
        holds=_key_is_usable_and_narrow,
        breaks=lambda r: _drop(r, "S3Key", "UseThroughS3"),
    ),
    Promise(
        number=2,
        sentence="no action has a wildcard, and each resource wildcard carries its reason",
        holds=_every_wildcard_has_its_reason,
        breaks=lambda r: _statement(r, "BuildPolicy", "StoreReleases").update(Resource=["*"]),
    ),
    Promise(
        number=3,
        sentence="no shell writes an AppSpec, and the build's Python is in a current image",
        holds=_no_appspec_in_a_shell,
        breaks=lambda r: _properties(r, "BuildProject")["Environment"].update(
            EnvironmentVariables=[{"Name": "PYTHON_VERSION", "Value": "3.8"}]
        ),
    ),
    Promise(
        number=4,
        sentence="every role at source, artifacts or releases may use their key",
        holds=_roles_may_use_the_key,
        breaks=lambda r: _drop(r, "BuildPolicy", "UseKey"),
    ),
    Promise(
        number=5,
        sentence="every alarm tells the topic, and the rollback alarm can see a bad canary",
        holds=_alarms_are_heard,
        breaks=lambda r: _properties(r, "FunctionErrors").update(AlarmActions=[]),
    ),
    Promise(
        number=6,
        sentence="CodeDeploy itself rolls back; no rule guesses at its events",
        holds=_codedeploy_rolls_back,
        breaks=lambda r: _properties(r, "DeploymentGroup")["AutoRollbackConfiguration"].update(
            Events=["DEPLOYMENT_FAILURE"]
        ),
    ),
    Promise(
        number=7,
        sentence="every ARN is whole, and logs go to a group that the template makes",
        holds=_arns_are_whole,
        breaks=lambda r: _statement(r, "BuildPolicy", "WriteLog").update(
            Resource=["arn:aws:logs:us-east-1::log-group:/aws/codebuild/*"]
        ),
    ),
    Promise(
        number=8,
        sentence="the one artifact store is encrypted with our key",
        holds=_one_encrypted_artifact_store,
        breaks=lambda r: _properties(r, "Pipeline").update(ArtifactStores=[]),
    ),
    Promise(
        number=9,
        sentence="the deploy action can deploy to Lambda, with all three CodeDeploy ARN types",
        holds=_deploy_can_reach_codedeploy,
        breaks=lambda r: _first_action(r, "Deploy")["ActionTypeId"].update(
            Category="Deploy", Provider="CodeDeploy"
        ),
    ),
    Promise(
        number=10,
        sentence="dependencies are installed by hash, releases are stored by digest",
        holds=_build_is_reproducible,
        breaks=lambda r: _edit_buildspec(r, "--require-hashes", "--upgrade"),
    ),
    Promise(
        number=11,
        sentence="a bucket is versioned, private and owner-enforced, without ACLs",
        holds=_buckets_are_whole,
        breaks=lambda r: _properties(r, "SourceBucket").update(AccessControl="Private"),
    ),
    Promise(
        number=12,
        sentence="source and artifacts are encrypted with our key, and with a bucket key",
        holds=_buckets_use_our_key,
        breaks=lambda r: _properties(r, "ArtifactBucket")["BucketEncryption"].update(
            ServerSideEncryptionConfiguration=[
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        ),
    ),
    Promise(
        number=13,
        sentence="an upload of exactly the source starts the pipeline with exactly that version",
        holds=_an_upload_starts_the_pipeline,
        breaks=lambda r: _properties(r, "SourceRule")["Targets"][0].update(
            RoleArn={"Fn::GetAtt": ["PipelineRole", "Arn"]}
        ),
    ),
    Promise(
        number=14,
        sentence="every function is traced and may write its traces",
        holds=_functions_are_traced,
        breaks=lambda r: (
            _properties(r, "Function").pop("TracingConfig")
            and _properties(r, "Function").update(TracingConfig={"Mode": "PassThrough"})
        ),
    ),
    Promise(
        number=15,
        sentence="CodeDeploy finds an alias on a published version, and an alarm that exists",
        holds=_codedeploy_has_its_target,
        breaks=lambda r: r.pop("LiveAlias"),
    ),
    Promise(
        number=16,
        sentence="the AppSpec is made by code from published numbers",
        holds=_appspec_is_made_by_code,
        breaks=lambda r: _edit_buildspec(r, "phases:", "# cat > appspec.yml <<EOL\nphases:"),
    ),
    Promise(
        number=17,
        sentence="alarms and events may publish to the topic, and use its key",
        holds=_topic_hears,
        breaks=lambda r: _drop(r, "SnsKey", "PublishAlarms"),
    ),
    Promise(
        number=18,
        sentence="the functions' code travels inside the template",
        holds=_code_travels_inside,
        breaks=lambda r: _properties(r, "Function").update(Code={"S3Bucket": "b", "S3Key": "k"}),
    ),
    Promise(
        number=19,
        sentence="a failing command stops its phase, in the middle of a block too",
        holds=_failing_commands_stop,
        breaks=lambda r: _edit_buildspec(r, "set -euo pipefail", "set -x"),
    ),
    Promise(
        number=20,
        sentence="a role carries its trust alone, so nothing is circular",
        holds=_permissions_stand_apart,
        breaks=lambda r: _properties(r, "BuildRole").update(Policies=[]),
    ),
)
