"""What policy variables stand for, and where."""

from __future__ import annotations

import pytest
from tests.iam.asking import USER, Outcome, Question, allow
from tests.iam.truth_table.rows import BUCKET, OBJECT, VARIABLES, Row, read, table

REPLACED: list[Row] = [
    (
        "variables: the name of the user",
        VARIABLES,
        "allowed",
        read(
            principal=USER,
            identity=[allow("s3:*", f"{BUCKET}/${{aws:username, 'photo'}}*")],
            context={"aws:username": "photo.jpg"},
        ),
    ),
    (
        "variables: plain text in a policy without a version",
        VARIABLES,
        "denied",
        read(identity=[allow("s3:*", f"{BUCKET}/${{k:Key, 'photo.jpg'}}")], version=None),
    ),
    (
        "variables: only for the last part of an ARN",
        VARIABLES,
        "unknown",
        read(identity=[allow("s3:*", "arn:aws:${k:Key, 's3'}:::*")]),
    ),
    (
        "variables: without a value they match nothing",
        VARIABLES,
        "denied",
        read(identity=[allow("s3:*", f"{BUCKET}/${{aws:username}}*")]),
    ),
    (
        "variables: without a value in NotResource",
        VARIABLES,
        "unknown",
        read(identity=[allow("s3:*", None, NotResource=f"{BUCKET}/${{aws:username}}*")]),
    ),
    (
        "variables: whether they work with Bool is told both ways",
        VARIABLES,
        "unknown",
        read(
            identity=[allow("s3:*", OBJECT, {"Bool": {"aws:SecureTransport": "${k:Key, 'true'}"}})],
            context={"aws:SecureTransport": "true"},
        ),
    ),
]


@pytest.mark.parametrize("expected, question", table(REPLACED))
def test_the_evaluator_says_what_the_page_says(expected: Outcome, question: Question) -> None:
    """Each question gets the answer that AWS's documentation gives."""
    assert expected == question.outcome
