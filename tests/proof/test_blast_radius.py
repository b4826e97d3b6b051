"""What code in a build could reach, on templates small enough to see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cicdgen.cloudformation import EXAMPLE, Template, stacks
from cicdgen.proof.blast_radius import How, Limit, Reach, beyond, check, reaches
from cicdgen.proof.flaw import Doubt, Flaw

Json = Any
TEMPLATES = Path(__file__).parents[2] / "templates"


def role(
    *statements: Json, trusts: str = "codebuild.amazonaws.com", **more: Json
) -> dict[str, Json]:
    """A role with these statements, trusting a service."""
    trust = {"Effect": "Allow", "Principal": {"Service": trusts}, "Action": "sts:AssumeRole"}
    document = {"Statement": list(statements)}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Statement": [trust]},
            "Policies": [{"PolicyName": "p", "PolicyDocument": document}],
            **more,
        },
    }


def allow(action: Json, resource: Json = "*", **more: Json) -> dict[str, Json]:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def arn(name: str) -> dict[str, Json]:
    """A resource's ARN."""
    return {"Fn::GetAtt": [name, "Arn"]}


def function(name: str, *, role_name: str = "Strong") -> dict[str, Json]:
    """A function that runs as a role."""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {"FunctionName": name, "Role": arn(role_name)},
    }


def project(*, role_name: str = "Builder") -> dict[str, Json]:
    """A project that runs as a role."""
    return {"Type": "AWS::CodeBuild::Project", "Properties": {"ServiceRole": arn(role_name)}}


def of_build(*statements: Json, **others: Json) -> Reach:
    """What the build reaches whose role has these statements."""
    body = {"Resources": {"Build": project(), "Builder": role(*statements), **others}}
    (stack,) = stacks(Template.read(body), EXAMPLE)
    return next(reach for reach in reaches(stack) if reach.origin == "Build")


LAMBDA_ROLE = role(allow("dynamodb:DeleteTable"), trusts="lambda.amazonaws.com")
TRUSTING = role(
    AssumeRolePolicyDocument={
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": arn("Builder")}, "Action": "sts:AssumeRole"}
        ]
    }
)
PASS = allow("iam:PassRole", arn("Strong"))
KEY = {
    "Type": "AWS::KMS::Key",
    "Properties": {
        "KeyPolicy": {
            "Statement": [
                allow("kms:PutKeyPolicy", Principal={"AWS": arn("Builder")}),
            ]
        }
    },
}

STEPS: dict[str, tuple[list[Json], dict[str, Json], str, How]] = {
    "assumes a role that trusts it": (
        [allow("sts:AssumeRole", arn("Strong"))],
        {"Strong": TRUSTING},
        "Strong",
        How.ASSUMES,
    ),
    "passes a role to a new function": (
        [PASS, allow("lambda:CreateFunction")],
        {"Strong": LAMBDA_ROLE},
        "Strong",
        How.PASSES,
    ),
    "changes the code of a function": (
        [allow("lambda:Update*", arn("Function"))],
        {"Strong": LAMBDA_ROLE, "Function": function("f")},
        "Strong",
        How.RUNS_AS,
    ),
    "starts another build": (
        [allow("codebuild:StartBuild", arn("Other"))],
        {"Strong": role(), "Other": project(role_name="Strong")},
        "Strong",
        How.RUNS_AS,
    ),
    "writes a role's policy": (
        [allow("iam:PutRolePolicy", arn("Strong"))],
        {"Strong": role()},
        "Strong",
        How.WRITES_POLICY,
    ),
    "writes a key policy": ([], {"Key": KEY}, "Key", How.CHANGES_KEY_POLICY),
}


@pytest.mark.parametrize("name", STEPS)
def test_each_step_is_found(name: str) -> None:
    """A right that leads on is a step, and what is reached through it, too."""
    statements, others, reached, how = STEPS[name]

    assert how is of_build(*statements, **others).ways[reached][-1].how


