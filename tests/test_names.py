"""Every physical name stays within its service's limit, for every valid config.

Names are read from the rendered template, so that one which is spelt elsewhere is measured too. A
limit is of the API that takes the name; botocore's models, S3's user guide and the SQS and SNS API
references have them.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from tests.configs import minimal_config
from tests.reading import Template
from tests.strategies import configs

from cicdgen.names import Names
from cicdgen.template import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.config.schema import Config


class Limit(NamedTuple):
    """How long a name may be, of what, and where AWS says so."""

    longest: int
    pattern: str
    source: str


LIMITS = {
    ("AWS::S3::Bucket", "BucketName"): Limit(
        63, r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]+[a-z0-9]", "s3/bucketnamingrules"
    ),
    ("AWS::IAM::Role", "RoleName"): Limit(64, r"[A-Za-z0-9_+=,.@-]+", "IAM/API_CreateRole"),
    ("AWS::IAM::Policy", "PolicyName"): Limit(128, r"[A-Za-z0-9_+=,.@-]+", "IAM/API_PutRolePolicy"),
    ("AWS::KMS::Alias", "AliasName"): Limit(
        256, r"alias/(?!aws/)[A-Za-z0-9/_-]+", "kms/API_CreateAlias"
    ),
    ("AWS::Lambda::Function", "FunctionName"): Limit(
        64, r"[A-Za-z0-9_-]+", "lambda/API_CreateFunction"
    ),
    ("AWS::Lambda::Alias", "Name"): Limit(
        128, r"(?![0-9]+\Z)[A-Za-z0-9_-]+", "lambda/API_CreateAlias"
    ),
    ("AWS::SQS::Queue", "QueueName"): Limit(
        80, r"[A-Za-z0-9_-]+", "AWSSimpleQueueService/API_CreateQueue"
    ),
    ("AWS::SNS::Topic", "TopicName"): Limit(256, r"[A-Za-z0-9_-]+", "sns/API_CreateTopic"),
    ("AWS::Logs::LogGroup", "LogGroupName"): Limit(
        512, r"(?!aws/)[._/#A-Za-z0-9-]+", "AmazonCloudWatchLogs/API_CreateLogGroup"
    ),
    ("AWS::CloudWatch::Alarm", "AlarmName"): Limit(
        255, r"[ -~]+", "AmazonCloudWatch/API_PutMetricAlarm"
    ),
    ("AWS::CodeBuild::Project", "Name"): Limit(
        150, r"[A-Za-z0-9][A-Za-z0-9_-]+", "codebuild/API_CreateProject"
    ),
    ("AWS::CodeDeploy::Application", "ApplicationName"): Limit(
        100, r"[A-Za-z0-9+=,.@_-]+", "codedeploy/API_CreateApplication"
    ),
    ("AWS::CodeDeploy::DeploymentGroup", "DeploymentGroupName"): Limit(
        100, r"[A-Za-z0-9+=,.@_-]+", "codedeploy/API_CreateDeploymentGroup"
    ),
    ("AWS::CodePipeline::Pipeline", "Name"): Limit(
        100, r"[A-Za-z0-9.@_-]+", "codepipeline/API_PipelineDeclaration"
    ),
    ("AWS::Events::Rule", "Name"): Limit(64, r"[._A-Za-z0-9-]+", "eventbridge/API_PutRule"),
}
DESCRIPTIONS = {
    ("AWS::Lambda::Function", "Description"): Limit(256, r".*", "lambda/API_CreateFunction"),
    ("AWS::Events::Rule", "Description"): Limit(512, r".*", "eventbridge/API_PutRule"),
    ("AWS::KMS::Key", "Description"): Limit(8192, r".*", "kms/API_CreateKey"),
    ("AWS::CloudWatch::Alarm", "AlarmDescription"): Limit(
        1024, r".*", "AmazonCloudWatch/API_PutMetricAlarm"
    ),
}
# What names something that is not ours to name.
FOREIGN = {
    ("AWS::CloudWatch::Alarm", "MetricName"),
    ("AWS::CodeDeploy::DeploymentGroup", "DeploymentConfigName"),
}
ACCOUNT = "123456789012"
LONGEST_REGION = "ap-southeast-3"
LONGEST = minimal_config(
    project="p" * 20,
    env="prod",
    source={"object_key": f"{'k' * 508}.zip"},
    function={"handler": f"index.{'h' * 122}"},
    release={"tolerated_error_percent": 33.33333333333333},
)


def _text(value: object) -> str | None:
    """The name as AWS gets it; None where another resource names it."""
    match value:
        case str():
            text = value
        case {"Fn::Sub": str(text)}:
            pass
        case _:
            return None
    return text.replace("${AWS::AccountId}", ACCOUNT).replace("${AWS::Region}", LONGEST_REGION)


def _properties(template: Template, suffix: str) -> Iterator[tuple[tuple[str, str], str]]:
    for resource in template.resources.values():
        for key, value in resource["Properties"].items():
            text = _text(value) if key.endswith(suffix) else None
            if text is not None:
                yield (resource["Type"], key), text


def _broken(name: str, limit: Limit) -> bool:
    return len(name) > limit.longest or not re.fullmatch(limit.pattern, name, re.DOTALL)


ANY_CONFIG = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # fmt: skip


@given(config=configs())
@example(config=LONGEST)
@ANY_CONFIG
def test_names_are_within_their_services_limits(config: Config) -> None:
    """Each name is one that its service takes; a kind of name that nobody limited is an error."""
    names = [
        pair for pair in _properties(Template(render(config)), "Name") if pair[0] not in FOREIGN
    ]

    assert [(kind, name) for kind, name in names if _broken(name, LIMITS[kind])] == []
    assert len(names) > 30


@given(config=configs())
@example(config=LONGEST)
@ANY_CONFIG
def test_descriptions_are_within_their_services_limits(config: Config) -> None:
    """So are descriptions, whatever of the config they repeat."""
    described = list(_properties(Template(render(config)), "Description"))

    assert [pair for pair in described if _broken(pair[1], DESCRIPTIONS[pair[0]])] == []
    assert described


def _inside(template: Template) -> Iterator[tuple[str, Limit]]:
    """Names that lie deeper than a resource's properties, and those of the template itself."""
    action = Limit(100, r"[A-Za-z0-9.@_-]+", "codepipeline/API_ActionDeclaration")
    artifact = Limit(100, r"[A-Za-z0-9_-]+", "codepipeline/API_OutputArtifact")
    target = Limit(64, r"[._A-Za-z0-9-]+", "eventbridge/API_Target")
    logical = Limit(255, r"[A-Za-z0-9]+", "AWSCloudFormation/resources-section-structure")
    for stage in template.properties("Pipeline")["Stages"]:
        yield stage["Name"], action
        for step in stage["Actions"]:
            yield step["Name"], action
            for output in step.get("OutputArtifacts", []):
                yield output["Name"], artifact
    for rule in template.of_type("AWS::Events::Rule").values():
        for to in rule["Targets"]:
            yield to["Id"], target
    for title in (*template.resources, *template.document["Outputs"]):
        yield title, logical
    yield (
        template.document["Description"],
        Limit(1024, r".*", "AWSCloudFormation/template-description-structure"),
    )


