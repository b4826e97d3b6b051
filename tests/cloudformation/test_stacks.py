"""What a template becomes: cases of its conditions, and the names and ARNs of its resources."""

from __future__ import annotations

from typing import Any

import pytest

from cicdgen.cloudformation import EXAMPLE, SOMEWHERE, Shape, Stack, Template, plain, stacks

REGION, HERE = "us-east-1:111122223333", "111122223333"


def _stack(resources: dict[str, Any]) -> Stack:
    return Stack(Template.read({"Resources": resources}), EXAMPLE)


def _arn(type_: str, **properties: Any) -> str:  # noqa: ANN401 - JSON
    return str(_stack({"It": {"Type": type_, "Properties": properties}}).resources["It"].arn)


@pytest.mark.parametrize(
    "type_, properties, expected",
    [
        ("AWS::S3::Bucket", {}, "arn:aws:s3:::${It}"),
        ("AWS::S3::Bucket", {"BucketName": "b"}, "arn:aws:s3:::b"),
        ("AWS::KMS::Key", {}, f"arn:aws:kms:{REGION}:key/${{It}}"),
        ("AWS::KMS::Alias", {"AliasName": "alias/x"}, f"arn:aws:kms:{REGION}:alias/x"),
        ("AWS::SNS::Topic", {"TopicName": "t"}, f"arn:aws:sns:{REGION}:t"),
        ("AWS::SQS::Queue", {}, f"arn:aws:sqs:{REGION}:${{It}}"),
        ("AWS::Lambda::Function", {"FunctionName": "f"}, f"arn:aws:lambda:{REGION}:function:f"),
        (
            "AWS::Lambda::Alias",
            {"FunctionName": "f", "Name": "live"},
            f"arn:aws:lambda:{REGION}:function:f:live",
        ),
        (
            "AWS::Lambda::Alias",
            {"FunctionName": f"arn:aws:lambda:{REGION}:function:f", "Name": "live"},
            f"arn:aws:lambda:{REGION}:function:f:live",
        ),
        (
            "AWS::Lambda::Version",
            {"FunctionName": "f"},
            f"arn:aws:lambda:{REGION}:function:f:${{It}}",
        ),
        ("AWS::IAM::Role", {"RoleName": "r"}, f"arn:aws:iam::{HERE}:role/r"),
        ("AWS::IAM::Role", {"RoleName": "r", "Path": "/ci/"}, f"arn:aws:iam::{HERE}:role/ci/r"),
        ("AWS::IAM::User", {"UserName": "u"}, f"arn:aws:iam::{HERE}:user/u"),
        ("AWS::IAM::ManagedPolicy", {}, f"arn:aws:iam::{HERE}:policy/${{It}}"),
        ("AWS::CodePipeline::Pipeline", {"Name": "p"}, f"arn:aws:codepipeline:{REGION}:p"),
        ("AWS::CodeBuild::Project", {"Name": "p"}, f"arn:aws:codebuild:{REGION}:project/p"),
        (
            "AWS::CodeDeploy::Application",
            {"ApplicationName": "a"},
            f"arn:aws:codedeploy:{REGION}:application:a",
        ),
        (
            "AWS::CodeDeploy::DeploymentGroup",
            {"ApplicationName": "a", "DeploymentGroupName": "g"},
            f"arn:aws:codedeploy:{REGION}:deploymentgroup:a/g",
        ),
        ("AWS::Events::Rule", {"Name": "r"}, f"arn:aws:events:{REGION}:rule/r"),
        (
            "AWS::Events::Rule",
            {"Name": "r", "EventBusName": f"arn:aws:events:{REGION}:event-bus/b"},
            f"arn:aws:events:{REGION}:rule/b/r",
        ),
        ("AWS::Logs::LogGroup", {"LogGroupName": "/g"}, f"arn:aws:logs:{REGION}:log-group:/g"),
        ("AWS::CloudWatch::Alarm", {"AlarmName": "a"}, f"arn:aws:cloudwatch:{REGION}:alarm:a"),
        ("AWS::DynamoDB::Table", {"TableName": "t"}, f"arn:aws:dynamodb:{REGION}:table/t"),
        (
            "AWS::SecretsManager::Secret",
            {"Name": "s"},
            f"arn:aws:secretsmanager:{REGION}:secret:s-${{It suffix}}",
        ),
        ("AWS::SSM::Parameter", {"Name": "/a/b"}, f"arn:aws:ssm:{REGION}:parameter/a/b"),
        (
            "AWS::IAM::OIDCProvider",
            {"Url": "https://ci.example"},
            f"arn:aws:iam::{HERE}:oidc-provider/ci.example",
        ),
        ("Custom::Thing", {}, "${It ARN}"),
    ],
)
def test_a_resource_has_its_arn(type_: str, properties: dict[str, Any], expected: str) -> None:
    """An ARN is built from the given name, or from a token for the generated one."""
    assert expected == _arn(type_, **properties)


