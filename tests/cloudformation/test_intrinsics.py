"""Intrinsic functions, resolved as far as the template allows."""

from __future__ import annotations

from typing import Any

import pytest

from cicdgen.cloudformation import EXAMPLE, Stack, Template, Text, plain, written
from cicdgen.cloudformation.intrinsics import resolved

TEMPLATE = Template.read(
    {
        "Parameters": {
            "Env": {"Type": "String", "Default": "dev"},
            "Zones": {"Type": "CommaDelimitedList"},
            "Ami": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/ami"},
            "Size": {"Type": "Number"},
        },
        "Mappings": {
            "ByRegion": {"us-east-1": {"Name": "a"}, "eu-west-1": {"Name": "b"}},
            "Same": {"x": {"Key": "v"}, "y": {"Key": "v"}},
        },
        "Conditions": {"Open": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}, "Yes": True, "No": False},
        "Resources": {
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "Named": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"BucketName": {"Fn::Sub": "n-${Env}"}},
            },
            "Custom": {"Type": "Custom::Thing"},
        },
    }
)
STACK = Stack(TEMPLATE, EXAMPLE)
ARN = "arn:aws:s3:::${Bucket}"

VALUES: list[tuple[Any, Any]] = [
    ({"Ref": "AWS::AccountId"}, "111122223333"),
    ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
    ({"Ref": "Env"}, "${Env}"),
    ({"Ref": "Ami"}, "${Ami}"),
    ({"Ref": "Bucket"}, "${Bucket}"),
    ({"Ref": "Named"}, "n-${Env}"),
    ({"Ref": "Nowhere"}, "${Nowhere}"),
    ({"Fn::GetAtt": ["Bucket", "Arn"]}, ARN),
    ({"Fn::GetAtt": "Bucket.Arn"}, ARN),
    ({"Fn::GetAtt": ["Custom", "Arn"]}, "${Custom.Arn}"),
    ({"Fn::GetAtt": ["Bucket", "WebsiteURL"]}, "${Bucket.WebsiteURL}"),
    ({"Fn::Sub": "${Bucket.Arn}/${!aws:username}/*"}, ARN + "/${aws:username}/*"),
    ({"Fn::Sub": "arn:${AWS::Partition}:s3:::${Named}"}, "arn:aws:s3:::n-${Env}"),
    ({"Fn::Sub": ["${A}-${B}", {"A": "x", "B": {"Ref": "Env"}}]}, "x-${Env}"),
    ({"Fn::Sub": "{{resolve:ssm:/x:1}}/y"}, "${{{resolve:ssm:/x:1}}}/y"),
    ({"Fn::Join": ["", ["arn:aws:s3:::", {"Ref": "Bucket"}, "/*"]]}, ARN + "/*"),
    ({"Fn::Join": [":", ["a", 1, True]]}, "a:1:true"),
    ({"Fn::Join": [",", {"Ref": "Zones"}]}, None),
    ({"Fn::Split": [":", "a:b:c"]}, ["a", "b", "c"]),
    ({"Fn::Select": [4, {"Fn::Split": [":", {"Fn::GetAtt": ["Bucket", "Arn"]}]}]}, ""),
    ({"Fn::Select": ["5", {"Fn::Split": [":", {"Fn::GetAtt": ["Bucket", "Arn"]}]}]}, "${Bucket}"),
    ({"Fn::Select": [0, {"Fn::Split": [":", {"Fn::Sub": "a:${Env}:c"}]}]}, "a"),
    ({"Fn::Select": [2, {"Fn::Split": [":", {"Fn::Sub": "a:${Env}:c"}]}]}, None),
    ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, None),
    ({"Fn::Select": [7, ["a"]]}, None),
    ({"Fn::FindInMap": ["ByRegion", {"Ref": "AWS::Region"}, "Name"]}, "a"),
    ({"Fn::FindInMap": ["ByRegion", {"Ref": "Env"}, "Name"]}, None),
    ({"Fn::FindInMap": ["Same", {"Ref": "Env"}, "Key"]}, "v"),
    ({"Fn::FindInMap": ["Nowhere", "a", "b"]}, None),
    ({"Fn::ImportValue": {"Fn::Sub": "${Env}-key"}}, "${import ${Env}-key}"),
    ({"Fn::Base64": "hello"}, "aGVsbG8="),
    ({"Fn::Base64": {"Ref": "Env"}}, None),
    ({"Fn::Cidr": ["10.0.0.0/16", 6, 8]}, None),
    ({"Fn::Transform": {"Name": "AWS::Include"}}, None),
    ({"Fn::Length": ["a", "b"]}, 2),
    ({"Fn::ToJsonString": {"a": [{"Ref": "Env"}, 1]}}, '{"a": ["${Env}", 1]}'),
    ({"Fn::If": ["Yes", "a", "b"]}, "a"),
    ({"Fn::If": ["No", "a", "b"]}, "b"),
    ({"Fn::If": ["Open", "a", "b"]}, None),
    ({"Fn::If": ["Open", "a", "a"]}, "a"),
    ({"Fn::If": ["Yes"]}, None),
    ([{"Ref": "AWS::NoValue"}, "a", {"Fn::If": ["No", "b", {"Ref": "AWS::NoValue"}]}], ["a"]),
    ({"A": {"Ref": "AWS::NoValue"}, "B": None}, {"B": None}),
    ({"A": 1, "B": [True, 0.5]}, {"A": 1, "B": [True, 0.5]}),
    ({"Condition": "Yes"}, {"Condition": "Yes"}),
]


@pytest.mark.parametrize("value, expected", VALUES)
def test_a_function_resolves(value: Any, expected: Any) -> None:  # noqa: ANN401 - JSON
    """Each function gives its value, or a token (None in the table) where nobody can know it."""
    result = resolved(value, (), STACK)

    if expected is None:
        assert isinstance(result, Text)
        assert result.only is not None
        assert result.only.because
    else:
        assert expected == plain(result)


@pytest.mark.parametrize("value", [value for value, expected in VALUES if expected is None])
def test_the_same_expression_is_the_same_token(value: Any) -> None:  # noqa: ANN401 - JSON
    """What is not known is equal to itself, wherever it stands."""
    assert resolved(value, ("a",), STACK) == resolved(value, ("b",), Stack(TEMPLATE, EXAMPLE))


def test_values_of_parameters_are_used() -> None:
    """A parameter with a value is that value; a list is a list; a looked-up one stays unknown."""
    stack = Stack(TEMPLATE, EXAMPLE, {"Env": "prod", "Zones": "a, b", "Ami": "/ami"})

    assert plain(resolved({"Ref": "Env"}, (), stack)) == "prod"
    assert plain(resolved({"Ref": "Zones"}, (), stack)) == ["a", "b"]
    assert plain(resolved({"Ref": "Ami"}, (), stack)) == "${Ami}"
    assert {"Env": "dev"} == TEMPLATE.defaults


def test_members_know_where_they_were_written() -> None:
    """Members keep their place in the template, past what `AWS::NoValue` and `Fn::If` remove."""
    value = {"Action": [{"Ref": "AWS::NoValue"}, {"Fn::If": ["Yes", ["a"], "b"]}]}
    result: Any = resolved(value, ("Resources", "R"), STACK)
    places = [written(path) for path, _ in result["Action"].located()]

    assert places == ["Resources.R.Action[1]"]
    assert [written(path) for path, _ in result["Action"][0].located()] == [
        "Resources.R.Action[1].Fn::If[1][0]"
    ]
