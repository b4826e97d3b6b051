"""Waivers: for one rule, one resource, one statement, with an end, and never left over."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.conftest import SMALLEST

from cicdgen.checking import waiving
from cicdgen.cli import run
from cicdgen.config import load
from cicdgen.config.schema import Waiver
from cicdgen.errors import ConfigError
from cicdgen.findings import Finding, Level
from cicdgen.rules.statements import statement_hash

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteConfig

DAY = date(2026, 11, 24)
FINDING = Finding(
    file="prod.json", line=3, column=5, rule="E9502", level=Level.ERROR, message="m",
    path=("Resources", "Role", "Properties"), statement="0123456789abcdef",
)  # fmt: skip
WAIVER = Waiver(
    rule="E9502", resource="Role", statement="0123456789abcdef", reason="the tool needs them all",
    owner="ops", expires=DAY,
)  # fmt: skip
STATEMENT = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}
ROW = """
[[waivers]]
rule = "E9502"
resource = "Role"
statement = "0123456789abcdef"
reason = "the tool needs them all"
owner = "ops"
expires = 2099-01-01
"""


def _waived(**changes: object) -> tuple[list[Finding], list[tuple[Waiver, str]]]:
    waiver = Waiver(**{name: changes.get(name, getattr(WAIVER, name)) for name in (
        "rule", "resource", "statement", "reason", "owner", "expires")})  # type: ignore[arg-type]  # fmt: skip
    return waiving.waive([FINDING], [waiver], DAY)


def test_a_waiver_lets_its_finding_through() -> None:
    """Until the day on which it expires, that day included."""
    assert ([], []) == _waived()


@pytest.mark.parametrize(
    "change",
    [{"rule": "E9501"}, {"resource": "Other"}, {"statement": "f" * 16}],
    ids=lambda change: next(iter(change)),
)
def test_a_waiver_is_for_nothing_else(change: dict[str, str]) -> None:
    """Another rule, resource or statement is found, and the waiver is unused."""
    kept, ((_, why),) = _waived(**change)

    assert [FINDING] == kept
    assert "lets nothing through" == why


def test_an_expired_waiver_is_none() -> None:
    """The finding is back, and so is the waiver's own."""
    kept, ((_, why),) = _waived(expires=date(2026, 11, 23))

    assert [FINDING] == kept
    assert "expired on 2026-11-23" == why


def _hash(statement: object, *inside: str | int) -> str:
    template = {"Resources": {"Role": {"Properties": {"Statement": [{}, statement]}}}}
    return statement_hash(template, ("Resources", "Role", "Properties", "Statement", 1, *inside))


def test_the_hash_is_of_the_whole_statement() -> None:
    """Wherever in it the finding points."""
    assert _hash(STATEMENT) == _hash(STATEMENT, "Action") == _hash(STATEMENT, "Action", 0)


def test_tomorrows_action_is_not_waived() -> None:
    """Another action, resource or condition in the statement gives another hash."""
    assert _hash(STATEMENT) != _hash({**STATEMENT, "Action": ["s3:GetObject", "s3:PutObject"]})
    assert _hash(STATEMENT) != _hash({**STATEMENT, "Resource": "arn:aws:s3:::b/*"})


def test_a_place_that_is_not_there_is_what_is_around_it() -> None:
    """A finding on a property that is missing is about its resource."""
    body = {"Resources": {"B": {"Properties": {"A": 1}}}}
    path = ("Resources", "B", "Properties", "Missing", "Deeper")

    assert statement_hash(body, path[:3]) == statement_hash(body, path)
    assert statement_hash({"Resources": {}}, path) != statement_hash(body, path)


@pytest.mark.parametrize(
    "change, message",
    [
        pytest.param(('reason = "the', 'why = "the'), "unknown field `why`", id="unknown key"),
        pytest.param(('owner = "ops"\n', ""), "missing required field `owner`", id="no owner"),
        pytest.param(("the tool needs them all", "because"), "length >= 10", id="short reason"),
        pytest.param(("2099-01-01", '"soon"'), "`expires`", id="no date"),
        pytest.param(("0123456789abcdef", "*"), "`statement`", id="any statement"),
        pytest.param(("[[waivers]]", "[waivers]"), "expected an array of tables", id="one table"),
    ],
)
def test_a_waiver_that_is_not_whole_is_told(
    write_config: WriteConfig, change: tuple[str, str], message: str
) -> None:
    """A waiver needs rule, resource, statement, reason, owner and expiry."""
    file = load.read(write_config(SMALLEST + ROW.replace(*change)))

    with pytest.raises(ConfigError) as caught:
        load.waivers(file)

    assert message in caught.value.message
    assert caught.value.hint


def test_a_stale_waiver_is_a_finding_in_the_config(
    write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the line where its hash stands."""
    monkeypatch.chdir(write_config(SMALLEST + ROW).parent)

    code = run(["check"])

    assert 3 == code
    assert "cicdgen.toml:8:1: warning W9599: the waiver of E9502 on Role by ops lets nothing" in (
        capsys.readouterr().out
    )


def test_what_check_prints_is_what_the_config_takes(
    tmp_path: Path, write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The waiver that is printed, filled in and pasted, waives just that."""
    body = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain"}}}  # fmt: skip
    (tmp_path / "t.json").write_text(json.dumps(body), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert 3 == run(["check", "t.json"])
    (line,) = [each for each in capsys.readouterr().out.splitlines() if "waiver:" in each]
    row = line.partition("waiver: ")[2]
    row = row.replace('reason = ""', 'reason = "nothing secret in it"')
    row = row.replace('owner = ""', 'owner = "ops"').replace("expires = ", "expires = 2099-01-01 ")
    text = SMALLEST.replace("version = 1\n", f"version = 1\nwaivers = [\n{row},\n]\n")
    write_config(text)

    assert 0 == run(["check", "t.json", "--config", "cicdgen.toml"])
    assert "W9554" not in capsys.readouterr().out
    (tmp_path / "t.json").write_text(json.dumps(body).replace('"Retain"', '"Delete"', 1))
    assert 3 == run(["check", "t.json", "--config", "cicdgen.toml"])