@given(config=configs())
@example(config=LONGEST)
@ANY_CONFIG
def test_names_inside_are_within_their_limits(config: Config) -> None:
    """Stages, actions, artifacts, targets, logical ids and the template's description too."""
    names = list(_inside(Template(render(config))))

    assert [pair for pair in names if _broken(*pair)] == []


@given(config=configs())
@example(config=LONGEST)
def test_the_report_group_that_codebuild_makes_is_within_its_limit(config: Config) -> None:
    """`project-report` names it; it has 128 characters (codebuild/API_CreateReportGroup)."""
    name = Names(config.prefix).test_report_group

    assert 2 <= len(name) <= 128


@given(config=configs())
@ANY_CONFIG
def test_no_two_resources_of_a_type_share_a_name(config: Config) -> None:
    """Within one stack, and policies of one role apart, a name is one resource's."""
    names = [
        pair
        for pair in _properties(Template(render(config)), "Name")
        if pair[0] not in FOREIGN and pair[0] != ("AWS::IAM::Policy", "PolicyName")
    ]

    assert len(names) == len(set(names))


def test_the_longest_config_is_the_longest() -> None:
    """Its bucket has all 63 characters: one more in any part would be too many."""
    buckets = [
        name
        for kind, name in _properties(Template(render(LONGEST)), "Name")
        if kind == ("AWS::S3::Bucket", "BucketName")
    ]

    assert 63 == max(len(name) for name in buckets)


