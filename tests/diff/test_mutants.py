"""Our own template, broken as the checks are tried with: each break gets a fitting verdict."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.diff.release import BEFORE

from cicdgen.diff import WIDER, Comparison, Width, compare
from cicdgen.proof.mutation import Kind, Mutant, mutants

_BODY = json.loads(BEFORE.read_text(encoding="utf-8"))
_KINDS = (Kind.DROP_STATEMENT, Kind.DROP_ACTION, Kind.DROP_CONDITION)
_ONE_IN = 5
MUTANTS = [each for each in mutants(_BODY) if each.kind in _KINDS][::_ONE_IN]


def _effect(mutant: Mutant) -> str:
    """The effect of the statement that was changed."""
    value: Any = _BODY
    effect = ""
    for step in mutant.path:
        value = value[step]
        if isinstance(value, dict) and "Effect" in value:
            effect = value["Effect"]
    return effect


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_broken_statement_gets_the_verdict_of_its_kind(mutant: Mutant) -> None:
    """Less of a grant narrows, less of a denial widens, and a condition is the other way round."""
    found = compare(_BODY, mutant.body)
    narrows = (_effect(mutant) == "Allow") == (mutant.kind is not Kind.DROP_CONDITION)

    assert found.verdicts
    assert _widths(found) <= ({Width.NARROWER, Width.SAME} if narrows else WIDER)


def test_all_of_them_are_tried() -> None:
    """Enough are drawn of each kind for the test to mean something."""
    drawn = [each.kind for each in MUTANTS]

    assert all(drawn.count(kind) >= 5 for kind in _KINDS), drawn


def _widths(comparison: Comparison) -> set[Width]:
    return {verdict.width for verdict in comparison.verdicts}
