"""`cicdgen check`: what is linted, what is told, and which exit code it ends with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from tests.cli.program import shell

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cicdgen
    from tests.conftest import WriteConfig

CLEAN = '{"Resources": {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}\n'
# No deletion policy: cfn-lint informs.
INFO = '{"Resources": {"Disk": {"Type": "AWS::EFS::FileSystem"}}}\n'
# A parameter that nothing uses: cfn-lint warns.
WARNING = CLEAN.replace('{"Resources"', '{"Parameters": {"Spare": {"Type": "String"}}, "Resources"')
# With nobody to tell, a check wonders.
LISTENING = 'version = 1\n[defaults]\nproject = "shop"\nnotifications.emails = ["a@b.ch"]\n'
ERROR = """\
Resources:
  Disk:
    Type: AWS::EFS::FileSystem
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      Nmae: misspelt
"""


@pytest.fixture(autouse=True)
def templates(here: Path) -> None:
    """A template for each level."""
    (here / "clean.json").write_text(CLEAN)
    (here / "info.json").write_text(INFO)
    (here / "warning.json").write_text(WARNING)
    (here / "error.yaml").write_text(ERROR)


@pytest.mark.parametrize(
    "code, args",
    [
        pytest.param(0, ["clean.json"], id="clean"),
        pytest.param(0, ["info.json"], id="info passes"),
        pytest.param(3, ["info.json", "--fail-on", "info"], id="unless it fails on info"),
        pytest.param(3, ["warning.json"], id="a warning fails"),
        pytest.param(0, ["warning.json", "--fail-on", "error"], id="unless only errors do"),
        pytest.param(3, ["error.yaml"], id="an error fails"),
        pytest.param(3, ["error.yaml", "--fail-on", "error"], id="always"),
        pytest.param(0, ["error.yaml", "--exit-zero"], id="but not on a soft run"),
        pytest.param(0, ["error.yaml", "--format", "sarif"], id="nor with SARIF"),
        pytest.param(3, ["error.yaml", "--format", "json"], id="but with JSON"),
        pytest.param(3, ["clean.json", "error.yaml"], id="one of two is enough"),
        pytest.param(3, ["error.yaml", "clean.json"], id="in whatever order"),
    ],
)
def test_the_exit_code_is_an_api(cicdgen: Cicdgen, code: int, args: list[str]) -> None:
    """0 for clean, 3 for findings at or above the level that fails."""
    ran = cicdgen("check", *args)

    assert (code, "") == (ran.code, ran.err)
    assert ran.out


@pytest.mark.parametrize(
    "args, message",
    [
        pytest.param(["missing.json"], "File 'missing.json' does not exist", id="missing file"),
        pytest.param(["."], "File '.' is a directory", id="folder"),
        pytest.param(
            ["clean.json", "--env", "prod"], "files and --env do not go together", id="both"
        ),
        pytest.param(["--region", "eu-west-1"], "--region is for files", id="region of a config"),
        pytest.param(["--fail-on", "fatal"], "'fatal' is not one of", id="level"),
        pytest.param(["--format", "html"], "'html' is not one of", id="format"),
        pytest.param(
            ["clean.json", "--region", "mars-north-1"],
            "clean.json: cfn-lint knows no region mars-north-1",
            id="unknown region",
        ),
    ],
)
def test_a_wrong_command_line_is_told(cicdgen: Cicdgen, args: list[str], message: str) -> None:
    """Usage is 2, whatever the format; stdout stays empty."""
    ran = cicdgen("check", *args)

    assert (2, "") == (ran.code, ran.out)
    assert message in ran.err


def test_a_clean_run_says_what_it_checked(cicdgen: Cicdgen) -> None:
    """Silence would look the same as a run that checked nothing."""
    ran = cicdgen("check", "clean.json")

    assert (0, "1 template checked: no findings\n", "") == ran


def test_every_environment_is_checked(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """Without files, all environments are rendered and linted clean, each for its own region."""
    write_config(f'{LISTENING}[env.dev]\n[env.prod]\nregion = "eu-central-1"')

    assert (0, "2 templates checked: no findings\n", "") == cicdgen("check")


def test_one_environment_is_checked(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """With --env the others may be as wrong as they like."""
    write_config(f"{LISTENING}[env.dev]\nnonsense = 1\n[env.prod]\n")

    assert (0, "1 template checked: no findings\n", "") == cicdgen("check", "--env", "prod")
    assert "env.dev.nonsense: unknown key" in cicdgen("check").err


def test_a_region_that_does_not_exist_is_told(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """The pattern lets it in; cfn-lint knows its regions."""
    write_config('version = 1\n[env.prod]\nproject = "shop"\nregion = "eu-atlantis-1"\n')

    ran = cicdgen("check")

    assert (2, "") == (ran.code, ran.out)
    assert "error: prod.json: cfn-lint knows no region eu-atlantis-1\n" in ran.err
    assert "hint: correct `region` in the config, or update cfn-lint\n" in ran.err


def test_an_environment_variable_does_not_stand_in_the_way(
    cicdgen: Cicdgen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CICDGEN_ENV is a default, not a wish: files are checked all the same."""
    monkeypatch.setenv("CICDGEN_ENV", "prod")

    assert 0 == cicdgen("check", "clean.json").code


