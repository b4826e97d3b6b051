"""Text of the user's that looks as if something were to be substituted in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.configs import minimal_config

from cicdgen.cloudformation import SOMEWHERE, stacks
from cicdgen.lint import Linter
from cicdgen.proof.reading import read
from cicdgen.template import render

if TYPE_CHECKING:
    from cicdgen.cloudformation import Stack

TEXTS = {
    "a resource": "${SourceBucket}/${AWS::Region}",
    "an attribute": "arn ${Function.Arn}",
    "escaped already": "${!Function} and ${Function}",
    "nothing of ours": "${name} $ {} ${",
}


@pytest.fixture(scope="module")
def linter() -> Linter:
    """cfn-lint takes a second to load its rules."""
    return Linter()


def _rendered(text: str) -> str:
    return render(
        minimal_config(
            function={"environment": {"TEXT": text}},
            build={"environment": {"TEXT": text}},
            release={"smoke_event": {"text": text}},
        )
    )


def _stack(rendered: str) -> Stack:
    (stack,) = stacks(read(rendered, "template.json"), SOMEWHERE)
    return stack


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_reaches_the_function_and_the_build_as_it_is_written(text: str) -> None:
    """CloudFormation substitutes nothing in it."""
    stack = _stack(_rendered(text))
    properties: dict[str, Any] = {name: each.properties for name, each in stack.resources.items()}
    function = properties["Function"]["Environment"]["Variables"]["TEXT"]
    build = properties["BuildProject"]["Environment"]["EnvironmentVariables"]
    hook = properties["Hook"]["Environment"]["Variables"]["SMOKE_EVENT"]

    assert text == function.known
    assert [text] == [each["Value"].known for each in build if each["Name"].known == "TEXT"]
    assert f'{{"text": "{text}"}}' == hook.known


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_lints_clean(linter: Linter, text: str) -> None:
    """Nothing there is a forgotten `Fn::Sub`, or one too many."""
    findings = linter.lint_text(_rendered(text), "template.json", ())

    assert [] == [each for each in findings if each.rule != "I9505"]