def test_the_attribute_arn_of_a_log_group_covers_its_streams() -> None:
    """`Fn::GetAtt` of a log group ends in `:*`, its ARN does not."""
    group = _stack({"G": {"Type": "AWS::Logs::LogGroup"}}).resources["G"]

    assert str(group.attribute("Arn")) == f"arn:aws:logs:{REGION}:log-group:${{G}}:*"


def test_nothing_is_assumed_of_an_account_that_is_not_given() -> None:
    """Partition, region and account stay tokens, and equal ones."""
    stack = Stack(Template.read({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}), SOMEWHERE)

    assert (
        str(stack.resources["T"].arn)
        == "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${T}"
    )


def test_resources_that_name_each_other_do_not_go_round_in_circles() -> None:
    """A template that cannot be deployed is still read."""
    stack = _stack(
        {
            "A": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "B"}}},
            "B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "A"}}},
        }
    )

    assert plain(stack.resources["A"].properties["BucketName"]) == "${B.BucketName}"


def _cases(conditions: dict[str, Any], parameters: dict[str, Any] | None = None) -> list[Any]:
    template = Template.read(
        {
            "Parameters": parameters or {"Env": {"Type": "String"}},
            "Conditions": conditions,
            "Resources": {
                f"R{name}": {"Type": "AWS::S3::Bucket", "Condition": name} for name in conditions
            },
        }
    )
    return [dict(stack.conditions) for stack in stacks(template, SOMEWHERE)]


PROD, DEV = ({"Fn::Equals": [{"Ref": "Env"}, value]} for value in ("prod", "dev"))


def test_a_template_without_conditions_is_one_stack() -> None:
    """Nothing open, one case."""
    assert _cases({}) == [{}]
    assert _cases({"Known": {"Fn::Equals": ["a", "a"]}}) == [{"Known": True}]


def test_a_parameter_takes_each_value_asked_about_and_another() -> None:
    """Conditions on one parameter are never all true at once."""
    assert _cases({"Prod": PROD, "Dev": DEV}) == [
        {"Prod": False, "Dev": True},
        {"Prod": True, "Dev": False},
        {"Prod": False, "Dev": False},
    ]


def test_a_parameter_takes_only_allowed_values() -> None:
    """With `AllowedValues` there is no other value."""
    allowed = {"Env": {"Type": "String", "AllowedValues": ["dev", "prod"]}}

    assert _cases({"Prod": PROD}, allowed) == [{"Prod": True}, {"Prod": False}]
    assert _cases({"Odd": {"Fn::Equals": [{"Ref": "Env"}, "odd"]}}, allowed) == [{"Odd": False}]


def test_the_only_other_value_is_known() -> None:
    """Of two allowed values, a parameter that is not the one is the other."""
    template = Template.read(
        {
            "Parameters": {"Env": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
            "Conditions": {"Prod": PROD},
            "Resources": {
                "B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Env"}}},
                "P": {"Type": "AWS::S3::Bucket", "Condition": "Prod"},
            },
        }
    )

    assert [str(stack.resources["B"].name) for stack in stacks(template)] == ["prod", "dev"]


