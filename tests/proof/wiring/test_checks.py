"""Each check of the wiring, on its good template, on that with a fault, and on foreign ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.proof.wiring.tables import Case, cases, disagreement, said

from cicdgen.proof.wiring import CHECKS

if TYPE_CHECKING:
    from cicdgen.proof.check import Check

FILES = Path(__file__).parent / "cases"
ROWS = [
    pytest.param(check, case, id=f"{check.name}: {case.says}")
    for check in CHECKS
    for case in cases(FILES / f"{check.name}.yaml")
]


@pytest.mark.parametrize("check,case", ROWS)
def test_what_is_said(check: Check, case: Case) -> None:
    """A check says what its file says, and nothing else: no flaw more, no doubt less."""
    flaws, doubts = said(check, case.body)

    assert {} == disagreement(case.flaws, flaws)
    assert {} == disagreement(case.doubts, doubts)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_each_check_has_its_cases(check: Check) -> None:
    """A fault that is found, a good template that is not, and somebody else's style."""
    found = list(cases(FILES / f"{check.name}.yaml"))

    assert any(case.flaws for case in found)
    assert {} == found[0].flaws
    assert any(case.is_foreign for case in found)


def test_each_file_has_its_check() -> None:
    """No table is left behind."""
    assert {f"{check.name}.yaml" for check in CHECKS} == {path.name for path in FILES.iterdir()}
