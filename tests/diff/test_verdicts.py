"""Whether a change permits more is decided by meaning, and what is newly allowed is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.diff.pairs import PAIRS, Pair

from cicdgen.cloudformation import SOMEWHERE
from cicdgen.diff import Width, compare
from cicdgen.diff.pairing import pairs, read, settled
from cicdgen.diff.verdicts import findings
from cicdgen.iam import Allowed, Denied, decide

if TYPE_CHECKING:
    from cicdgen.diff.findings import Shown

EACH = pytest.mark.parametrize("pair", PAIRS, ids=[pair.what for pair in PAIRS])
SHOWN = [pair for pair in PAIRS if pair.width in {Width.BROADER, Width.BOTH}]


@EACH
def test_the_verdict(pair: Pair) -> None:
    """Each change of the table gets its verdict, and nobody else gets a wider one."""
    found = {each.subject: each for each in compare(pair.before, pair.after).verdicts}

    assert pair.subject in found
    assert (pair.width, pair.what) == (found[pair.subject].width, pair.what), found


@pytest.mark.parametrize("pair", SHOWN, ids=[pair.what for pair in SHOWN])
def test_a_witness_is_denied_before_and_allowed_after(pair: Pair) -> None:
    """What is shown as newly allowed is: the evaluator says so, asked anew."""
    shown = _shown(pair)

    assert shown
    for each in shown:
        assert isinstance(decide(each.same, each.denying), Denied)
        assert isinstance(decide(each.request, each.allowing), Allowed)


def test_the_table_is_large_enough() -> None:
    """Every verdict has its examples."""
    counts = {width: sum(pair.width is width for pair in PAIRS) for width in Width}

    assert len(PAIRS) >= 60
    assert min(counts.values()) >= 5


def _shown(pair: Pair) -> list[Shown]:
    both = settled(pairs(read(pair.before), read(pair.after), SOMEWHERE, {}, {}))
    return [
        finding.shown
        for each in both
        for finding in findings(each, {*pair.before["Resources"], *pair.after["Resources"]})
        if finding.subject == pair.subject and finding.shown
    ]
