"""Across accounts both sides have to allow."""

from __future__ import annotations

import pytest
from tests.iam.asking import ACCOUNT, OTHER, STRANGER, Outcome, Question, allow
from tests.iam.truth_table.rows import (
    CROSS,
    DEMO,
    DEMO_POLICY,
    KEY,
    ONLY_SQS,
    PRINCIPAL,
    PRODUCTION,
    READ,
    READ_BY,
    TARGET_ROLE,
    Row,
    assume,
    decrypt,
    key,
    read,
    table,
    trust,
)

ACROSS_ACCOUNTS: list[Row] = [
    (
        "both sides allow",
        CROSS,
        "allowed",
        Question(
            action="s3:PutObject",
            resource="arn:aws:s3:::production/x",
            principal=DEMO,
            identity=DEMO_POLICY,
            on_resource=PRODUCTION,
            account="222222222222",
        ),
    ),
    (
        "the identity side denies logs",
        CROSS,
        "denied explicitly",
        Question(
            action="s3:PutObject",
            resource="arn:aws:s3:::production-logs/x",
            principal=DEMO,
            identity=DEMO_POLICY,
            account="222222222222",
        ),
    ),
    (
        "the bucket gives no deletion",
        CROSS,
        "denied",
        Question(
            action="s3:DeleteObject",
            resource="arn:aws:s3:::production/x",
            principal=DEMO,
            identity=DEMO_POLICY,
            on_resource=PRODUCTION,
            account="222222222222",
        ),
    ),
    ("identity side alone", CROSS, "denied", read(principal=STRANGER, identity=[READ])),
    (
        "resource side alone",
        CROSS,
        "denied",
        read(principal=STRANGER, on_resource=[READ_BY["other account"]]),
    ),
    (
        "account named, identity allows",
        CROSS,
        "allowed",
        read(principal=STRANGER, identity=[READ], on_resource=[READ_BY["other account"]]),
    ),
    (
        "everyone named, identity lacks",
        PRINCIPAL,
        "denied",
        read(principal=STRANGER, on_resource=[READ_BY["everyone"]]),
    ),
    (
        "everyone named, identity allows",
        PRINCIPAL,
        "allowed",
        read(principal=STRANGER, identity=[READ], on_resource=[READ_BY["everyone"]]),
    ),
    (
        "the boundary limits the identity side",
        CROSS,
        "denied",
        read(
            principal=STRANGER,
            identity=[READ],
            boundary=ONLY_SQS,
            on_resource=[READ_BY["other account"]],
        ),
    ),
    (
        "another account is named",
        CROSS,
        "denied",
        read(principal=STRANGER, identity=[READ], on_resource=[READ_BY["account"]]),
    ),
    (
        "the ARN names the other account",
        CROSS,
        "denied",
        Question(
            action="sqs:SendMessage",
            resource=f"arn:aws:sqs:us-east-1:{OTHER}:jobs",
            identity=[allow("sqs:*")],
        ),
    ),
    (
        "a bucket that may be in another account",
        CROSS,
        "unknown",
        read(identity=[READ], on_resource=None),
    ),
    (
        "a bucket outside, in the same account",
        CROSS,
        "allowed",
        read(identity=[READ], on_resource=None, context={"aws:ResourceAccount": ACCOUNT}),
    ),
    (
        "a bucket outside, in another account",
        CROSS,
        "unknown",
        read(identity=[READ], on_resource=None, context={"aws:ResourceAccount": OTHER}),
    ),
    (
        "a key of another account",
        CROSS,
        "allowed",
        decrypt(
            principal=STRANGER,
            identity=[allow("kms:Decrypt", KEY)],
            on_resource=[key("kms:Decrypt", {"AWS": OTHER})],
        ),
    ),
    (
        "a role of another account",
        CROSS,
        "allowed",
        assume(
            principal=STRANGER,
            identity=[allow("sts:AssumeRole", TARGET_ROLE)],
            on_resource=[trust({"AWS": OTHER})],
        ),
    ),
    (
        "a role of another account, identity lacks",
        CROSS,
        "denied",
        assume(
            principal=STRANGER,
            on_resource=[trust({"AWS": f"arn:aws:iam::{OTHER}:role/stranger"})],
        ),
    ),
]


@pytest.mark.parametrize("expected, question", table(ACROSS_ACCOUNTS))
def test_the_evaluator_says_what_the_page_says(expected: Outcome, question: Question) -> None:
    """Each question gets the answer that AWS's documentation gives."""
    assert expected == question.outcome