NO_STEPS: dict[str, tuple[list[Json], dict[str, Json]]] = {
    "a role that trusts another": (
        [allow("sts:AssumeRole", arn("Strong"))],
        {"Strong": role()},
    ),
    "a role that nothing puts to work": ([PASS], {"Strong": LAMBDA_ROLE}),
    "a role that the service may not assume": (
        [PASS, allow("lambda:CreateFunction")],
        {"Strong": role(trusts="ec2.amazonaws.com")},
    ),
    "a role that is passed to another service": (
        [
            {**PASS, "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}},
            allow("lambda:CreateFunction"),
        ],
        {"Strong": LAMBDA_ROLE},
    ),
    "a function that may be read": (
        [allow("lambda:GetFunction", arn("Function"))],
        {"Strong": LAMBDA_ROLE, "Function": function("f")},
    ),
}


@pytest.mark.parametrize("name", NO_STEPS)
def test_what_is_no_step(name: str) -> None:
    """A right that leads nowhere by itself reaches nothing but the build's own role."""
    statements, others = NO_STEPS[name]

    assert ["Builder"] == list(of_build(*statements, **others).ways)


def test_the_shortest_way_is_told() -> None:
    """One function behind the other: two steps away, unless there is a shorter way."""
    first = role(allow("lambda:UpdateFunctionCode", arn("G")), trusts="lambda.amazonaws.com")
    others = {
        "Middle": first,
        "Strong": LAMBDA_ROLE,
        "F": function("f", role_name="Middle"),
        "G": function("g"),
    }
    one = allow("lambda:UpdateFunctionCode", arn("F"))
    both = allow("lambda:UpdateFunctionCode", [arn("F"), arn("G")])

    assert 2 == of_build(one, **others).steps_to("Strong")
    assert 1 == of_build(both, **others).steps_to("Strong")


def test_powers_are_those_that_change_something() -> None:
    """What may be read is no power; what may be written is, with its level."""
    (power,) = of_build(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::b/*")).powers[
        "Builder"
    ]

    assert ("s3:PutObject", "arn:aws:s3:::b/*", "Write") == (
        power.action,
        power.resource,
        power.level,
    )


def remarks(limit: Limit, *statements: Json, **others: Json) -> list[Json]:
    """What the check says of a build within a limit."""
    body = {"Resources": {"Build": project(), "Builder": role(*statements), **others}}
    (stack,) = stacks(Template.read(body), EXAMPLE)
    return list(beyond(tuple(reaches(stack)), limit))


def test_an_administrator_is_a_flaw() -> None:
    """Whoever may write a role's policy, or do everything, may give itself any right."""
    writes = remarks(Limit(), allow("iam:PutRolePolicy", arn("Strong")), Strong=role())
    everything = remarks(Limit(), allow("*"))

    assert "writes the policies of Strong" in writes[0].message
    assert "Builder may do *" in everything[0].message
    assert [] == remarks(Limit(administrator=True), allow("iam:*", "arn:aws:iam::1:user/x"))


def test_a_limit_in_steps_and_by_name() -> None:
    """What is too far away, or forbidden, is a flaw; what is within is not."""
    statement = allow("lambda:UpdateFunctionCode", arn("Function"))
    others = {"Strong": LAMBDA_ROLE, "Function": function("f")}

    assert 2 == len(remarks(Limit(steps=0), statement, **others))
    assert [] == remarks(Limit(steps=1), statement, **others)
    assert [Flaw] == [
        type(each)
        for each in remarks(Limit(never=frozenset({"Strong"})), statement, **others)
        if each.path[1] == "Build"
    ]


def test_a_way_that_is_not_sure_is_a_doubt() -> None:
    """A condition on a tag that nobody knows leaves the step open."""
    tagged = {"StringEquals": {"aws:ResourceTag/team": "shop"}}
    statement = allow("lambda:UpdateFunctionCode", arn("Function"), Condition=tagged)
    others = {"Strong": LAMBDA_ROLE, "Function": function("f")}
    limit = Limit(never=frozenset({"Function"}))

    assert [Doubt] == [
        type(each) for each in remarks(limit, statement, **others) if each.path[1] == "Build"
    ]


def test_our_own_build_makes_the_release_and_no_more() -> None:
    """The build decides what the function runs, in two steps, for that is what it is for."""
    body = json.loads((TEMPLATES / "prod.json").read_text(encoding="utf-8"))
    (stack,) = stacks(Template.read(body))
    (build,) = (reach for reach in reaches(stack) if reach.origin == "BuildProject")

    assert [] == list(check(stack))
    assert 2 == build.steps_to("FunctionRole")
    assert {"Deployer", "TestProject", "Function"} <= set(build.ways)
    assert {"PipelineRole", "ReleaseRole", "TriggerRole"}.isdisjoint(build.ways)
    assert all(step.certain for way in build.ways.values() for step in way)


def test_a_template_without_builds_reaches_nothing() -> None:
    """Where no code runs, there is nothing to say."""
    (stack,) = stacks(Template.read({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}))

    assert [] == list(reaches(stack))


def limited(entry: Json) -> list[str]:
    """What the check says of a build that changes a function's code, within this entry."""
    body = {
        "Metadata": {"cicdgen": {"BlastRadius": entry}},
        "Resources": {
            "Build": project(),
            "Builder": role(allow("lambda:UpdateFunctionCode", arn("Function"))),
            "Strong": LAMBDA_ROLE,
            "Function": function("f"),
        },
    }
    (stack,) = stacks(Template.read(body), EXAMPLE)
    return [remark.message for remark in check(stack) if isinstance(remark, Flaw)]


def test_the_limit_stands_in_the_template() -> None:
    """Whoever lints the template asks for the same, whatever tool lints it."""
    assert [] == limited({"Steps": 1})
    assert any("Build reaches Function" in message for message in limited({"Steps": 0}))
    assert any("Build reaches Strong" in message for message in limited({"Never": ["Strong"]}))
    assert [] == limited({"Never": ["Builder"]})


@pytest.mark.parametrize(
    "entry",
    [
        {"Steps": "1"},
        {"Steps": True},
        {"Steps": -1},
        {"Never": "Strong"},
        {"Never": ["Stronk"]},
        {"Step": 1},
        ["Steps"],
    ],
    ids=str,
)
def test_a_limit_that_cannot_be_read_is_a_flaw(entry: Json) -> None:
    """A slip in the limit would let everything through."""
    (message,) = limited(entry)

    assert message.startswith("the limit of the blast radius limits nothing")
