"""Which policies a template hangs on which resources, however it is written."""

from __future__ import annotations

import pytest
from tests.iam.asking import allow, deny
from tests.iam.templates import BUCKET, HERE, ROLE, Json, ask, only_stack, role_of

from cicdgen.cloudformation import EXAMPLE, Template, Text, stacks
from cicdgen.iam import Allowed, Anonymous, Denied, Request, Root, Service, collect, decide

SERVICES: dict[str, tuple[Json, Json, str, str, Json]] = {
    "AWS::S3::BucketPolicy": (
        {"It": BUCKET},
        {"Bucket": {"Ref": "It"}},
        "s3:GetObject",
        "arn:aws:s3:::b/x",
        "arn:aws:s3:::b/*",
    ),
    "AWS::SNS::TopicPolicy": (
        {"It": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}},
        {"Topics": [{"Ref": "It"}]},
        "sns:Publish",
        f"arn:aws:sns:us-east-1:{HERE}:t",
        "*",
    ),
    "AWS::SNS::TopicInlinePolicy": (
        {"It": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}},
        {"TopicArn": {"Ref": "It"}},
        "sns:Publish",
        f"arn:aws:sns:us-east-1:{HERE}:t",
        {"Ref": "It"},
    ),
    "AWS::SQS::QueuePolicy": (
        {"It": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}},
        {"Queues": [{"Ref": "It"}]},
        "sqs:SendMessage",
        f"arn:aws:sqs:us-east-1:{HERE}:q",
        {"Fn::GetAtt": ["It", "Arn"]},
    ),
    "AWS::SQS::QueueInlinePolicy": (
        {"It": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}},
        {"Queue": {"Fn::Sub": "https://sqs.us-east-1.amazonaws.com/111122223333/q"}},
        "sqs:SendMessage",
        f"arn:aws:sqs:us-east-1:{HERE}:q",
        "*",
    ),
}


@pytest.mark.parametrize("kind", SERVICES)
def test_a_policy_hangs_on_its_resource(kind: str) -> None:
    """The service that it names may act; another may not."""
    target, where, action, arn, resource = SERVICES[kind]
    statement = allow(action, resource, principal={"Service": "events.amazonaws.com"})
    properties = {"PolicyDocument": {"Statement": [statement]}, **where}
    resources = {**target, "P": {"Type": kind, "Properties": properties}}

    assert ask(resources, action, arn, Service("events.amazonaws.com")) == "allowed"
    assert ask(resources, action, arn, Service("ses.amazonaws.com")) == "denied"
    assert ask(resources, action, arn, Anonymous()) == "denied"


def _permission(**properties: Json) -> dict[str, Json]:
    return {
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "f"}},
        "Live": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {"FunctionName": {"Ref": "Function"}, "Name": "live"},
        },
        "P": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": "Function"},
                "Principal": "events.amazonaws.com",
                **properties,
            },
        },
    }


FUNCTION = f"arn:aws:lambda:us-east-1:{HERE}:function:f"
EVENTS = Service("events.amazonaws.com")


@pytest.mark.parametrize(
    "name", ["f", {"Ref": "Function"}, {"Fn::GetAtt": ["Function", "Arn"]}, f"{HERE}:function:f"]
)
def test_a_permission_is_for_the_function_itself(name: Json) -> None:
    """Given by name or ARN, it is for the function, not for its alias."""
    resources = _permission(FunctionName=name)

    assert ask(resources, "lambda:InvokeFunction", FUNCTION, EVENTS) == "allowed"
    assert ask(resources, "lambda:InvokeFunction", f"{FUNCTION}:live", EVENTS) == "denied"


def test_a_permission_for_an_alias_is_for_the_alias() -> None:
    """A reference to an alias is its ARN."""
    resources = _permission(FunctionName={"Ref": "Live"})

    assert ask(resources, "lambda:InvokeFunction", f"{FUNCTION}:live", EVENTS) == "allowed"
    assert ask(resources, "lambda:InvokeFunction", FUNCTION, EVENTS) == "denied"