def test_a_finding_says_where_it_is(cicdgen: Cicdgen) -> None:
    """File, line and column as editors jump to them, the rule, the resource, and a summary."""
    lines = cicdgen("check", "error.yaml").out.splitlines()

    assert lines[0].startswith("error.yaml:7:7: error E3002: ")
    assert "'Nmae' was unexpected" in lines[0]
    assert lines[0].endswith("(Disk)")
    assert lines[1].startswith("    https://")
    assert "1 template checked: 1 error" == lines[-1]


@pytest.mark.parametrize("first", ["Parameters", "Resources"])
def test_findings_are_told_from_top_to_bottom(cicdgen: Cicdgen, here: Path, first: str) -> None:
    """In the order of the lines, whatever the order of the rules."""
    parts = {
        "Parameters": "Parameters:\n  Spare:\n    Type: String\n",
        "Resources": ERROR,
    }
    (here / "two.yaml").write_text("".join(parts[key] for key in sorted(parts, key=first.__ne__)))

    document = json.loads(cicdgen("check", "two.yaml", "--format", "json").out)

    places = [(finding["line"], finding["rule"]) for finding in document["findings"]]
    assert sorted(places) == places
    assert {"E3002", "W2001"} == {rule for _, rule in places}


def test_a_file_named_twice_is_checked_once(cicdgen: Cicdgen) -> None:
    """Its findings are not told twice."""
    once = cicdgen("check", "error.yaml").out

    assert once == cicdgen("check", "error.yaml", "error.yaml").out


@pytest.mark.parametrize(
    "name, text, message",
    [
        pytest.param("list.json", b"[]", "Template needs to be an object", id="a list"),
        pytest.param("number.yaml", b"5", "Template needs to be an object", id="a number"),
        pytest.param("empty.json", b"", "'Resources' is a required property", id="empty"),
        pytest.param("null.json", b"null", "'Resources' is a required property", id="null"),
        pytest.param("half.json", b'{"a": 1', "did not find expected", id="half a document"),
        pytest.param("tab.yaml", b"a:\n\t- b", "cannot start any token", id="a tab"),
        pytest.param("binary.json", b"\xff\xfe\x00", "Cannot read file contents", id="binary"),
        pytest.param("deep.json", b"[" * 9000 + b"]" * 9000, "nesting depth", id="too deep"),
        pytest.param("alias.yaml", b"a: *b", "undefined alias", id="undefined alias"),
        pytest.param(
            "twice.json", b'{"Resources": {}, "Resources": {}}', "Duplicate found", id="key twice"
        ),
        pytest.param(
            "number.json", b'{"Resources": {"A": 5}}', "5 is not of type 'object'", id="no resource"
        ),
    ],
)
def test_what_is_no_template_is_a_finding(
    cicdgen: Cicdgen, here: Path, name: str, text: bytes, message: str
) -> None:
    """Whatever a file holds, it is told as a finding on that file, and never as a bug of ours."""
    (here / name).write_bytes(text)

    ran = cicdgen("check", name)

    assert 3 == ran.code
    assert f"{name}:1:" in ran.out or f"{name}:2:" in ran.out
    assert message in ran.out
    assert "1 template checked: " in ran.out
    assert "bug" not in ran.err


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
def test_a_strange_file_name_breaks_no_format(here: Path, form: str) -> None:
    """Spaces, commas, quotes, line breaks and bytes that are no text are all names."""
    (here / "strange").mkdir()
    (here / "strange" / 'a b,"c":%<é>\n.json').write_text(CLEAN)

    made = shell(f"cp error.yaml $'strange/\\xff.yaml'; cicdgen check strange/* --format {form}",
                 cwd=here)  # fmt: skip

    assert "" == made.err
    assert (0 if form == "sarif" else 3) == made.code
    match form:
        case "json" | "sarif":
            assert json.loads(made.out)
        case "junit":
            assert 2 == len(ET.fromstring(made.out))  # noqa: S314 - made by us
        case "github":
            assert 1 == len(made.out.splitlines())
        case "text":
            assert "2 templates checked: 1 error" == made.out.splitlines()[-1]
