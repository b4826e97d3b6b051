"""What is done to a resource, which property forces it, and what is dangerous about it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from tests.diff.bodies import BUCKET, TLS, allow, bucket, document, resource, template, with_bucket

from cicdgen.diff import Danger, Effect, compare
from cicdgen.diff.replacement import traits

Body = dict[str, Any]


def _only(before: Body, after: Body) -> Any:  # noqa: ANN401 - a ResourceChange, or the test fails
    (change,) = compare(before, after).resources
    return change


def _queue(**properties: object) -> Body:
    return template(Queue=resource("AWS::SQS::Queue", **properties))


def _change(kind: str, before: Body, after: Body) -> Any:  # noqa: ANN401 - as above
    return _only(template(It=resource(kind, **before)), template(It=resource(kind, **after)))


@pytest.mark.parametrize(
    "kind,before,after,effect",
    [
        pytest.param("AWS::SQS::Queue", {"DelaySeconds": 1}, {"DelaySeconds": 2}, Effect.CHANGE,
                     id="a property that is changed in place"),
        pytest.param("AWS::SQS::Queue", {"QueueName": "a"}, {"QueueName": "b"}, Effect.REPLACE,
                     id="a name"),
        pytest.param("AWS::SQS::Queue", {}, {"QueueName": "b"}, Effect.REPLACE,
                     id="a name where there was none"),
        pytest.param("AWS::IAM::Role", {"Path": "/a/"}, {"Path": "/b/"}, Effect.REPLACE,
                     id="a path"),
        pytest.param("AWS::RDS::DBInstance", {"Engine": "a"}, {"Engine": "b"},
                     Effect.MAYBE_REPLACE, id="under conditions"),
        pytest.param("Custom::Own", {"A": "1"}, {"A": "2"}, Effect.MAYBE_REPLACE,
                     id="a type without a schema"),
        pytest.param("AWS::Lambda::Function", {"TenancyConfig": {"TenantIsolationMode": "A"}},
                     {"TenancyConfig": {"TenantIsolationMode": "B"}}, Effect.REPLACE,
                     id="inside a create-only property"),
        pytest.param("AWS::EC2::Instance", {"NetworkInterfaces": [{"DeviceIndex": "0"}]},
                     {"NetworkInterfaces": [{"DeviceIndex": "1"}]}, Effect.REPLACE,
                     id="inside a create-only list"),
    ],
)  # fmt: skip
def test_what_forces_a_replacement(kind: str, before: Body, after: Body, effect: Effect) -> None:
    """The schema's create-only properties decide."""
    change = _change(kind, before, after)

    assert effect is change.effect
    assert (effect is Effect.REPLACE) == any(each.forces_replacement for each in change.properties)


def test_resolved_values_are_compared() -> None:
    """The same value in another function is no change; a default that changes is one."""
    joined = {"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}
    filled = {"Fn::Sub": "a-${AWS::Region}"}
    named = {"Parameters": {"Name": {"Type": "String", "Default": "a"}},
             **_queue(QueueName={"Ref": "Name"})}  # fmt: skip
    other = {**named, "Parameters": {"Name": {"Type": "String", "Default": "b"}}}

    assert compare(_queue(QueueName=joined), _queue(QueueName=filled)).is_empty
    assert Effect.REPLACE is _only(named, other).effect
    assert compare(named, named, after_parameters={"Name": "b"}).resources


def test_a_token_that_is_forgotten_is_seen() -> None:
    """Text that only looks like a filled-in token is not the same, and does not look the same."""
    change = _only(
        _queue(QueueName={"Fn::Sub": "a-${AWS::Region}"}), _queue(QueueName="a-${AWS::Region}")
    )

    assert ("a-${AWS::Region}", "a-${!AWS::Region}") == (
        change.properties[0].before,
        change.properties[0].after,
    )


def test_numbers_and_strings_of_them_are_the_same() -> None:
    """CloudFormation does not tell `1` from `"1"`, nor `true` from `"true"`."""
    assert compare(_queue(DelaySeconds=1, FifoQueue=True),
                   _queue(DelaySeconds="1", FifoQueue="true")).is_empty  # fmt: skip


def test_every_case_of_an_open_condition_is_compared() -> None:
    """What changes only where a condition holds is a change."""
    before = _queue(DelaySeconds={"Fn::If": ["Prod", 1, 2]})
    before["Parameters"] = {"Env": {"Type": "String"}}
    before["Conditions"] = {"Prod": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}}
    after = deepcopy(before)
    after["Resources"]["Queue"]["Properties"]["DelaySeconds"]["Fn::If"][1] = 3

    change = _only(before, after)

    assert [(1, 3)] == [(each.before, each.after) for each in change.properties]


