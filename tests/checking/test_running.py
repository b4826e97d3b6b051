"""Many templates: in one process or in two, the findings are the same and in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicdgen.checking.running import check
from cicdgen.checking.subjects import Subject
from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = ("Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n", "a:\n\t- b", "[]", "Resources: {}\n")


def test_two_processes_say_what_one_says() -> None:
    """In the order of the templates, whichever was done first."""
    subjects = [
        Subject(name=f"{number}.yaml", regions=(), text=BROKEN[number % len(BROKEN)])
        for number in range(8)
    ]

    assert check(subjects, jobs=1) == check(subjects, jobs=2)


def test_a_region_that_is_not_known_is_told_from_another_process() -> None:
    """With its hint."""
    subjects = [
        Subject(name=f"{number}.yaml", regions=("mars-north-1",), text=BROKEN[0])
        for number in range(4)
    ]

    with pytest.raises(UsageError, match="knows no region mars-north-1") as caught:
        check(subjects, jobs=2)

    assert caught.value.hint


def test_a_template_cannot_switch_ours_off(tmp_path: Path) -> None:
    """Its metadata silences cfn-lint's rules and not ours: a waiver has an owner and an end."""
    silent = (
        "Metadata:\n  cfn-lint:\n    config:\n      ignore_checks: [E9556, W9554, I3011]\n"
        "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"
        "    Properties: {SqsManagedSseEnabled: false}\n"
    )
    path = tmp_path / "t.yaml"
    path.write_text(silent, encoding="utf-8")

    rules = {each.rule for each in check([Subject(name="t", regions=(), path=path)])}

    assert {"E9556", "W9554"} <= rules
    assert "I3011" not in rules
