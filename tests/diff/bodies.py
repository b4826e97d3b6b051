"""Small templates, put together from statements."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

BUCKET = "arn:aws:s3:::data"


def allow(action: object, resource: object = "*", /, **more: object) -> Body:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: object, resource: object = "*", /, **more: object) -> Body:
    """A statement that denies."""
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def document(*statements: Body) -> Body:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def template(**resources: Body) -> Body:
    """A template of these resources."""
    return {"Resources": resources}


def resource(kind: str, /, **properties: object) -> Body:
    """A resource."""
    return {"Type": kind, "Properties": properties}


def trust(service: str = "lambda.amazonaws.com", **more: object) -> Body:
    """A trust policy for a service."""
    return document(
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more}
    )


def role(*statements: Body, **properties: object) -> Body:
    """A role with one inline policy."""
    own: Body = {"AssumeRolePolicyDocument": trust()}
    if statements:
        own["Policies"] = [{"PolicyName": "Own", "PolicyDocument": document(*statements)}]
    return resource("AWS::IAM::Role", **{**own, **properties})


def with_role(*statements: Body, **properties: object) -> Body:
    """A template of one role, `Role`."""
    return template(Role=role(*statements, **properties))


def bucket(**properties: object) -> Body:
    """A bucket that has a name."""
    return resource("AWS::S3::Bucket", **{"BucketName": "data", **properties})


def bucket_policy(*statements: Body) -> Body:
    """The policy of the bucket `Bucket`."""
    return resource(
        "AWS::S3::BucketPolicy", Bucket={"Ref": "Bucket"}, PolicyDocument=document(*statements)
    )


def with_bucket(*statements: Body, **properties: object) -> Body:
    """A template of one bucket, `Bucket`, with a policy."""
    return template(Bucket=bucket(**properties), BucketPolicy=bucket_policy(*statements))


def key(*statements: Body) -> Body:
    """A key."""
    return resource("AWS::KMS::Key", KeyPolicy=document(*statements))


def given(statement: Body, who: object) -> Body:
    """A statement of a resource's policy."""
    return {**statement, "Principal": who}


ROOT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
ADMIN = given(allow("kms:*"), ROOT)
TLS = given(
    deny("s3:*", [BUCKET, f"{BUCKET}/*"], Condition={"Bool": {"aws:SecureTransport": "false"}}),
    "*",
)
EVENTS = {"Service": "events.amazonaws.com"}
CLOSED = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


def when(operator: str, key: str, *values: str) -> Body:
    """A condition with one test."""
    return {"Condition": {operator: {key: list(values) if len(values) != 1 else values[0]}}}
