"""`cicdgen rehearse`: the result, its forms, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicdgen.errors import Exit

if TYPE_CHECKING:
    from tests.cli.conftest import Cicdgen
    from tests.conftest import WriteConfig

PROD = Path(__file__).parents[2] / "templates" / "prod.json"


def _unheard(folder: Path) -> Path:
    """The template of prod, where CloudWatch may not use the topic's key."""
    body = json.loads(PROD.read_text(encoding="utf-8"))
    policy = body["Resources"]["SnsKey"]["Properties"]["KeyPolicy"]
    policy["Statement"] = [s for s in policy["Statement"] if s["Sid"] != "PublishAlarms"]
    path = folder / "unheard.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


def test_a_good_release_is_what_is_rehearsed_unless_told_otherwise(cicdgen: Cicdgen) -> None:
    """The timeline ends with all traffic on the new version, and with exit code 0."""
    ran = cicdgen("rehearse", str(PROD))

    assert (Exit.DONE, "") == (ran.code, ran.err)
    assert "ended as it should: the pipeline succeeded; Function.live: 100% on version 2" in ran.out
    assert ran.out.splitlines()[-1].startswith("1 scenario: 1 as they should")


def test_a_bad_canary_says_when_it_was_stopped_and_whom_it_hurt(cicdgen: Cicdgen) -> None:
    """What a person asks after a bad release."""
    ran = cicdgen("rehearse", str(PROD), "--scenario", "bad-canary")

    assert Exit.DONE == ran.code
    assert "minutes after the new version's first request, 216 requests were hurt" in ran.out
    assert "told email shop-oncall@example.com" in ran.out


def test_an_end_that_should_not_be_has_its_exit_code(cicdgen: Cicdgen, tmp_path: Path) -> None:
    """A notice that cannot arrive fails the rehearsal, and the missing grant is named."""
    ran = cicdgen("rehearse", str(_unheard(tmp_path)), "--scenario", "bad-canary")

    assert Exit.UNPROVEN == ran.code
    assert "cloudwatch.amazonaws.com may not kms:GenerateDataKey on SnsKey" in ran.out


def test_an_environment_is_rendered_and_rehearsed(
    cicdgen: Cicdgen, write_config: WriteConfig
) -> None:
    """Without a file it is the config's environment, and every scenario that it can have."""
    write_config()

    ran = cicdgen("rehearse", "--all", "--format", "json")
    found = json.loads(ran.out)

    assert Exit.DONE == ran.code
    assert found["passed"]
    assert 7 == len(found["scenarios"])
    assert found["permissions"]


def test_lines_are_one_event_each(cicdgen: Cicdgen) -> None:
    """NDJSON is read line by line."""
    ran = cicdgen("rehearse", str(PROD), "--format", "ndjson")
    events = [json.loads(line) for line in ran.out.splitlines()]

    assert {"uploaded", "call made", "deployment ended"} <= {each["kind"] for each in events}
    assert {"kind": "ended", "name": str(PROD), "passed": True} == events[-1]


def test_the_page_is_whole(cicdgen: Cicdgen) -> None:
    """One file, with what it shows inside."""
    ran = cicdgen("rehearse", str(PROD), "--format", "html")

    assert ran.out.startswith("<!DOCTYPE html>")
    assert '"scenario":"good"' in ran.out


def test_the_folder_of_the_config_is_the_source(
    cicdgen: Cicdgen, write_config: WriteConfig, tmp_path: Path
) -> None:
    """What is uploaded is the project's own function, if there is one."""
    write_config()
    without = cicdgen("rehearse")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text("def handler(*_):\n    pass\n", encoding="utf-8")

    found = cicdgen("rehearse")

    assert "the source is the sample function" in without.out
    assert "the source is the sample function" not in found.out


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--env", "prod"], "FILE and --env do not go together"),
        (["--all", "--scenario", "good"], "--all and --scenario do not go together"),
        (["--scenario", "worse"], "no scenario is called 'worse'"),
        (["--network"], "--network is for --run-build"),
        (["--artifact", "BuildOutput"], "no such file"),
        (["--source", "empty"], "has no src/index.py, and the function's handler is index.handler"),
    ],
    ids=["env", "all", "scenario", "network", "artifact", "source"],
)
def test_what_cannot_be_rehearsed_is_a_usage_error(
    cicdgen: Cicdgen, tmp_path: Path, arguments: list[str], words: str
) -> None:
    """The error says what is wrong, and nothing is printed as a result."""
    (tmp_path / "empty").mkdir()

    ran = cicdgen("rehearse", str(PROD), *arguments)

    assert (Exit.USAGE, "") == (ran.code, ran.out)
    assert words in ran.err


def test_a_rejection_is_an_answer(cicdgen: Cicdgen) -> None:
    """A person who says no is obeyed, and that is an end as it should be."""
    ran = cicdgen("rehearse", str(PROD), "--reject")

    assert Exit.DONE == ran.code
    assert "Approve rejected" in ran.out
    assert "100% on version 2" not in ran.out
