"""Whom `Principal` and `NotPrincipal` are about."""

from __future__ import annotations

import pytest
from tests.iam.asking import (
    ACCOUNT,
    OTHER,
    ROLE_ARN,
    ROOT,
    SESSION_ARN,
    STRANGER,
    USER,
    USER_ARN,
    Outcome,
    Question,
    allow,
    deny,
)
from tests.iam.truth_table.rows import (
    NOTPRINCIPAL,
    OBJECT,
    PRINCIPAL,
    READ,
    READ_BY,
    TOPIC,
    Row,
    decrypt,
    key,
    read,
    table,
)

from cicdgen.cloudformation import Text
from cicdgen.iam import Anonymous, RoleSession, Service

PRINCIPALS: list[Row] = [
    ("everyone", PRINCIPAL, "allowed", read(on_resource=[READ_BY["everyone"]])),
    ("everyone in AWS", PRINCIPAL, "allowed", read(on_resource=[READ_BY["everyone in AWS"]])),
    (
        "anonymous by everyone",
        PRINCIPAL,
        "allowed",
        read(principal=Anonymous(), on_resource=[READ_BY["everyone"]]),
    ),
    (
        "anonymous by everyone in AWS",
        PRINCIPAL,
        "allowed",
        read(principal=Anonymous(), on_resource=[READ_BY["everyone in AWS"]]),
    ),
    (
        "anonymous by account",
        PRINCIPAL,
        "denied",
        read(principal=Anonymous(), on_resource=[READ_BY["account"]]),
    ),
    ("account id delegates only", PRINCIPAL, "denied", read(on_resource=[READ_BY["account"]])),
    ("account ARN delegates only", PRINCIPAL, "denied", read(on_resource=[READ_BY["root"]])),
    (
        "account with an identity policy",
        PRINCIPAL,
        "allowed",
        read(identity=[READ], on_resource=[READ_BY["account"]]),
    ),
    (
        "root user by account",
        PRINCIPAL,
        "allowed",
        decrypt(principal=ROOT, on_resource=[key("kms:*", {"AWS": ACCOUNT})]),
    ),
    (
        "deny of an account denies its roles",
        PRINCIPAL,
        "denied explicitly",
        read(identity=[READ], on_resource=[deny("s3:*", OBJECT, principal={"AWS": ACCOUNT})]),
    ),
    (
        "a canonical user may be the account",
        PRINCIPAL,
        "unknown",
        read(
            principal=STRANGER,
            identity=[READ],
            on_resource=[allow("s3:*", OBJECT, principal={"CanonicalUser": "79a59df900b949e5"})],
        ),
    ),
    (
        "no wildcard in part of a principal",
        PRINCIPAL,
        "denied",
        read(
            on_resource=[allow("s3:*", OBJECT, principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"})]
        ),
    ),
    (
        "names of users are case-sensitive",
        PRINCIPAL,
        "denied",
        read(
            principal=USER,
            on_resource=[
                allow("s3:*", OBJECT, principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/Carlos"})
            ],
        ),
    ),
    (
        "another session of the role",
        PRINCIPAL,
        "denied",
        read(principal=RoleSession(Text(ROLE_ARN), "tuesday"), on_resource=[READ_BY["session"]]),
    ),
    (
        "one of several principals",
        PRINCIPAL,
        "allowed",
        read(on_resource=[allow("s3:*", OBJECT, principal={"AWS": [OTHER, ROLE_ARN]})]),
    ),
    (
        "a service",
        PRINCIPAL,
        "allowed",
        Question(
            action="sns:Publish",
            resource=TOPIC,
            principal=Service("events.amazonaws.com"),
            on_resource=[
                allow("sns:Publish", TOPIC, principal={"Service": "events.amazonaws.com"})
            ],
        ),
    ),
    (
        "another service",
        PRINCIPAL,
        "denied",
        Question(
            action="sns:Publish",
            resource=TOPIC,
            principal=Service("cloudwatch.amazonaws.com"),
            on_resource=[
                allow("sns:Publish", TOPIC, principal={"Service": "events.amazonaws.com"})
            ],
        ),
    ),
    (
        "a regional service name is another name",
        PRINCIPAL,
        "denied",
        Question(
            action="sns:Publish",
            resource=TOPIC,
            principal=Service("s3.ap-east-1.amazonaws.com"),
            on_resource=[allow("sns:Publish", TOPIC, principal={"Service": "s3.amazonaws.com"})],
        ),
    ),
    (
        "a service is in no account",
        PRINCIPAL,
        "denied",
        Question(
            action="sns:Publish",
            resource=TOPIC,
            principal=Service("events.amazonaws.com"),
            on_resource=[allow("sns:Publish", TOPIC, principal={"AWS": ACCOUNT})],
        ),
    ),
    (
        "a role is no service",
        PRINCIPAL,
        "denied",
        Question(
            action="sns:Publish",
            resource=TOPIC,
            on_resource=[
                allow("sns:Publish", TOPIC, principal={"Service": "events.amazonaws.com"})
            ],
        ),
    ),
    (
        "deny all but one, by aws:PrincipalArn: the one",
        PRINCIPAL,
        "allowed",
        read(
            identity=[READ],
            on_resource=[
                deny(
                    "s3:*", OBJECT, {"ArnNotEquals": {"aws:PrincipalArn": ROLE_ARN}}, principal="*"
                )
            ],
        ),
    ),
    (
        "deny all but one, by aws:PrincipalArn: another",
        PRINCIPAL,
        "denied explicitly",
        read(
            principal=USER,
            identity=[READ],
            on_resource=[
                deny(
                    "s3:*", OBJECT, {"ArnNotEquals": {"aws:PrincipalArn": ROLE_ARN}}, principal="*"
                )
            ],
        ),
    ),
    (
        "deny all services but one: a role is not meant",
        NOTPRINCIPAL,
        "denied explicitly",
        read(
            identity=[READ],
            on_resource=[
                deny(
                    "s3:*",
                    OBJECT,
                    {
                        "StringNotEqualsIfExists": {
                            "aws:PrincipalServiceName": "codebuild.amazonaws.com"
                        }
                    },
                    principal="*",
                )
            ],
        ),
    ),
    (
        "NotPrincipal: session, role and account are listed",
        NOTPRINCIPAL,
        "allowed",
        read(
            identity=[READ],
            on_resource=[
                deny("s3:*", OBJECT, NotPrincipal={"AWS": [SESSION_ARN, ROLE_ARN, ACCOUNT]})
            ],
        ),
    ),
    (
        "NotPrincipal: user and account are listed",
        NOTPRINCIPAL,
        "allowed",
        read(
            principal=USER,
            identity=[READ],
            on_resource=[deny("s3:*", OBJECT, NotPrincipal={"AWS": [USER_ARN, ACCOUNT]})],
        ),
    ),
    (
        "NotPrincipal: another is listed",
        NOTPRINCIPAL,
        "denied explicitly",
        read(
            identity=[READ],
            on_resource=[deny("s3:*", OBJECT, NotPrincipal={"AWS": [USER_ARN, OTHER]})],
        ),
    ),
    (
        "NotPrincipal: the account is not listed, which may or may not matter",
        NOTPRINCIPAL,
        "unknown",
        read(
            identity=[READ],
            on_resource=[deny("s3:*", OBJECT, NotPrincipal={"AWS": [SESSION_ARN, ROLE_ARN]})],
        ),
    ),
    (
        "NotPrincipal with Allow is not supported",
        NOTPRINCIPAL,
        "unknown",
        read(on_resource=[allow("s3:*", OBJECT, NotPrincipal={"AWS": [USER_ARN]})]),
    ),
]


@pytest.mark.parametrize("expected, question", table(PRINCIPALS))
def test_the_evaluator_says_what_the_page_says(expected: Outcome, question: Question) -> None:
    """Each question gets the answer that AWS's documentation gives."""
    assert expected == question.outcome
