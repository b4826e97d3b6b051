"""The rules: each has its texts, its examples and its number, and says what it is meant to."""

from __future__ import annotations

from pathlib import Path

import pytest
from cfnlint.decode import decode_str

import cicdgen.rules
from cicdgen.rules.analysis import analyse
from cicdgen.rules.catalogue import BY_CHECK, BY_ID, RULES
from cicdgen.rules.checks import CHECKS

EXAMPLES = Path(cicdgen.rules.__file__).parent / "examples"
SHOWN = [rule for rule in RULES if rule.has_examples]
REGION = "us-east-1"


def _told(text: str) -> set[str]:
    """The rules that a template breaks; doubts are left out."""
    body, problems = decode_str(text)
    assert not problems
    assert body is not None
    return {report.rule for report in analyse(body, REGION) if not report.rule.startswith("I")}


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_the_bad_example_trips_its_rule_and_the_good_one_does_not(rule: object) -> None:
    """What is put right between the two is this rule, those that it lists, and no other."""
    shown = BY_ID[getattr(rule, "id")]  # noqa: B009 - a parameter has no narrower type
    before, after = _told(shown.before), _told(shown.after)

    assert {shown.id, *shown.also} == before - after
    assert set() == after - before


def test_only_what_no_template_can_show_has_no_example() -> None:
    """A broken reader, and a waiver in the config."""
    assert ["E9500", "W9599"] == [rule.id for rule in RULES if not rule.has_examples]
    assert {rule.id for rule in SHOWN} == {folder.name for folder in EXAMPLES.iterdir()}


@pytest.mark.parametrize("number", range(1, 21))
def test_each_failure_has_the_rule_that_is_meant_for_it(number: int) -> None:
    """E9500 + N, or W9500 + N, is about failure N."""
    meant = [rule for rule in RULES if rule.id[1:] == str(9500 + number)]

    assert any(number in rule.failures for rule in meant)


def test_each_check_feeds_one_rule() -> None:
    """A check without a rule would be told as a template that cannot be read."""
    named = [check for rule in RULES for check in rule.checks]

    assert len(named) == len(set(named))
    assert set() == {check.name for check in CHECKS} - set(BY_CHECK)


def test_a_rule_is_as_severe_as_its_checks() -> None:
    """The letter of the id says what the check says of itself."""
    letters = {"error": "E", "warning": "W"}

    assert {check.name: letters[check.severity] for check in CHECKS} == {
        check.name: BY_CHECK[check.name].id[0] for check in CHECKS
    }


def test_ids_are_given_once() -> None:
    """Two rules of one number are of two levels."""
    ids = [rule.id for rule in RULES]

    assert sorted(set(ids), key=lambda name: (name[1:], name)) == ids


def test_unknown_names_of_the_package_are_told() -> None:
    """The classes are made when they are asked for: what is no rule is no attribute."""
    with pytest.raises(AttributeError, match="E9999"):
        cicdgen.rules.E9999  # noqa: B018
