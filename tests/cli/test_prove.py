"""`cicdgen prove`: the result, its first line and its exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cicdgen.errors import Exit

if TYPE_CHECKING:
    from tests.cli.conftest import Cicdgen
    from tests.conftest import WriteConfig

ROOT = Path(__file__).parents[2]
PROD = ROOT / "templates" / "prod.json"
FOREIGN = ROOT / "tests" / "proof" / "hops" / "foreign"
_ALL = re.compile(r"(\d+) hops: \1 allowed; \d+ statements: none in excess")


def test_the_first_line_is_what_a_person_wants(cicdgen: Cicdgen) -> None:
    """All hops are allowed and nothing is in excess: one line, and exit code 0."""
    ran = cicdgen("prove", str(PROD))

    assert _ALL.fullmatch(ran.out.splitlines()[0])
    assert (Exit.DONE, "") == (ran.code, ran.err)


def test_an_environment_is_rendered_and_proved(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """Without a file it is the config's environment, as render would print it."""
    write_config()
    rendered = cicdgen("render").out
    Path("it.json").write_text(rendered, encoding="utf-8")

    of_env = cicdgen("prove", "--format", "json")
    of_file = cicdgen("prove", "it.json", "--format", "json")

    assert json.loads(of_env.out)["hops"] == json.loads(of_file.out)["hops"]


def test_what_failed_comes_first(cicdgen: Cicdgen) -> None:
    """After the summary stand the refusals, each with what breaks and the page it rests on."""
    ran = cicdgen("prove", str(FOREIGN / "silent_alarm.yaml"))

    lines = ran.out.splitlines()
    assert lines[0].startswith("14 hops: 13 allowed, 1 refused; ")
    assert "Refused:" == lines[2]
    assert lines[3].startswith("  - cloudwatch.publish-alarm: cloudwatch.amazonaws.com may not ")
    assert "      Alarm: The alarm fires and nobody hears. (sns/sns-key-management)" == lines[4]
    assert Exit.UNPROVEN == ran.code == 4


def test_excess_fails_with_its_place(cicdgen: Cicdgen) -> None:
    """Nothing is refused, and one action is too much: that fails too."""
    ran = cicdgen("prove", str(FOREIGN / "as_sam_does.yaml"))

    place = "Resources.Orders.Properties.PolicyDocument.Statement[0].Action[1]"
    assert f"no hop needs the action dynamodb:GetItem ({place})" in ran.out
    assert Exit.UNPROVEN == ran.code


def test_the_document_says_what_it_rests_on(cicdgen: Cicdgen) -> None:
    """JSON has every hop with its source, and the versions of what it was made with."""
    document = json.loads(cicdgen("prove", str(PROD), "--format", "json").out)

    assert ("cicdgen.proof/1", True) == (document["format"], document["holds"])
    assert all(hop["source"] and hop["calls"] for hop in document["hops"])
    assert any("catalogue of hops is of 2" in text for text in document["assumptions"])
    assert any("service authorization reference" in text for text in document["assumptions"])


def test_a_region_that_the_template_names_is_where_it_is_proved(
    cicdgen: Cicdgen, tmp_path: Path
) -> None:
    """A template with one region in it is for that region."""
    text = PROD.read_text(encoding="utf-8").replace("${AWS::Region}", "eu-central-1")
    file = tmp_path / "it.json"
    file.write_text(text, encoding="utf-8")

    ran = cicdgen("prove", str(file))

    assert "it holds for eu-central-1" in ran.out
    assert Exit.DONE == ran.code


def test_a_file_that_is_no_template_is_told(cicdgen: Cicdgen, tmp_path: Path) -> None:
    """Neither a traceback nor a proof of nothing."""
    file = tmp_path / "it.yaml"
    file.write_text("a: [", encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text("a: b", encoding="utf-8")

    ran, without = cicdgen("prove", str(file)), cicdgen("prove", str(other))

    assert (Exit.USAGE, "") == (ran.code, ran.out)
    assert "is neither JSON nor YAML" in ran.err
    assert (Exit.USAGE, "") == (without.code, without.out)
    assert "has no Resources" in without.err


def test_a_file_and_an_environment_do_not_go_together(cicdgen: Cicdgen) -> None:
    """Which of them was meant, nobody can tell."""
    ran = cicdgen("prove", str(PROD), "--env", "prod")

    assert (Exit.USAGE, "") == (ran.code, ran.out)


def test_explain_names_the_hops_that_need_a_statement(
    cicdgen: Cicdgen, write_config: WriteConfig
) -> None:
    """With --hops each grant of each role says what it is for, and without it none does."""
    write_config()

    told = json.loads(cicdgen("explain", "--hops", "--format", "json").out)["subjects"]
    plain = json.loads(cicdgen("explain", "--format", "json").out)["subjects"]

    grants = [
        statement
        for each in told
        for statement in each["statements"]
        if statement["effect"] == "Allow"
    ]
    needed = {statement["sid"]: statement["hops"] for statement in grants}
    assert [] == [sid for sid, hops in needed.items() if not hops and sid != "UseThroughSns"]
    assert ["events.start-pipeline"] == needed["StartPipeline"]
    assert not any(statement["hops"] for each in plain for statement in each["statements"])