def test_conditions_are_computed() -> None:
    """`Fn::Not`, `Fn::And`, `Fn::Or` and `Condition` follow from what is taken for granted."""
    found = _cases(
        {
            "Prod": PROD,
            "Not": {"Fn::Not": [{"Condition": "Prod"}]},
            "And": {"Fn::And": [{"Condition": "Prod"}, {"Condition": "Not"}]},
            "Or": {"Fn::Or": [{"Condition": "Prod"}, {"Condition": "Not"}]},
        }
    )

    assert found == [
        {"Prod": True, "Not": False, "And": False, "Or": True},
        {"Prod": False, "Not": True, "And": False, "Or": True},
    ]


def test_a_resource_exists_where_its_condition_holds() -> None:
    """A stack has the resources of its case only, with the parameter's value filled in."""
    template = Template.read(
        {
            "Parameters": {"Env": {"Type": "String"}},
            "Conditions": {"Prod": PROD},
            "Resources": {
                "A": {"Type": "AWS::S3::Bucket", "Condition": "Prod"},
                "B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Env"}}},
            },
        }
    )
    prod, other = stacks(template, SOMEWHERE)

    assert list(prod.resources) == ["A", "B"]
    assert str(prod.resources["B"].arn) == "arn:${AWS::Partition}:s3:::prod"
    assert list(other.resources) == ["B"]
    assert str(other.resources["B"].arn) == "arn:${AWS::Partition}:s3:::${Env}"


def test_a_given_parameter_leaves_one_case() -> None:
    """Whoever knows the parameters gets the one stack that they make."""
    template = Template.read(
        {
            "Parameters": {"Env": {"Type": "String", "Default": "dev"}},
            "Conditions": {"Prod": PROD},
            "Resources": {"A": {"Type": "AWS::S3::Bucket", "Condition": "Prod"}},
        }
    )

    assert [list(s.resources) for s in stacks(template, EXAMPLE, {"Env": "prod"})] == [["A"]]
    assert [list(s.resources) for s in stacks(template, EXAMPLE, template.defaults)] == [[]]


def test_too_many_cases_leave_conditions_open() -> None:
    """Past 64 cases a condition is open: a resource under it may or may not exist."""
    names = [f"P{i}" for i in range(8)]
    template = Template.read(
        {
            "Parameters": {name: {"Type": "String"} for name in names},
            "Conditions": {f"C{n}": {"Fn::Equals": [{"Ref": n}, "x"]} for n in names},
            "Resources": {
                f"R{n}": {"Type": "AWS::S3::Bucket", "Condition": f"C{n}"} for n in names
            },
        }
    )
    found = stacks(template, SOMEWHERE)

    assert len(found) == 64
    assert found[0].resources["RP0"].exists is True
    assert found[0].resources["RP7"].exists is None


def test_conditions_that_decide_about_nothing_make_no_cases() -> None:
    """CDK asks for two dozen regions to place its metadata: no rule is about that."""
    regions = [{"Fn::Equals": [{"Ref": "AWS::Region"}, f"r{i}"]} for i in range(24)]
    template = Template.read(
        {
            "Conditions": {"CDKMetadataAvailable": {"Fn::Or": regions}},
            "Resources": {"M": {"Type": "AWS::CDK::Metadata", "Condition": "CDKMetadataAvailable"}},
        }
    )

    assert len(stacks(template, SOMEWHERE)) == 1


def test_a_condition_that_is_defined_by_itself_stays_open() -> None:
    """A circle of conditions is an error that others report; here it is merely not known."""
    assert _cases({"A": {"Condition": "B"}, "B": {"Condition": "A"}}) == [{"A": None, "B": None}]


@pytest.mark.parametrize("body", [{}, {"Resources": []}, {"Resources": {"A": "x", "B": {}}}])
def test_a_template_that_is_none_has_no_resources(body: dict[str, Any]) -> None:
    """Whatever is read, nothing breaks."""
    assert [dict(stack.resources) for stack in stacks(Template.read(body))] == [{}]


def test_generated_names_are_tokens_of_their_own() -> None:
    """Two resources never share a generated name."""
    stack = _stack({"A": {"Type": "AWS::S3::Bucket"}, "B": {"Type": "AWS::S3::Bucket"}})
    one, other = (stack.resources[name].name for name in "AB")

    assert one.equals(other) is False
    assert one.only is not None
    assert one.only.shape is Shape.MADE
