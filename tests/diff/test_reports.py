"""A realistic change of our own template, as it is told in each format."""

from __future__ import annotations

import json

import pytest
from tests.diff.bodies import resource, template
from tests.diff.release import GOLDEN, TOLD, change

from cicdgen.diff import Comparison, compare
from cicdgen.reports import diff, diff_json, diff_markdown

HOSTILE = "\x1b[2J|`<!-- @everyone -->"


@pytest.mark.parametrize("name", TOLD)
def test_a_change_is_told_as_it_was(name: str) -> None:
    """The golden files are what a reader sees: `python -m tests.diff.release` makes them anew."""
    assert (GOLDEN / name).read_text(encoding="utf-8") == TOLD[name](change())


def test_no_change_is_one_sentence() -> None:
    """Nothing to read, nothing to approve."""
    assert "No changes: the templates mean the same.\n" == diff.text(Comparison())


def test_only_the_symbols_in_use_are_explained() -> None:
    """A legend of what is not there is noise."""
    found = compare(template(), template(Queue=resource("AWS::SQS::Queue")))

    assert "+ add" == diff.text(found).splitlines()[0]


def test_a_template_cannot_write_to_the_terminal_or_the_comment() -> None:
    """Text of a template is shown, and not obeyed."""
    body = template(**{HOSTILE: resource("AWS::SQS::Queue", QueueName=HOSTILE)})
    found = compare(body, template())

    assert "\x1b" not in diff.text(found)
    told = diff_markdown.document({HOSTILE: found})
    outside = told.partition("<details>")[0]
    assert "<!--" not in outside
    assert "@everyone" not in outside
    assert "````text" not in told


def test_a_fence_is_longer_than_what_it_holds() -> None:
    """Text of a template cannot end the block that it stands in."""
    body = template(Queue=resource("AWS::SQS::Queue", QueueName="```"))

    assert "````text" in diff_markdown.document({"it": compare(template(), body)})


def test_what_several_share_is_told_once() -> None:
    """The same hunk of two environments stands under both names."""
    found = compare(template(), template(Queue=resource("AWS::SQS::Queue")))
    more = compare(template(), template(Queue=resource("AWS::SQS::Queue"), T=resource("A::B::C")))

    told = diff.folded({"dev": found, "prod": more})

    assert 1 == told.count("+ Queue (AWS::SQS::Queue)")
    assert "== dev, prod ==\n\n+ Queue" in told
    assert "== prod ==\n\n+ T" in told


def test_what_differs_only_in_the_environments_name_is_the_same() -> None:
    """Two environments name their resources after themselves."""
    each = {
        env: compare(template(), template(Q=resource("AWS::SQS::Queue", QueueName=f"shop-{env}-q")))
        for env in ("dev", "prod")
    }

    told = diff.folded(each, {"dev": "shop-dev", "prod": "shop-prod"})

    assert "== dev, prod ==" in told
    assert '    + QueueName: "shop-ENV-q"' in told.splitlines()


def test_the_document_has_a_version() -> None:
    """Whoever reads it can tell what it is."""
    document = json.loads(diff_json.document({"prod": Comparison()}))

    assert "cicdgen.diff/1" == document["format"]
    assert [("prod", True)] == [(each["name"], each["empty"]) for each in document["comparisons"]]
