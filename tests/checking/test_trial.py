"""`--self-test`: what is broken, what is caught, and that a gap is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cicdgen.checking.subjects import Subject
from cicdgen.checking.trial import trial
from cicdgen.cli import run
from cicdgen.proof.mutation import Kind, mutants
from cicdgen.reports import trial as report
from cicdgen.rules.catalogue import BY_ID

ROOT = Path(__file__).parents[2]
PROD = json.loads((ROOT / "templates/prod.json").read_text(encoding="utf-8"))


def _same_but_one(one: Any, other: Any) -> int:  # noqa: ANN401 - JSON
    """In how many places two values differ."""
    if type(one) is not type(other):
        return 1
    if isinstance(one, dict):
        if not one.keys() & other.keys():
            return 1
        keys = one.keys() | other.keys()
        return sum(
            _same_but_one(one[key], other[key]) if key in one and key in other else 1
            for key in keys
        )
    if isinstance(one, list):
        if len(one) == len(other):
            return sum(map(_same_but_one, one, other))
        return 1 if len(one) == len(other) + 1 else 2
    return int(one != other)


def test_our_template_can_be_broken_in_many_ways() -> None:
    """Every kind there is something for, and more than 150 in all."""
    made = list(mutants(PROD))

    assert len(made) > 150
    assert set(Kind) == {mutant.kind for mutant in made}


def test_a_mutant_is_one_change() -> None:
    """What changes places is two; and the original stays what it was."""
    before = json.dumps(PROD)
    swaps = {Kind.SWAP_RESOURCES, Kind.CHANGE_ORDER}
    differences = {
        _same_but_one(PROD, mutant.body) for mutant in mutants(PROD) if mutant.kind not in swaps
    }

    assert {1} == differences
    assert before == json.dumps(PROD)


def test_no_two_mutants_are_the_same() -> None:
    """Each is counted once."""
    made = [str(mutant) for mutant in mutants(PROD)]

    assert len(made) == len(set(made))


def test_a_template_with_nothing_to_break_has_no_mutants() -> None:
    """Whatever it looks like."""
    assert [] == list(mutants({}))
    assert [] == list(mutants({"Resources": {"A": 5, "B": {"Type": "AWS::SNS::Topic"}}}))


def _subject(text: str, tmp_path: Path) -> Subject:
    path = tmp_path / "t.yaml"
    path.write_text(text, encoding="utf-8")
    return Subject(name="t.yaml", regions=(), path=path)


def test_breakages_are_caught_by_name(tmp_path: Path) -> None:
    """By the rule that is meant for it; two processes say the same."""
    subject = _subject(BY_ID["E9513"].after, tmp_path)
    outcomes = trial(subject, jobs=1)
    by_what = {each.mutant.what: each.caught_by for each in outcomes}

    assert "E9508" in by_what["InputArtifacts has another, not source"]
    assert "E9513" in by_what["Source without NotificationConfiguration"]
    assert outcomes == trial(subject, jobs=2)


def test_what_nobody_catches_is_a_gap(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With checks that see nothing, every breakage survives, and the run ends with 4."""
    _subject(BY_ID["E9513"].after, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cicdgen.checking.trial.analyse", lambda *_: ())
    monkeypatch.setattr("cicdgen.checking.trial.why", lambda *_: "")

    code = run(["check", "--self-test", "t.yaml", "--jobs", "1"])

    out = capsys.readouterr().out
    assert 4 == code
    assert "rename an artifact: 0 of 3 caught\n" in out
    assert "Not caught, and it should be" in out


def test_a_trial_is_a_document() -> None:
    """Versioned JSON, with every mutant."""
    subject = Subject(name="t", regions=(), text=json.dumps({"Resources": {}}))
    document = json.loads(report.document([("t", trial(subject))]))

    assert {"format": "cicdgen.trial/1", "templates": [{"file": "t", "outcomes": []}]} == document


@pytest.mark.parametrize(
    "args",
    [("--format", "sarif"), ("--new-since", "HEAD")],
    ids=["a format of findings", "a commit"],
)
def test_what_goes_not_together_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A trial has no findings to compare or to upload."""
    _subject("Resources: {}\n", tmp_path)
    monkeypatch.chdir(tmp_path)

    assert 2 == run(["check", "--self-test", "t.yaml", *args])
    assert "--self-test tells text or JSON" in capsys.readouterr().err