def test_a_condition_that_cannot_be_decided_hides_nothing() -> None:
    """With more open conditions than can be tried, what they hide is compared as written."""
    names = [f"C{number}" for number in range(9)]
    before = _queue(DelaySeconds={"Fn::If": ["C8", 1, 2]}, Tags=[
        {"Key": name, "Value": {"Fn::If": [name, "a", "b"]}} for name in names])  # fmt: skip
    before["Parameters"] = {name: {"Type": "String"} for name in names}
    before["Conditions"] = {name: {"Fn::Equals": [{"Ref": name}, "x"]} for name in names}
    after = deepcopy(before)
    after["Resources"]["Queue"]["Properties"]["DelaySeconds"]["Fn::If"][1] = 3

    assert Effect.CHANGE is _only(before, after).effect


def _network(block: str) -> Body:
    network = resource("AWS::EC2::VPC", CidrBlock=block)
    part = resource("AWS::EC2::Subnet", VpcId={"Ref": "Network"}, CidrBlock="10.0.0.0/24")
    told = resource("AWS::SSM::Parameter", Type="String", Value={"Fn::Sub": "is ${Network}"})
    return template(Network=network, Part=part, Told=told)


def test_a_replacement_reaches_whoever_refers_to_it() -> None:
    """Its id is made up anew: what refers to it changes, and is replaced where that forces it."""
    found = {
        each.logical_id: each
        for each in compare(_network("10.0.0.0/16"), _network("10.0.0.0/20")).resources
    }

    assert Effect.REPLACE is found["Part"].effect
    assert Effect.CHANGE is found["Told"].effect
    assert [("is ${Network}", "(known after deploy)")] == [
        (each.before, each.after) for each in found["Told"].properties
    ]


def test_another_logical_id_is_a_deletion_and_an_addition() -> None:
    """CloudFormation knows a resource by its logical id."""
    found = compare(template(A=bucket()), template(B=bucket()))

    assert {("A", Effect.DELETE), ("B", Effect.ADD)} == {
        (each.logical_id, each.effect) for each in found.resources
    }


def test_another_type_is_a_deletion_and_an_addition() -> None:
    """A resource cannot change its type."""
    found = compare(_queue(), template(Queue=resource("AWS::SNS::Topic")))

    assert [Effect.DELETE, Effect.ADD] == [each.effect for each in found.resources]


