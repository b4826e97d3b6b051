"""What the elements `Action`, `Resource` and their opposites are about."""

from __future__ import annotations

import pytest
from tests.iam.asking import ACCOUNT, USER_ARN, Outcome, Question, allow, deny
from tests.iam.truth_table.rows import (
    ACTION,
    BUCKET,
    FUNCTION,
    LAMBDA,
    NOTACTION,
    NOTRESOURCE,
    OBJECT,
    QUEUE,
    READ,
    RESOURCE,
    Row,
    read,
    table,
)

from cicdgen.iam import Service

ELEMENTS: list[Row] = [
    ("actions: case does not matter", ACTION, "allowed", read(identity=[allow("S3:getobject")])),
    ("actions: all of a service", ACTION, "allowed", read(identity=[allow("s3:*")])),
    ("actions: all", ACTION, "allowed", read(identity=[allow("*")])),
    (
        "actions: part of a name",
        ACTION,
        "allowed",
        Question(
            action="iam:ListAccessKeys",
            resource=USER_ARN,
            identity=[allow("iam:*AccessKey*")],
        ),
    ),
    ("actions: one character", ACTION, "allowed", read(identity=[allow("s3:Get?bject")])),
    ("actions: not quite one", ACTION, "denied", read(identity=[allow("s3:GetObject?")])),
    (
        "actions: a longer name is another",
        ACTION,
        "denied",
        Question(action="s3:GetObjectVersion", resource=OBJECT, identity=[READ]),
    ),
    (
        "resources: case matters",
        RESOURCE,
        "denied",
        read(identity=[allow("s3:*", OBJECT.upper())]),
    ),
    (
        "resources: all in a bucket",
        RESOURCE,
        "allowed",
        read(identity=[allow("s3:*", f"{BUCKET}/*")]),
    ),
    (
        "resources: a bucket is not what is in it",
        RESOURCE,
        "denied",
        read(identity=[allow("s3:*", BUCKET)]),
    ),
    (
        "resources: what is in it is not the bucket",
        RESOURCE,
        "denied",
        Question(action="s3:ListBucket", resource=BUCKET, identity=[allow("s3:*", f"{BUCKET}/*")]),
    ),
    *(
        (
            f"resources: /*/test/* matches {key}",
            RESOURCE,
            "allowed",
            Question(
                action="s3:GetObject",
                resource=f"{BUCKET}/{key}",
                identity=[allow("s3:GetObject", f"{BUCKET}/*/test/*")],
            ),
        )
        for key in ("1/test/object.jpg", "1/2/3/test/4/object.jpg", "1/test/", "/test/object.jpg")
    ),
    *(
        (
            f"resources: /*/test/* does not match {key}",
            RESOURCE,
            "denied",
            Question(
                action="s3:GetObject",
                resource=f"{BUCKET}/{key}",
                identity=[allow("s3:GetObject", f"{BUCKET}/*/test/*")],
            ),
        )
        for key in ("1-test/object.jpg", "test/object.jpg", "1/2/test.jpg")
    ),
    (
        "resources: a last * goes beyond colons",
        RESOURCE,
        "allowed",
        Question(
            action="logs:PutLogEvents",
            resource=f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/x:log-stream:y",
            identity=[allow("logs:PutLogEvents", "arn:aws:logs:*")],
        ),
    ),
    (
        "resources: an empty account is not every account",
        RESOURCE,
        "denied",
        Question(
            action="logs:PutLogEvents",
            resource=f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/codebuild/x:log-stream:y",
            identity=[
                allow("logs:PutLogEvents", "arn:aws:logs:us-east-1::log-group:/aws/codebuild/*")
            ],
        ),
    ),
    (
        "resources: an action without resource types needs *",
        RESOURCE,
        "denied",
        Question(
            action="xray:PutTraceSegments",
            identity=[allow("xray:PutTraceSegments", f"arn:aws:xray:us-east-1:{ACCOUNT}:*")],
        ),
    ),
    (
        "resources: an action without resource types on *",
        RESOURCE,
        "allowed",
        Question(action="xray:PutTraceSegments", identity=[allow("xray:PutTraceSegments")]),
    ),
    (
        "resources: the deployment group is not the application",
        RESOURCE,
        "denied",
        Question(
            action="codedeploy:CreateDeployment",
            resource=f"arn:aws:codedeploy:us-east-1:{ACCOUNT}:deploymentgroup:app/group",
            identity=[
                allow("codedeploy:*", f"arn:aws:codedeploy:us-east-1:{ACCOUNT}:application:app")
            ],
        ),
    ),
    (
        "NotAction allows another service",
        NOTACTION,
        "allowed",
        read(identity=[allow(None, NotAction="iam:*")]),
    ),
    (
        "NotAction does not allow what it lists",
        NOTACTION,
        "denied",
        read(identity=[allow(None, NotAction=["s3:Get*", "iam:*"])]),
    ),
    (
        "NotAction denies what it does not list",
        NOTACTION,
        "denied explicitly",
        read(identity=[READ, deny(None, NotAction="iam:*")]),
    ),
    (
        "NotResource denies another folder",
        NOTRESOURCE,
        "denied explicitly",
        Question(
            action="s3:GetObject",
            resource="arn:aws:s3:::HRBucket/Other/x",
            identity=[
                allow("s3:*"),
                deny(
                    "s3:*",
                    None,
                    NotResource=[
                        "arn:aws:s3:::HRBucket/Payroll",
                        "arn:aws:s3:::HRBucket/Payroll/*",
                    ],
                ),
            ],
        ),
    ),
    (
        "NotResource leaves the folder that it lists",
        NOTRESOURCE,
        "allowed",
        Question(
            action="s3:GetObject",
            resource="arn:aws:s3:::HRBucket/Payroll/x",
            identity=[
                allow("s3:*"),
                deny(
                    "s3:*",
                    None,
                    NotResource=[
                        "arn:aws:s3:::HRBucket/Payroll",
                        "arn:aws:s3:::HRBucket/Payroll/*",
                    ],
                ),
            ],
        ),
    ),
    (
        "NotResource allows all else",
        NOTRESOURCE,
        "allowed",
        Question(
            action="sqs:SendMessage",
            resource=QUEUE,
            identity=[allow("*", None, NotResource="arn:aws:s3:::HRBucket")],
        ),
    ),
    (
        "a permission for an alias is for the alias",
        LAMBDA,
        "denied",
        Question(
            action="lambda:InvokeFunction",
            resource=FUNCTION,
            principal=Service("events.amazonaws.com"),
            on_resource=[
                allow(
                    "lambda:InvokeFunction",
                    f"{FUNCTION}:live",
                    principal={"Service": "events.amazonaws.com"},
                )
            ],
        ),
    ),
    (
        "a permission for one source: the source",
        LAMBDA,
        "allowed",
        Question(
            action="lambda:InvokeFunction",
            resource=FUNCTION,
            principal=Service("s3.amazonaws.com"),
            context={"aws:SourceAccount": ACCOUNT, "aws:SourceArn": BUCKET},
            on_resource=[
                allow(
                    "lambda:InvokeFunction",
                    FUNCTION,
                    {
                        "StringEquals": {"AWS:SourceAccount": ACCOUNT},
                        "ArnLike": {"AWS:SourceArn": BUCKET},
                    },
                    principal={"Service": "s3.amazonaws.com"},
                )
            ],
        ),
    ),
]


@pytest.mark.parametrize("expected, question", table(ELEMENTS))
def test_the_evaluator_says_what_the_page_says(expected: Outcome, question: Question) -> None:
    """Each question gets the answer that AWS's documentation gives."""
    assert expected == question.outcome
