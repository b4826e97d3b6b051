"""A change set is shown by what shows the comparison of two files, with what AWS says of it."""

from __future__ import annotations

from cicdgen.aws.described import Change, Detail
from cicdgen.deploying.classes import Classified
from cicdgen.deploying.happenings import Proposed
from cicdgen.diff.change import (
    Comparison,
    Danger,
    Effect,
    PropertyChange,
    ResourceChange,
    Verdict,
    Width,
    Witness,
)
from cicdgen.reports import deploying

STATEMENT = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
POLICY = ResourceChange(
    logical_id="Policy",
    type="AWS::IAM::Policy",
    effect=Effect.CHANGE,
    properties=(
        PropertyChange(
            path=("Resources", "Policy", "Properties", "PolicyDocument", "Statement", 0),
            before=STATEMENT,
            after={**STATEMENT, "Action": "s3:*"},
        ),
    ),
    unchanged=2,
)
KEPT = ResourceChange(logical_id="Kept", type="AWS::S3::Bucket", effect=Effect.REPLACE)
COMPARISON = Comparison(
    resources=(POLICY, KEPT),
    verdicts=(
        Verdict(
            subject="Role",
            width=Width.BROADER,
            witness=Witness(principal="Role", action="s3:PutObject", resource="arn:aws:s3:::b/x"),
        ),
    ),
)


def detail(name: str, **more: str) -> Detail:
    """What it says of a property."""
    return Detail(path=f"/Properties/{name}", **more)


def change(logical_id: str, type_name: str, *details: Detail) -> Change:
    """What the change set says of a resource that it modifies."""
    return Change(
        action="Modify", logical_id=logical_id, type=type_name, details=details, replacement="False"
    )


PROPOSED = Proposed(
    arn="arn:aws:cloudformation:eu-west-1:123456789012:changeSet/c/1",
    is_new_stack=False,
    changes=(
        Classified(
            change=change(
                "Queue",
                "AWS::SQS::Queue",
                detail("QueueName", before="a", after="b", recreation="Always"),
            ),
            effect=Effect.REPLACE,
            dangers=(Danger.REPLACE_STATEFUL,),
        ),
        Classified(
            change=change("Policy", "AWS::IAM::Policy", detail("PolicyDocument")),
            effect=Effect.CHANGE,
        ),
        Classified(
            change=change("Rule", "AWS::Events::Rule", detail("Targets", cause="Queue.Arn")),
            effect=Effect.CHANGE,
        ),
        Classified(
            change=change(
                "Function",
                "AWS::Lambda::Function",
                detail("Role", before="r", after="{{changeSet:KNOWN_AFTER_APPLY}}"),
                detail("Description", before="r", after="(known after deploy)"),
            ),
            effect=Effect.CHANGE,
        ),
    ),
    comparison=COMPARISON,
)
TEXT = deploying.lines(PROPOSED)


def test_a_policy_is_shown_statement_by_statement() -> None:
    """As `cicdgen diff` shows it, with the request that is newly allowed."""
    assert '    ~ PolicyDocument.Statement[0] "Read": Allow' in TEXT
    assert "        + Action s3:*" in TEXT
    assert "      newly allowed: Role: s3:PutObject on arn:aws:s3:::b/x" in TEXT


def test_what_only_aws_says_is_shown_too() -> None:
    """What forces a replacement, and what follows from another change."""
    assert '    ~ QueueName: "a" -> "b"  # forces replacement' in TEXT
    assert "    ~ Targets: (as it is) -> (follows Queue.Arn)" in TEXT


def test_words_in_place_of_a_value_have_no_quotes() -> None:
    """What AWS makes is no text that somebody wrote, and what somebody wrote no word of AWS's."""
    assert '    ~ Role: "r" -> (known after deploy)' in TEXT
    assert '    ~ Description: "r" -> "(known after deploy)"' in TEXT
    assert any(line.startswith("-/+ Queue (AWS::SQS::Queue)  ! ") for line in TEXT)


def test_what_the_change_set_does_not_list_is_no_replacement() -> None:
    """CloudFormation has said what it does; the templates may still differ there."""
    assert "~ Kept (AWS::S3::Bucket)" in TEXT


def test_it_ends_in_one_sentence_with_all_counts() -> None:
    """The change set before it, for whoever wants to look it up."""
    assert deploying.closing(PROPOSED) == TEXT[-1]
    assert (
        "Plan: 0 to add, 4 to change, 1 to replace, 0 to delete; permissions: 1 broader" == TEXT[-1]
    )
    assert TEXT[-2].startswith("change set: arn:")