def test_lists_without_order_are_compared_as_sets() -> None:
    """Tags have no order, and the schema says of which lists else that is so."""
    one, other = {"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}

    assert compare(_queue(Tags=[one, other]), _queue(Tags=[other, one])).is_empty
    arns = ["arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B"]
    one_way, other_way = (
        template(It=resource("AWS::IAM::Role", ManagedPolicyArns=each))
        for each in (arns, arns[::-1])
    )
    assert compare(one_way, other_way).is_empty


def test_lists_with_an_order_are_compared_in_it() -> None:
    """Stages of a pipeline in another order are another pipeline."""
    stages = [{"Name": "A", "Actions": []}, {"Name": "B", "Actions": []}]

    change = _change("AWS::CodePipeline::Pipeline", {"Stages": stages}, {"Stages": stages[::-1]})

    assert [(["A", "B"], ["B", "A"])] == [(each.before, each.after) for each in change.properties]


def test_what_is_the_same_is_counted() -> None:
    """Hidden, and said so."""
    found = compare(_queue(DelaySeconds=1, QueueName="q"), _queue(DelaySeconds=2, QueueName="q"))

    assert (1, 0) == (found.resources[0].unchanged, found.unchanged)


_KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


@pytest.mark.parametrize(
    "before,after,dangers",
    [
        pytest.param(template(A=bucket()), template(), {Danger.DELETE_STATEFUL}, id="deleted"),
        pytest.param(template(A={**bucket(), **_KEPT}), template(), set(), id="left behind"),
        pytest.param(template(A=resource("AWS::SNS::Subscription")), template(), set(),
                     id="nothing to lose"),
        pytest.param(template(A=bucket()), template(A=bucket(BucketName="b")),
                     {Danger.REPLACE_STATEFUL}, id="replaced"),
        pytest.param(template(A={**bucket(), **_KEPT}), template(A=bucket()),
                     {Danger.DROP_PROTECTION}, id="deletion policy dropped"),
        pytest.param(template(A=bucket(VersioningConfiguration={"Status": "Enabled"})),
                     template(A=bucket(VersioningConfiguration={"Status": "Suspended"})),
                     {Danger.DROP_PROTECTION}, id="versions no more"),
        pytest.param(template(A=bucket(VersioningConfiguration={"Status": "Suspended"})),
                     template(A=bucket(VersioningConfiguration={"Status": "Enabled"})), set(),
                     id="versions from now on"),
        pytest.param(
            template(A=bucket(BucketEncryption={"ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]})),
            template(A=bucket()), {Danger.DROP_PROTECTION}, id="encryption dropped"),
        pytest.param(template(A=resource("AWS::KMS::Key", EnableKeyRotation=True)),
                     template(A=resource("AWS::KMS::Key", EnableKeyRotation=False)),
                     {Danger.DROP_PROTECTION}, id="rotation off"),
        pytest.param(template(A=resource("AWS::SNS::Topic", KmsMasterKeyId="k")),
                     template(A=resource("AWS::SNS::Topic")), {Danger.DROP_PROTECTION},
                     id="a topic without its key"),
        pytest.param(template(A=resource("AWS::Logs::LogGroup", RetentionInDays=90)),
                     template(A=resource("AWS::Logs::LogGroup", RetentionInDays=7)),
                     {Danger.DROP_PROTECTION}, id="kept shorter"),
        pytest.param(template(A=resource("AWS::Logs::LogGroup")),
                     template(A=resource("AWS::Logs::LogGroup", RetentionInDays=7)),
                     {Danger.DROP_PROTECTION}, id="kept no more for ever"),
        pytest.param(template(A=resource("AWS::Logs::LogGroup", RetentionInDays=7)),
                     template(A=resource("AWS::Logs::LogGroup", RetentionInDays=90)), set(),
                     id="kept longer"),
        pytest.param(template(A=resource("AWS::DynamoDB::Table", DeletionProtectionEnabled=True)),
                     template(A=resource("AWS::DynamoDB::Table")), {Danger.DROP_PROTECTION},
                     id="deletion protection off"),
        pytest.param(
            template(A=resource("AWS::DynamoDB::Table", PointInTimeRecoverySpecification={
                "PointInTimeRecoveryEnabled": True})),
            template(A=resource("AWS::DynamoDB::Table")), {Danger.DROP_PROTECTION},
            id="recovery off, with all around it"),
    ],
)  # fmt: skip
def test_dangers(before: Body, after: Body, dangers: set[Danger]) -> None:
    """What is lost for good, or what no longer keeps it from being lost."""
    stays = resource("A::B::C")
    for body in (before, after):
        body["Resources"]["Stays"] = stays

    found = compare(before, after)

    assert dangers == {danger for danger, _ in found.dangers}


@pytest.mark.parametrize("at", ["policy", "statement"])
def test_a_refusal_of_plain_http_that_goes_is_a_protection_dropped(at: str) -> None:
    """Whether the statement goes, or the policy around it."""
    other = {**allow("s3:GetObject", f"{BUCKET}/*"), "Principal": {"AWS": "444455556666"}}
    after = template(Bucket=bucket()) if at == "policy" else with_bucket(other)

    found = compare(with_bucket(TLS, other), after)

    assert (Danger.DROP_PROTECTION, "BucketPolicy") in found.dangers


def test_a_policy_goes_with_its_bucket() -> None:
    """Nothing is left that it would protect: the bucket's deletion is the danger."""
    found = compare(with_bucket(TLS), template(Other=_queue()["Resources"]["Queue"]))

    assert {(Danger.DELETE_STATEFUL, "Bucket")} == set(found.dangers)


def test_danger_comes_first() -> None:
    """Then what widens a permission, then by the weight of the effect."""
    before = template(A=resource("AWS::SNS::Topic", TopicName="t"), B=bucket(), C=_queue())
    before["Resources"]["C"] = resource("AWS::SQS::Queue", DelaySeconds=1)
    after = template(A=resource("AWS::SNS::Topic", TopicName="t", DisplayName="n"),
                     C=resource("AWS::SQS::Queue", DelaySeconds=2))  # fmt: skip

    assert ["B", "A", "C"] == [each.logical_id for each in compare(before, after).resources]


def test_statements_are_matched_by_what_they_say() -> None:
    """A statement that moves and loses an action is one change, and not a list of lines."""
    one = allow(["s3:GetObject", "s3:PutObject"], f"{BUCKET}/*")
    other = allow("sqs:SendMessage", "arn:aws:sqs:*:*:q")
    less = allow("s3:GetObject", f"{BUCKET}/*")

    def policy(*statements: Body) -> Body:
        return template(P=resource("AWS::IAM::ManagedPolicy", PolicyDocument=document(*statements)))

    (change,) = _only(policy(one, other), policy(other, less)).properties

    assert (("Resources", "P", "Properties", "PolicyDocument", "Statement", 1), one, less) == (
        change.path,
        change.before,
        change.after,
    )


def test_what_is_outside_of_resources_is_told() -> None:
    """Parameters, outputs and conditions are part of a template too."""
    before = {**_queue(), "Outputs": {"A": {"Value": "1"}}}
    after = {**_queue(), "Outputs": {"A": {"Value": "2"}}, "Parameters": {"P": {"Type": "String"}}}

    found = compare(before, after)

    assert {("Parameters",), ("Outputs", "A", "Value")} == {each.path for each in found.other}
    assert not found.is_empty


def test_the_table_of_schemas_knows_what_it_must() -> None:
    """A type without create-only properties is known, one without a schema is not."""
    assert traits("AWS::KMS::Key") is not None
    assert traits("Custom::Own") is None
