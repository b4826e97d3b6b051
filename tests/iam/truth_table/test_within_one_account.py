"""Within one account an identity or a resource policy is enough, and boundaries limit."""

from __future__ import annotations

import pytest
from tests.iam.asking import (
    ACCOUNT,
    ROLE_ARN,
    ROOT,
    SESSION_ARN,
    USER,
    Outcome,
    Question,
    allow,
    deny,
)
from tests.iam.truth_table.rows import (
    BASICS,
    BOUNDARIES,
    BUCKET,
    CARLOS,
    CARLOS_BUCKET,
    DENYALLOW,
    NOTPRINCIPAL,
    OBJECT,
    ONLY_SQS,
    READ,
    READ_BY,
    SHIRLEY,
    Row,
    decrypt,
    key,
    read,
    table,
)

from cicdgen.cloudformation import Text
from cicdgen.iam import User

DEFAULTS: list[Row] = [
    ("nothing allows", DENYALLOW, "denied", read()),
    ("root user needs nothing", DENYALLOW, "allowed", read(principal=ROOT)),
    (
        "root user is bound by a deny",
        DENYALLOW,
        "denied explicitly",
        read(principal=ROOT, on_resource=[deny("s3:*", OBJECT, principal="*")]),
    ),
    ("identity policy allows", DENYALLOW, "allowed", read(identity=[READ])),
    ("one of two statements allows", DENYALLOW, "allowed", read(identity=[READ, *ONLY_SQS])),
    ("another action is allowed", DENYALLOW, "denied", read(identity=ONLY_SQS)),
    (
        "deny beats allow in one policy",
        DENYALLOW,
        "denied explicitly",
        read(identity=[READ, deny("s3:*")]),
    ),
    (
        "deny on the resource beats identity",
        DENYALLOW,
        "denied explicitly",
        read(identity=[READ], on_resource=[deny("s3:*", OBJECT, principal="*")]),
    ),
    (
        "deny on the identity beats resource",
        DENYALLOW,
        "denied explicitly",
        read(identity=[deny("s3:*")], on_resource=[READ_BY["role"]]),
    ),
    (
        "deny in the boundary beats both",
        DENYALLOW,
        "denied explicitly",
        read(identity=[READ], boundary=[allow("*"), deny("s3:*")]),
    ),
    ("user: identity policy", DENYALLOW, "allowed", read(principal=USER, identity=[READ])),
    (
        "user: resource policy alone",
        BASICS,
        "allowed",
        read(principal=USER, on_resource=[READ_BY["user"]]),
    ),
    ("role: resource policy alone", BASICS, "allowed", read(on_resource=[READ_BY["role"]])),
    (
        "session: resource policy alone",
        DENYALLOW,
        "allowed",
        read(on_resource=[READ_BY["session"]]),
    ),
    (
        "a policy for another user",
        BASICS,
        "denied",
        read(
            principal=User(Text(f"arn:aws:iam::{ACCOUNT}:user/maria")),
            on_resource=[READ_BY["user"]],
        ),
    ),
    (
        "Carlos may not save logs",
        BASICS,
        "denied explicitly",
        Question(
            action="s3:PutObject",
            resource=f"{BUCKET}-carlos-logs/today",
            principal=USER,
            identity=CARLOS,
        ),
    ),
    (
        "Carlos may save to his bucket",
        BASICS,
        "allowed",
        Question(
            action="s3:PutObject",
            resource=f"{BUCKET}-carlos/photo.jpg",
            principal=USER,
            identity=CARLOS,
            on_resource=CARLOS_BUCKET,
        ),
    ),
    (
        "Carlos may by the bucket policy alone",
        BASICS,
        "allowed",
        Question(
            action="s3:PutObject",
            resource=f"{BUCKET}-carlos/photo.jpg",
            principal=USER,
            on_resource=CARLOS_BUCKET,
        ),
    ),
]

BOUNDARY: list[Row] = [
    (
        "Shirley may not create users",
        BOUNDARIES,
        "denied",
        Question(
            action="iam:CreateUser",
            resource=f"arn:aws:iam::{ACCOUNT}:user/new",
            principal=USER,
            identity=[allow("iam:CreateUser")],
            boundary=SHIRLEY,
        ),
    ),
    (
        "the boundary gives nothing by itself",
        BOUNDARIES,
        "denied",
        read(principal=USER, boundary=SHIRLEY),
    ),
    (
        "within the boundary",
        BOUNDARIES,
        "allowed",
        read(principal=USER, identity=[READ], boundary=SHIRLEY),
    ),
    ("role within the boundary", BOUNDARIES, "allowed", read(identity=[READ], boundary=SHIRLEY)),
    ("role beyond the boundary", BOUNDARIES, "denied", read(identity=[READ], boundary=ONLY_SQS)),
    (
        "user named by the resource, beyond the boundary",
        BOUNDARIES,
        "allowed",
        read(principal=USER, boundary=ONLY_SQS, on_resource=[READ_BY["user"]]),
    ),
    (
        "role named by the resource, beyond the boundary",
        BOUNDARIES,
        "denied",
        read(boundary=ONLY_SQS, on_resource=[READ_BY["role"]]),
    ),
    (
        "role named by the resource, within the boundary",
        BOUNDARIES,
        "allowed",
        read(boundary=SHIRLEY, on_resource=[READ_BY["role"]]),
    ),
    (
        "session named by the resource, beyond the boundary",
        BOUNDARIES,
        "allowed",
        read(boundary=ONLY_SQS, on_resource=[READ_BY["session"]]),
    ),
    (
        "everyone, by the key aws:PrincipalArn, beyond the boundary",
        DENYALLOW,
        "allowed",
        read(
            boundary=ONLY_SQS,
            on_resource=[
                allow(
                    "s3:GetObject",
                    OBJECT,
                    {"ArnEquals": {"aws:PrincipalArn": ROLE_ARN}},
                    principal="*",
                )
            ],
        ),
    ),
    (
        "the same with an explicit deny",
        DENYALLOW,
        "denied explicitly",
        read(
            identity=[deny("s3:*")],
            boundary=ONLY_SQS,
            on_resource=[
                allow(
                    "s3:GetObject",
                    OBJECT,
                    {"ArnEquals": {"aws:PrincipalArn": ROLE_ARN}},
                    principal="*",
                )
            ],
        ),
    ),
    (
        "account named, beyond the boundary",
        BOUNDARIES,
        "denied",
        read(identity=[READ], boundary=ONLY_SQS, on_resource=[READ_BY["account"]]),
    ),
    (
        "key names the role, beyond the boundary",
        BOUNDARIES,
        "denied",
        decrypt(boundary=ONLY_SQS, on_resource=[key("kms:*", {"AWS": ROLE_ARN})]),
    ),
    (
        "NotPrincipal denies whoever has a boundary",
        NOTPRINCIPAL,
        "denied explicitly",
        read(
            identity=[READ],
            boundary=SHIRLEY,
            on_resource=[
                deny("s3:*", OBJECT, NotPrincipal={"AWS": [SESSION_ARN, ROLE_ARN, ACCOUNT]})
            ],
        ),
    ),
]


@pytest.mark.parametrize("expected, question", table(DEFAULTS, BOUNDARY))
def test_the_evaluator_says_what_the_page_says(expected: Outcome, question: Question) -> None:
    """Each question gets the answer that AWS's documentation gives."""
    assert expected == question.outcome
