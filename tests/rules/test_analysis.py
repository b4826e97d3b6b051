"""A template is read once, and what cannot be got through is said."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.decode import decode_str
from cfnlint.rules import Rules
from cfnlint.runner import run_template_by_data

from cicdgen.proof.check import Check
from cicdgen.proof.flaw import Doubt, Flaw
from cicdgen.rules import adapter, ahead
from cicdgen.rules.analysis import analyse
from cicdgen.rules.catalogue import BY_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack
    from cicdgen.proof.flaw import Remark

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"
EMPTY: dict[str, Any] = {"Resources": {}}
TWO_CASES = {
    "Parameters": {"Stage": {"Type": "String"}},
    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    "Resources": {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle",
                             "Condition": "IsProd"}},
}  # fmt: skip


def _check(*remarks: Remark, crash: bool = False) -> Check:
    def run(_: Stack) -> Iterator[Remark]:
        yield from remarks
        if crash:
            message = "no idea"
            raise ValueError(message)

    return Check(name="alarm-heard", title="", run=run)


FLAW = Flaw(check="alarm-heard", path=("Resources",), message="m", fix="f", source="s/p")
DOUBT = Doubt(check="alarm-heard", path=("Resources",), because="b")


def test_what_a_parameter_is_by_default_is_looked_at_too() -> None:
    """Somebody may give another, but whoever says nothing gets what the template says."""
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": {"Ref": "Runtime"}}}
    body = {
        "Parameters": {"Runtime": {"Type": "String", "Default": "python3.8"}},
        "Resources": {"Function": function},
    }

    assert "W9560" in {each.rule for each in analyse(body, REGION)}


def test_a_crash_is_one_honest_finding() -> None:
    """What a check said before it broke is kept; what it could not look at is named."""
    flaw, crash = analyse(EMPTY, REGION, [_check(FLAW, crash=True)])

    assert "E9505" == flaw.rule
    assert "E9500" == crash.rule
    assert "could not get through alarm-heard" in crash.message
    assert "ValueError: no idea" in crash.message


def test_a_template_that_cannot_be_read_is_one_finding() -> None:
    """Whatever our reader stumbles over, it is told, and nothing is raised."""
    broken = {"Resources": {}, "Parameters": {"A": {"Type": "String", "AllowedValues": 5}}}
    broken |= {"Conditions": {"C": {"Fn::Equals": [{"Ref": "A"}, "x"]}}}
    broken["Resources"] = {"H": {"Type": "AWS::SNS::Topic", "Condition": "C"}}

    reports = analyse(broken, REGION)

    assert ["E9500"] == [report.rule for report in reports]
    assert "nothing is proved" in reports[0].message


def test_each_thing_is_said_once_whatever_the_cases() -> None:
    """A template that can become two stacks is not told everything twice."""
    assert 1 == len(analyse(TWO_CASES, REGION, [_check(FLAW)]))


def test_wrong_in_one_case_is_not_in_doubt() -> None:
    """A flaw and a doubt about the same place are a flaw."""
    assert ["E9505"] == [report.rule for report in analyse(EMPTY, REGION, [_check(FLAW, DOUBT)])]
    assert ["I9505"] == [report.rule for report in analyse(EMPTY, REGION, [_check(DOUBT)])]


def test_a_template_with_nothing_of_ours_is_clean() -> None:
    """There is nothing to say, not even a doubt."""
    body = {"Resources": {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}

    assert () == analyse(body, REGION)


def test_dates_of_yaml_are_text() -> None:
    """`Version: 2012-10-17` without quotes is a date to YAML, and a policy's version to AWS."""
    body, _ = decode_str(BY_ID["E9502"].after.replace('"2012-10-17"', "2012-10-17"))
    assert body is not None

    quoted, _ = decode_str(BY_ID["E9502"].after)

    assert quoted is not None
    assert analyse(quoted, REGION) == analyse(body, REGION)


def _lint(text: str) -> list[str]:
    body, _ = decode_str(text)
    assert body is not None
    rules = Rules.create_from_module("cicdgen.rules")
    return [match.rule.id for match in run_template_by_data(body, ConfigMixIn([]), rules)]


def test_a_template_is_analysed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rules ask."""
    calls = []

    def counted(body: Any, region: str) -> tuple[()]:  # noqa: ANN401 - JSON
        calls.append((body, region))
        return ()

    monkeypatch.setattr("cicdgen.rules.analysis.analyse", counted)
    _lint(BY_ID["E9505"].before)

    assert 1 == len(calls)


def test_nothing_is_remembered_of_a_template_that_is_gone() -> None:
    """A linter that runs for days does not grow."""
    gc.collect()
    before = len(adapter._ANALYSED)  # noqa: SLF001 - the one place where it could leak
    assert "E9505" in _lint(BY_ID["E9505"].before)
    gc.collect()

    assert before == len(adapter._ANALYSED)  # noqa: SLF001
    assert {} == adapter._BEGUN  # noqa: SLF001


def test_another_process_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """An analysis that runs ahead is the analysis."""
    body = json.loads((ROOT / "templates/dev.json").read_text(encoding="utf-8"))
    body["Resources"]["Notices"]["Properties"].pop("KmsMasterKeyId", None)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("threading.active_count", lambda: 1)

    begun = ahead.Ahead.of(body, REGION)

    assert begun is not None
    assert analyse(body, REGION) == begun.reports()


@pytest.mark.parametrize("name", ["dev.json", "prod.json"])
def test_our_own_templates_are_right(name: str) -> None:
    """No error and no warning; what is in doubt is only whom the notices reach."""
    body = json.loads((ROOT / "templates" / name).read_text(encoding="utf-8"))

    assert {"I9505"} >= {report.rule for report in analyse(body, REGION)}
