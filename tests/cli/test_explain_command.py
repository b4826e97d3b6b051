"""`cicdgen explain`: the grants behind the policies, in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cicdgen.explanation import spelt

if TYPE_CHECKING:
    from tests.cli.conftest import Cicdgen
    from tests.conftest import WriteConfig

ACTORS = ["function", "hook", "deployer", "build", "test", "pipeline", "release", "trigger"]


def test_every_role_and_every_policy_is_explained(
    cicdgen: Cicdgen, write_config: WriteConfig
) -> None:
    """Roles first, in the order of the help; then resources with a policy of their own."""
    write_config()

    document = json.loads(cicdgen("explain", "--format", "json").out)

    subjects = document["subjects"]
    assert "cicdgen.explain/1" == document["format"]
    assert ACTORS == [subject["name"] for subject in subjects if subject["trusted"]]
    assert ACTORS == [subject["name"] for subject in subjects[: len(ACTORS)]]
    assert {"LambdaKey", "S3Key", "SnsKey", "SourceBucket"} <= {s["name"] for s in subjects}


def test_it_is_what_the_template_says(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """Each statement of each policy is explained, and none that is not there."""
    write_config()
    template = json.loads(cicdgen("render").out)["Resources"]
    subjects = json.loads(cicdgen("explain", "--format", "json").out)["subjects"]

    rendered = {
        (statement["Sid"], *statement["Action"])
        for resource in template.values()
        for key in ("PolicyDocument", "KeyPolicy")
        if key in resource["Properties"]
        for statement in resource["Properties"][key]["Statement"]
    }
    explained = {(s["sid"], *s["actions"]) for subject in subjects for s in subject["statements"]}

    assert rendered == explained
    assert len(rendered) > 40


def test_every_statement_says_why(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """And a `*` has its reason besides."""
    write_config()
    subjects = json.loads(cicdgen("explain", "--format", "json").out)["subjects"]
    statements = [s for subject in subjects for s in subject["statements"]]

    assert [s["sid"] for s in statements if not s["why"]] == []
    assert [s["sid"] for s in statements if ("*" in s["on"]) != bool(s["wildcard"])] == []


@pytest.mark.parametrize("name", [*ACTORS, "S3Key", "SourceBucket"])
def test_one_subject_is_explained(cicdgen: Cicdgen, write_config: WriteConfig, name: str) -> None:
    """By the actor's name, or the resource's logical id."""
    write_config()

    ran = cicdgen("explain", name)

    assert (0, "") == (ran.code, ran.err)
    assert ran.out.startswith(f"{name} (")
    assert "  why: " in ran.out
    assert cicdgen("explain").out.count("\n") > ran.out.count("\n")


def test_the_page_has_a_heading_for_each(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """Markdown for docs/permissions.md, roles and policies told apart."""
    write_config()

    page = cicdgen("explain", "--format", "markdown").out

    assert page.startswith("# Permissions\n")
    assert [f"## Role `{actor}`" for actor in ACTORS] == [
        line for line in page.splitlines() if line.startswith("## Role")
    ]
    assert "## Policy of `S3Key`" in page.splitlines()


def test_an_unknown_role_is_told(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """With all that there are."""
    write_config()

    ran = cicdgen("explain", "admin")

    assert (2, "") == (ran.code, ran.out)
    assert "error: no role or guarded resource `admin`\n" in ran.err
    assert f"hint: there are {', '.join(ACTORS)}, " in ran.err


def test_a_role_that_is_switched_off_is_none(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """Without the hook there is no role for it."""
    write_config('version = 1\n[env.prod]\nproject = "shop"\nrelease.hook = false\n')

    assert "no role or guarded resource `hook`" in cicdgen("explain", "hook").err


@pytest.mark.parametrize(
    "value, words",
    [
        pytest.param({"Fn::Sub": "${Function.Arn}:*"}, "${Function.Arn}:*", id="Sub"),
        pytest.param({"Fn::GetAtt": ["S3Key", "Arn"]}, "${S3Key.Arn}", id="GetAtt"),
        pytest.param({"Ref": "NoticeTopic"}, "${NoticeTopic}", id="Ref"),
        pytest.param("arn:aws:s3:::x", "arn:aws:s3:::x", id="text"),
        pytest.param([{"Ref": "A"}, "b"], "${A}, b", id="list"),
        pytest.param({"Fn::Join": ["", []]}, '{"Fn::Join": ["", []]}', id="anything else"),
        pytest.param(True, "true", id="a scalar"),
    ],
)
def test_a_value_is_written_as_sub_would(value: object, words: str) -> None:
    """So that a person reads one notation, whatever the template uses."""
    assert words == spelt(value)
