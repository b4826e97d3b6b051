"""Documents as AWS would refuse them, and what becomes of an answer that depends on one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.iam.asking import Question, allow, document

from cicdgen.iam import Unknown
from cicdgen.iam.parse import IDENTITY, RESOURCE, TRUST, Kind

GOOD = allow("s3:GetObject")

MALFORMED: list[tuple[str, Kind, Any, str]] = [
    ("text", IDENTITY, "x", "the statement is no object: 'x'"),
    ("element", IDENTITY, {**GOOD, "Actions": "*"}, "a statement has no element 'Actions'"),
    ("effect", IDENTITY, {**GOOD, "Effect": "allow"}, "Effect must be Allow or Deny, got allow"),
    ("no effect", IDENTITY, {"Action": "*", "Resource": "*"}, "Effect must be Allow or Deny"),
    ("no action", IDENTITY, allow(None), "a statement needs Action or NotAction"),
    ("both actions", IDENTITY, allow("*", NotAction="*"), "a statement has Action or NotAction"),
    ("action", IDENTITY, allow("GetObject"), "Action must be * or service:Name, got GetObject"),
    ("number", IDENTITY, allow([1]), "Action must be a string, got 1"),
    ("no resource", IDENTITY, allow("*", None), "a statement needs Resource or NotResource"),
    ("principal", IDENTITY, allow("*", principal="*"), "a policy of an identity has no Principal"),
    ("no principal", RESOURCE, allow("*"), "Principal must be * or name AWS, Service or"),
    ("kind", RESOURCE, allow("*", principal={"Role": "x"}), "Principal must be * or name AWS"),
    ("resource of trust", TRUST, allow("*", principal="*"), "a trust policy has no Resource"),
    ("not", RESOURCE, allow("*", NotPrincipal="*"), "NotPrincipal is not supported with Allow"),
    ("condition", IDENTITY, allow("*", "*", "x"), "Condition is no object: 'x'"),
    ("operator", IDENTITY, allow("*", "*", {"StringIs": {"a:b": "c"}}), "no condition operator"),
    ("null", IDENTITY, allow("*", "*", {"NullIfExists": {"a:b": "true"}}), "no condition operator"),
    ("keys", IDENTITY, allow("*", "*", {"Bool": "true"}), "Bool is no object: 'true'"),
    ("value", IDENTITY, allow("*", "*", {"Bool": {"a:b": {}}}), "Bool a:b must be a string or"),
]


@pytest.mark.parametrize(
    "kind, statement, why", [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED]
)
def test_a_malformed_statement_says_what_is_wrong(kind: Kind, statement: Any, why: str) -> None:  # noqa: ANN401
    """It is a value with a reason and a place, and its neighbours are still read."""
    good = GOOD if kind is IDENTITY else allow("*", None if kind is TRUST else "*", principal="*")
    read = document([good, statement], kind, "It")

    assert len(read.statements) == 1
    assert [each.origin.index for each in read.unreadable] == [1]
    assert why in read.unreadable[0].why


def test_an_answer_that_depends_on_a_malformed_statement_is_unknown() -> None:
    """Nobody knows what was meant, so neither yes nor no is right."""
    bad = {**GOOD, "Effect": "allow"}
    answer = Question(action="s3:GetObject", resource="arn:aws:s3:::b/k", identity=[bad]).answer

    assert isinstance(answer, Unknown)
    assert answer.because == (
        "statement 1 of Identity (Identity.Statement[0]): Effect must be Allow or Deny, got allow",
    )


def test_a_malformed_statement_may_have_been_meant_to_deny() -> None:
    """What is allowed elsewhere is not sure to be, beside a statement that nobody can read."""
    bad = {"Effect": "deny", "Principal": "*", "Action": "*", "Resource": "*"}
    question = Question(
        action="s3:GetObject", resource="arn:aws:s3:::b/k", identity=[GOOD], on_resource=[bad]
    )

    assert question.outcome == "unknown"


def test_a_version_that_does_not_exist_makes_a_document_unreadable() -> None:
    """There are two versions of the policy language."""
    read = document([GOOD], IDENTITY, "It", "2022-01-01")

    assert [each.why for each in read.unreadable] == ["there is no policy version 2022-01-01"]
    assert len(document([GOOD], IDENTITY, "It", "2008-10-17").statements) == 1


def test_an_action_that_does_not_exist_is_no_question() -> None:
    """Neither allowed nor denied: the reference does not know it."""
    answer = Question(action="s3:GetObjekt", identity=[allow("*")]).answer

    assert isinstance(answer, Unknown)
    assert answer.because[0].endswith("has no action s3:GetObjekt")


def test_an_action_on_a_resource_that_it_does_not_work_on_is_no_question() -> None:
    """Reading an object is never asked about a queue: the answer says what it is about."""
    queue = "arn:aws:sqs:us-east-1:111122223333:q"
    answer = Question(action="s3:GetObject", resource=queue, identity=[allow("*")]).answer

    assert isinstance(answer, Unknown)
    assert "s3:GetObject does not work on arn:aws:sqs" in answer.because[0]


def test_every_resource_is_asked_about_at_once() -> None:
    """On `*` an answer is for every resource: a scoped policy gives some, so it depends."""
    everywhere = Question(action="s3:GetObject", identity=[allow("s3:*")], on_resource=None)
    somewhere = Question(
        action="s3:GetObject", identity=[allow("s3:*", "arn:aws:s3:::b/*")], on_resource=None
    )

    assert everywhere.outcome == "unknown"  # A bucket of another account has to allow as well.
    assert somewhere.outcome == "unknown"
    assert (
        Question(action="lambda:ListFunctions", identity=[allow("lambda:*")]).outcome == "allowed"
    )