def test_a_permission_limits_source_and_account() -> None:
    """`SourceArn` may have wildcards, `SourceAccount` has none."""
    resources = _permission(SourceArn="arn:aws:events:*:*:rule/x-*", SourceAccount=HERE)
    good = {"aws_SourceArn": f"arn:aws:events:r:{HERE}:rule/x-1", "aws_SourceAccount": HERE}
    bad = {**good, "aws_SourceAccount": "444455556666"}

    assert ask(resources, "lambda:InvokeFunction", FUNCTION, EVENTS, **good) == "allowed"
    assert ask(resources, "lambda:InvokeFunction", FUNCTION, EVENTS, **bad) == "denied"
    assert ask(resources, "lambda:InvokeFunction", FUNCTION, EVENTS) == "denied"


def test_a_permission_for_an_account_hands_on() -> None:
    """Twelve digits are an account, whose own policies decide further."""
    resources = {**_permission(Principal=HERE), "Role": ROLE}

    other = Root(Text("444455556666"))
    shared = _permission(Principal="444455556666")

    assert ask(resources, "lambda:InvokeFunction", FUNCTION) == "denied"
    assert ask(shared, "lambda:InvokeFunction", FUNCTION, other) == "allowed"
    assert (
        ask(_permission(Principal="*"), "lambda:InvokeFunction", FUNCTION, Anonymous()) == "allowed"
    )


def test_a_key_without_a_policy_has_the_default_one() -> None:
    """The default key policy hands every decision to the account."""
    use = {"Version": "2012-10-17", "Statement": allow("kms:Decrypt", {"Fn::GetAtt": "Key.Arn"})}
    resources = {
        "Key": {"Type": "AWS::KMS::Key"},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"Policies": [{"PolicyDocument": use}]},
        },
    }
    stack = only_stack(resources)
    key = stack.resources["Key"].arn

    assert ask(resources, "kms:Decrypt", key) == "allowed"
    assert ask(resources, "kms:Encrypt", key) == "denied"


def test_a_topic_without_a_policy_is_for_services_of_the_owner() -> None:
    """The default topic policy asks for `aws:SourceOwner`, which roles do not have."""
    resources = {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}},
        "Role": ROLE,
    }
    topic = f"arn:aws:sns:us-east-1:{HERE}:t"
    alarms = Service("cloudwatch.amazonaws.com")

    assert ask(resources, "sns:Publish", topic) == "denied"
    assert ask(resources, "sns:Publish", topic, alarms) == "denied"
    assert ask(resources, "sns:Publish", topic, alarms, aws_SourceOwner=HERE) == "allowed"


def test_a_topic_with_a_policy_has_no_default_one() -> None:
    """A policy replaces the default, so a service that it does not name is left out."""
    statement = allow("sns:Publish", principal={"Service": "events.amazonaws.com"})
    resources = {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}},
        "P": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [{"Ref": "Topic"}],
                "PolicyDocument": {"Statement": [statement]},
            },
        },
    }
    topic = f"arn:aws:sns:us-east-1:{HERE}:t"
    alarms = Service("cloudwatch.amazonaws.com")

    assert ask(resources, "sns:Publish", topic, alarms, aws_SourceOwner=HERE) == "denied"
    assert ask(resources, "sns:Publish", topic, EVENTS) == "allowed"


def test_a_policy_of_a_bucket_named_by_a_parameter_may_be_about_any() -> None:
    """Whether the bucket in question is the parameter's is unknown, so what it denies is too."""
    statement = deny("s3:*", {"Fn::Sub": "arn:aws:s3:::${Name}/*"}, principal="*")
    read = {"Version": "2012-10-17", "Statement": allow("s3:GetObject", "arn:aws:s3:::b/*")}
    resources = {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"Policies": [{"PolicyDocument": read}]},
        },
        "Bucket": BUCKET,
        "P": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Name"},
                "PolicyDocument": {"Statement": [{**statement, "Resource": "*"}]},
            },
        },
    }

    assert ask(resources) == "unknown"


