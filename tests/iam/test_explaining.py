"""What an answer says of itself: which statements decide, and what came closest."""

from __future__ import annotations

import pytest
from tests.iam.asking import ROLE, ROLE_ARN, Question, allow, deny

from cicdgen.cloudformation import EXAMPLE, Template, stacks, written
from cicdgen.iam import (
    Allowed,
    Anonymous,
    Denied,
    Request,
    Statement,
    collect,
    decide,
    nearest_misses,
)

OBJECT = "arn:aws:s3:::b/k"
READ = allow("s3:GetObject", OBJECT)


def test_an_answer_names_every_statement_that_allows() -> None:
    """A request that two policies allow has both of them to thank."""
    question = Question(
        action="s3:GetObject",
        resource=OBJECT,
        identity=[READ, allow("sqs:*")],
        on_resource=[allow("s3:*", OBJECT, principal={"AWS": ROLE_ARN}, Sid="Readers")],
    )

    assert str(question.answer) == (
        "allowed by statement 1 of Identity (Identity.Statement[0]) "
        "and “Readers” of OnIt (OnIt.Statement[0])"
    )


def test_an_answer_names_what_denies() -> None:
    """The statement that denies, and none that allows."""
    question = Question(
        action="s3:GetObject", resource=OBJECT, identity=[READ, deny("s3:*", Sid="Never")]
    )

    assert str(question.answer) == "denied by “Never” of Identity (Identity.Statement[1])"


def test_an_answer_names_what_lacks() -> None:
    """Without a statement, the policies that would have to have one."""
    assert str(Question(action="s3:GetObject", resource=OBJECT).answer) == (
        f"not allowed by the identity policies of {ROLE_ARN} and the resource policy of {OBJECT}"
    )


def test_a_service_without_resource_policies_lacks_none() -> None:
    """A pipeline has no policy of its own, so only the identity's can be missing."""
    pipeline = "arn:aws:codepipeline:us-east-1:111122223333:shop"
    question = Question(action="codepipeline:StartPipelineExecution", resource=pipeline)

    assert str(question.answer) == f"not allowed by the identity policies of {ROLE_ARN}"


def test_a_public_answer_rests_on_no_public_access_block() -> None:
    """Block Public Access is no policy, and not looked at: an answer to anyone says so."""
    everyone = allow("s3:GetObject", OBJECT, principal="*")
    question = Question(
        action="s3:GetObject", resource=OBJECT, principal=Anonymous(), on_resource=[everyone]
    )
    answer = question.answer

    assert isinstance(answer, Allowed)
    assert "no public access block of the bucket or of its account forbids it" in answer.assuming


MISSES = [
    ("Action", allow("s3:PutObject", OBJECT), "s3:PutObject", "s3:GetObject"),
    ("Resource", allow("s3:GetObject", "arn:aws:s3:::b"), "arn:aws:s3:::b", OBJECT),
    (
        "Condition",
        allow("s3:GetObject", OBJECT, {"StringEquals": {"aws:PrincipalTag/team": ["a", "b"]}}),
        "StringEquals aws:PrincipalTag/team a or b",
        "aws:PrincipalTag/team c",
    ),
    (
        "Condition",
        allow("s3:GetObject", OBJECT, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        "Bool aws:MultiFactorAuthPresent true",
        "no aws:MultiFactorAuthPresent",
    ),
]


@pytest.mark.parametrize("element, statement, expected, got", MISSES)
def test_a_near_miss_names_the_element(
    element: str, statement: object, expected: str, got: str
) -> None:
    """A statement with all but one element right tells which, what it wants and what it got."""
    far = allow("s3:PutObject", "arn:aws:s3:::other")
    question = Question(
        action="s3:GetObject",
        resource=OBJECT,
        identity=[far, statement],
        context={"aws:PrincipalTag/team": "c"},
    )
    (miss,) = nearest_misses(question.request, question.policies)

    assert (miss.element, miss.expected, miss.got) == (element, expected, got)
    assert str(miss) == (
        "statement 2 of Identity (Identity.Statement[1]) would allow it, "
        f"but its {element} wants {expected}, and the request has {got}"
    )


def test_a_near_miss_of_a_resource_policy_names_the_principal() -> None:
    """The other service that is trusted."""
    statement = allow("s3:*", OBJECT, principal={"Service": "events.amazonaws.com"})
    question = Question(action="s3:GetObject", resource=OBJECT, on_resource=[statement])
    (miss,) = nearest_misses(question.request, question.policies)

    assert (miss.element, miss.expected, miss.got) == (
        "Principal",
        "events.amazonaws.com",
        ROLE_ARN,
    )


def test_leaving_out_a_statement_makes_other_policies() -> None:
    """The first policies are as they were: what a statement is needed for can be asked freely."""
    question = Question(
        action="s3:GetObject", resource=OBJECT, identity=[allow("sqs:*"), READ], on_resource=()
    )
    policies = question.policies
    other, needed = policies.statements

    assert isinstance(decide(question.request, policies.without(other)), Allowed)
    assert isinstance(decide(question.request, policies.without(needed)), Denied)
    assert isinstance(decide(question.request, policies), Allowed)


def test_a_single_action_resource_or_test_can_be_left_out() -> None:
    """Each value of a statement is addressed by its index, and knows its place in the template."""
    statement = allow(
        ["s3:GetObject", "s3:PutObject"],
        [OBJECT, "arn:aws:s3:::c/*"],
        {"Bool": {"aws:SecureTransport": "true"}},
    )
    question = Question(action="s3:GetObject", resource=OBJECT, identity=[statement])
    policies = question.policies
    (whole,) = policies.statements

    def asked(changed: Statement | None) -> bool:
        return isinstance(decide(question.request, policies.replaced(whole, changed)), Allowed)

    freed = whole.without_test(0)
    assert not asked(whole)
    assert asked(freed)
    assert asked(freed.without_action(1))
    assert not asked(freed.without_action(0))
    assert asked(freed.without_resource(1))
    assert not asked(freed.without_resource(0))
    assert [written(path) for path in whole.actions.paths] == [
        "Identity.Statement[0].Action[0]",
        "Identity.Statement[0].Action[1]",
    ]


def test_a_statement_knows_where_it_was_written() -> None:
    """Through `Fn::If` and lists, the place is the one in the template."""
    policy = {"Version": "2012-10-17", "Statement": [{"Fn::If": ["Yes", {**READ, "Sid": "S"}, {}]}]}
    template = Template.read(
        {
            "Conditions": {"Yes": {"Fn::Equals": ["a", "a"]}},
            "Resources": {
                "Role": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": policy}]},
                }
            },
        }
    )
    (stack,) = stacks(template, EXAMPLE)
    policies = collect(stack)
    (statement,) = policies.statements

    assert str(statement) == (
        "“S” of Role (Resources.Role.Properties.Policies[0].PolicyDocument.Statement[0].Fn::If[1])"
    )


def test_an_unknown_answer_names_what_it_depends_on() -> None:
    """What an unknown answer depends on is told element by element."""
    statement = allow("s3:GetObject", OBJECT, {"StringLike": {"aws:PrincipalTag/team": "a*"}})
    question = Question(action="s3:GetObject", resource=OBJECT, identity=[statement])
    request = Request.of(ROLE, "s3:GetObject", OBJECT)
    answer = decide(request, question.policies)

    assert str(answer) == (
        "not known: statement 1 of Identity (Identity.Statement[0]): its Condition wants "
        "StringLike aws:PrincipalTag/team a*, and the request has aws:PrincipalTag/team of which "
        "nothing is known"
    )