def _regions() -> dict[str, str]:
    """Every region that botocore knows, with its partition."""
    text = (files("botocore") / "data" / "endpoints.json").read_text(encoding="utf-8")
    return {
        region: partition["partition"]
        for partition in json.loads(text)["partitions"]
        for region in partition["regions"]
    }


def test_no_public_region_has_a_longer_name() -> None:
    """The room that buckets leave for a region is the longest one's of the public partitions."""
    public = [name for name, partition in _regions().items() if partition in PUBLIC]

    assert len(LONGEST_REGION) == max(map(len, public))
    assert len(public) > 30


PUBLIC = ("aws", "aws-cn", "aws-us-gov", "aws-eusc")

EXTREMES = [
    pytest.param("p" * 20, "prod", id="long project"),
    pytest.param("p", "e" * 23, id="long environment"),
    pytest.param("a-b-c-d-e-f-g-h-i-j", "a-b-c", id="hyphens"),
    pytest.param("p", "e", id="shortest"),
]


@pytest.mark.parametrize("project, env", EXTREMES)
def test_extreme_names_are_within_their_limits(project: str, env: str) -> None:
    """The ends of what a person may choose, without luck."""
    template = Template(render(minimal_config(project=project, env=env)))
    names = [pair for pair in _properties(template, "Name") if pair[0] not in FOREIGN]

    assert [(kind, name) for kind, name in names if _broken(name, LIMITS[kind])] == []


SCHEMAS = files("cfnlint") / "data" / "schemas"


def _schema(kind: str) -> dict[str, Any]:
    digest = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())[kind]
    found: dict[str, Any] = json.loads((SCHEMAS / "resources" / f"{digest}.json").read_text())
    return found


@pytest.mark.parametrize("kind, key", LIMITS | DESCRIPTIONS)
def test_the_limits_agree_with_cloudformations_schemas(kind: str, key: str) -> None:
    """Where CloudFormation states a length too, this table is no laxer."""
    stated = _schema(kind)["properties"][key].get("maxLength")

    assert stated is None or stated >= (LIMITS | DESCRIPTIONS)[kind, key].longest


def test_every_limit_is_used_or_known_to_be_spare() -> None:
    """A row that measures nothing would look like a check: those that do are listed."""
    template = Template(render(LONGEST))
    used = {kind for kind, _ in _properties(template, "Name")} - FOREIGN

    assert SPARE == set(LIMITS) - used


SPARE = {("AWS::IAM::Role", "RoleName"), ("AWS::KMS::Alias", "AliasName")}
"""Roles and keys have no names of their own; the rows wait for the day that they get some."""

SAMPLE = Path(__file__).parents[1] / "templates"


@pytest.mark.parametrize("path", sorted(SAMPLE.glob("*.json")), ids=lambda path: path.stem)
def test_the_committed_templates_too(path: Path) -> None:
    """What is committed for review holds the same limits."""
    template = Template(path.read_text(encoding="utf-8"))
    names = [pair for pair in _properties(template, "Name") if pair[0] not in FOREIGN]

    assert [(kind, name) for kind, name in names if _broken(name, LIMITS[kind])] == []