def test_two_buckets_of_a_stack_are_two_whatever_they_are_called() -> None:
    """The policy of one is not that of the other, although nobody knows their names."""
    everyone = allow("s3:GetObject", principal="*")
    body: Json = {
        "Parameters": {"One": {"Type": "String"}, "Two": {"Type": "String"}},
        "Resources": {
            "Public": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "One"}}},
            "Private": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Two"}}},
            "P": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {
                    "Bucket": {"Ref": "Public"},
                    "PolicyDocument": {"Statement": [everyone]},
                },
            },
        },
    }
    (stack,) = stacks(Template.read(body), EXAMPLE)
    answers = [
        decide(
            Request.of(Anonymous(), "s3:GetObject", stack.resources[name].arn + "/x"),
            collect(stack),
        )
        for name in ("Public", "Private")
    ]

    assert [type(answer) for answer in answers] == [Allowed, Denied]


def test_a_trust_policy_decides_who_may_assume() -> None:
    """The service that is trusted may, another may not."""
    trust = {"Statement": [allow("sts:AssumeRole", None, principal={"Service": "a.amazonaws.com"})]}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}}
    }
    role = role_of(resources).role

    assert ask(resources, "sts:AssumeRole", role, Service("a.amazonaws.com")) == "allowed"
    assert ask(resources, "sts:AssumeRole", role, Service("b.amazonaws.com")) == "denied"


def test_a_document_may_be_a_string() -> None:
    """A document may be JSON in a string; a repository's names no resource but itself."""
    text = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGet*"}}'
    properties = {"RepositoryName": "r", "RepositoryPolicyText": text}
    resources = {"R": {"Type": "AWS::ECR::Repository", "Properties": properties}}
    repository = f"arn:aws:ecr:us-east-1:{HERE}:repository/r"

    assert ask(resources, "ecr:BatchGetImage", repository, Anonymous()) == "allowed"
    assert ask(resources, "ecr:PutImage", repository, Anonymous()) == "denied"


def test_a_statement_of_an_event_bus_is_for_its_bus() -> None:
    """A bus policy is one statement; the default bus may have others that nobody sees."""
    statement = allow(
        "events:PutEvents", {"Fn::GetAtt": ["Bus", "Arn"]}, principal={"AWS": "444455556666"}
    )
    resources = {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "bus"}},
        "P": {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "StatementId": "s",
                "Statement": statement,
            },
        },
    }
    bus = f"arn:aws:events:us-east-1:{HERE}:event-bus/bus"

    assert ask(resources, "events:PutEvents", bus, Root(Text("444455556666"))) == "allowed"
    assert ask(resources, "events:PutEvents", bus, Anonymous()) == "denied"


def test_a_policy_for_log_groups_is_for_the_account() -> None:
    """What CloudWatch Logs lets a service write is told by a document in a string."""
    text = (
        '{"Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, '
        '"Action": "logs:PutLogEvents", "Resource": "arn:aws:logs:*:*:log-group:/aws/events/*"}]}'
    )
    resources = {
        "P": {
            "Type": "AWS::Logs::ResourcePolicy",
            "Properties": {"PolicyName": "p", "PolicyDocument": text},
        },
        "G": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/aws/events/x"}},
        "H": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/other"}},
    }
    arn = f"arn:aws:logs:us-east-1:{HERE}:log-group:"
    events = Service("events.amazonaws.com")

    assert (
        ask(resources, "logs:PutLogEvents", f"{arn}/aws/events/x:log-stream:s", events) == "allowed"
    )
    assert ask(resources, "logs:PutLogEvents", f"{arn}/other:log-stream:s", events) == "denied"
