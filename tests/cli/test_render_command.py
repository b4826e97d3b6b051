"""`cicdgen render`: the template alone, whole, and the same bytes everywhere."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import cfn_flip
import pytest
from tests.cli.program import program, shell

if TYPE_CHECKING:
    from tests.cli.conftest import Cicdgen
    from tests.conftest import WriteConfig

TWO = """\
version = 1
[defaults]
project = "shop"
[env.dev]
[env.prod]
function.memory = 512
"""
# Text that other encodings, other parsers and terminals read otherwise.
HOSTILE = """\
version = 1
[env.prod]
project = "shop"
tags = { on = "yes", number = "0x1F", date = "2010-09-09", time = "12:30:45", "größe" = "é" }

[env.prod.function.environment]
LINES = "one\\ntwo\\r\\nthree\\n"
SPACE = " lead and trail "
TABS = "\\t"
MARKS = "#x: y"
SHORT_TAG = "!Ref x"
NOTHING = "null"
EMPTY = ""
FLOAT = "1e3"
OCTAL = "012"
QUOTES = "\\"'\\\\"
EMOJI = "😀 é"
SEPARATOR = "a\\u2028b"
"""


def test_stdout_carries_the_template_alone(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """One JSON document and a line break: what is sent to a file is a template."""
    write_config()

    ran = cicdgen("render")

    assert (0, "") == (ran.code, ran.err)
    assert "2010-09-09" == json.loads(ran.out)["AWSTemplateFormatVersion"]
    assert ran.out.endswith("}\n")
    assert not ran.out.endswith("\n\n")


def test_the_first_environment_is_rendered_and_named(
    cicdgen: Cicdgen, write_config: WriteConfig
) -> None:
    """Where there are several, a line on stderr says which it was and which there are."""
    write_config(TWO)

    ran = cicdgen("render")

    assert "environment: dev (--env also takes prod)\n" == ran.err
    assert ran.out == cicdgen("render", "--env", "dev").out
    assert "" == cicdgen("render", "--env", "dev").err


@pytest.mark.parametrize("flags", [["--env", "prod"], ["-e", "prod"], ["--env=prod"]])
def test_an_environment_is_chosen(
    cicdgen: Cicdgen, write_config: WriteConfig, flags: list[str]
) -> None:
    """By its long and its short flag."""
    write_config(TWO)

    template = json.loads(cicdgen("render", *flags).out)

    assert 512 == template["Resources"]["Function"]["Properties"]["MemorySize"]


def test_the_environment_of_the_process_chooses_too(
    cicdgen: Cicdgen, write_config: WriteConfig, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CICDGEN_CONFIG and CICDGEN_ENV are defaults that a flag overrides."""
    path = write_config(TWO).rename(here / "other.toml")
    monkeypatch.setenv("CICDGEN_CONFIG", str(path))
    monkeypatch.setenv("CICDGEN_ENV", "prod")

    assert "shop prod:" in cicdgen("render").out
    assert "shop dev:" in cicdgen("render", "--env", "dev").out


def test_compact_is_the_same_document(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """Without white space it is less than CloudFormation takes inline, and one line."""
    write_config()

    compact = cicdgen("render", "--compact").out

    assert json.loads(cicdgen("render").out) == json.loads(compact)
    assert 1 == compact.count("\n")
    assert len(compact.encode()) <= 51_200


@pytest.mark.parametrize("text", [TWO, HOSTILE], ids=["plain", "hostile"])
def test_yaml_is_the_same_document(cicdgen: Cicdgen, write_config: WriteConfig, text: str) -> None:
    """Read back with CloudFormation's short tags, YAML says what JSON says, in the same order."""
    write_config(text)

    template = json.loads(cicdgen("render", "--env", "prod").out)
    back, form = cfn_flip.load(cicdgen("render", "--env", "prod", "--format", "yaml").out)

    assert "yaml" == form
    assert json.dumps(template) == json.dumps(back)


def test_hostile_text_arrives_as_it_is(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """Quotes, line breaks and every alphabet are what the function gets."""
    write_config(HOSTILE)

    function = json.loads(cicdgen("render").out)["Resources"]["Function"]["Properties"]

    assert {
        "LINES": "one\ntwo\r\nthree\n",
        "SPACE": " lead and trail ",
        "TABS": "\t",
        "MARKS": "#x: y",
        "SHORT_TAG": "!Ref x",
        "NOTHING": "null",
        "EMPTY": "",
        "FLOAT": "1e3",
        "OCTAL": "012",
        "QUOTES": "\"'\\",
        "EMOJI": "😀 é",
        "SEPARATOR": "a\u2028b",
    } == function["Environment"]["Variables"]


MACHINES = [
    pytest.param({"PYTHONHASHSEED": "1"}, id="hash seed 1"),
    pytest.param({"PYTHONHASHSEED": "4242"}, id="hash seed 4242"),
    pytest.param({"TZ": "Pacific/Kiritimati"}, id="time zone"),
    pytest.param({"LANG": "C", "LC_ALL": "C"}, id="C locale"),
    pytest.param({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="ASCII"),
    pytest.param({"PYTHONIOENCODING": "latin-1"}, id="Latin-1 terminal"),
    pytest.param({"PYTHONIOENCODING": "utf-16"}, id="UTF-16 terminal"),
    pytest.param({"FORCE_COLOR": "1", "COLUMNS": "20"}, id="colour, narrow"),
    pytest.param({"CI": "true", "GITHUB_ACTIONS": "true"}, id="CI"),
    pytest.param({"AWS_REGION": "eu-west-1", "AWS_PROFILE": "nobody"}, id="AWS settings"),
    pytest.param({"PYTHONOPTIMIZE": "2"}, id="optimised"),
]


@pytest.mark.parametrize("env", MACHINES)
def test_the_same_input_gives_the_same_bytes(
    write_config: WriteConfig,
    here: Path,
    tmp_path_factory: pytest.TempPathFactory,
    env: dict[str, str],
) -> None:
    """Whatever the machine: its locale, terminal, clock, hashing and current folder."""
    path = write_config(HOSTILE)
    plain = shell("cicdgen render", cwd=here)
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    ran = shell(f"cicdgen render --config '{path}'", cwd=elsewhere, env=env)

    assert (0, "") == (ran.code, ran.err)
    assert _digest(plain.out) == _digest(ran.out)


def _digest(text: str) -> str:
    """So that a failure shows a line, and not two templates."""
    return f"{len(text)} {hashlib.sha256(text.encode()).hexdigest()}"


def test_nothing_of_the_machine_is_in_it(write_config: WriteConfig, here: Path) -> None:
    """Neither paths nor the host's name travel in a template."""
    write_config()

    text = program("render", cwd=here).out

    assert [word for word in (str(here), f"{Path.home()}/", os.uname().nodename)
            if word in text] == []  # fmt: skip


def test_a_file_is_written_instead_of_stdout(
    cicdgen: Cicdgen, write_config: WriteConfig, here: Path
) -> None:
    """With --output nothing is printed, the bytes are stdout's, and anybody may read them."""
    write_config()

    ran = cicdgen("render", "--output", "template.json")

    assert (0, "", "") == ran
    assert cicdgen("render").out.encode() == (here / "template.json").read_bytes()
    assert 0o644 == (here / "template.json").stat().st_mode & 0o777
    assert {"cicdgen.toml", "template.json"} == {path.name for path in here.iterdir()}


def test_an_older_file_is_replaced(cicdgen: Cicdgen, write_config: WriteConfig, here: Path) -> None:
    """A longer one leaves nothing behind."""
    write_config()
    old = here / "template.json"
    old.write_text("x" * 1_000_000)

    cicdgen("render", "-o", "template.json")

    assert cicdgen("render").out == old.read_text()


def test_a_link_stays_a_link(cicdgen: Cicdgen, write_config: WriteConfig, here: Path) -> None:
    """The file that it leads to is written."""
    write_config()
    (here / "real").mkdir()
    link = here / "template.json"
    link.symlink_to("real/template.json")

    ran = cicdgen("render", "-o", "template.json")

    assert 0 == ran.code
    assert link.is_symlink()
    assert ["template.json"] == [path.name for path in (here / "real").iterdir()]
    assert cicdgen("render").out == link.read_text()


def test_a_device_is_written_to_and_not_replaced(write_config: WriteConfig, here: Path) -> None:
    """As root, an atomic write would put a file in the place of /dev/null.

    This is a device of the test's own: were the machine's at stake, a bug would cost everybody.
    """
    write_config()
    device = here / "null"
    try:
        os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        device.write_bytes(b"")
    except PermissionError:
        pytest.skip("only root makes devices, and not everywhere")

    ran = program("render", "-o", "null", cwd=here)

    assert (0, "", "") == ran
    assert device.is_char_device()
    assert {"cicdgen.toml", "null"} == {path.name for path in here.iterdir()}


def test_a_link_to_stdout_is_stdout(write_config: WriteConfig, here: Path) -> None:
    """A name for stdout may be given where only a file's name will do."""
    write_config()
    (here / "out").symlink_to("/dev/stdout")

    ran = program("render", "-o", "out", cwd=here)

    assert (0, "") == (ran.code, ran.err)
    assert program("render", cwd=here).out == ran.out
    assert (here / "out").is_symlink()


def test_a_named_pipe_is_written_to(write_config: WriteConfig, here: Path) -> None:
    """So that the template can be handed to a program that wants a file."""
    write_config()
    os.mkfifo(here / "pipe")

    ran = shell("cat pipe & cicdgen render -o pipe; wait", cwd=here)

    assert 0 == ran.code
    assert program("render", cwd=here).out == ran.out


@pytest.mark.parametrize(
    "output, reason",
    [
        pytest.param("missing/template.json", "No such file or directory", id="no folder"),
        pytest.param("cicdgen.toml/template.json", "Not a directory", id="below a file"),
        pytest.param("x" * 256, "File name too long", id="long name"),
        pytest.param("/proc/template.json", "", id="no place for files"),
    ],
)
def test_an_output_that_cannot_be_written_is_told(
    cicdgen: Cicdgen, write_config: WriteConfig, here: Path, output: str, reason: str
) -> None:
    """The error names the path, the reason and what would do; nothing else is left behind."""
    write_config()
    before = sorted(here.iterdir())

    ran = cicdgen("render", "-o", output)

    assert (2, "") == (ran.code, ran.out)
    assert ran.err.startswith(f"error: {output}: {reason}")
    assert "hint: name a file in a folder that you may write to\n" in ran.err
    assert before == sorted(here.iterdir())


def test_a_folder_is_no_output(cicdgen: Cicdgen, write_config: WriteConfig, here: Path) -> None:
    """It is refused before anything is rendered."""
    write_config()

    ran = cicdgen("render", "-o", str(here))

    assert (2, "") == (ran.code, ran.out)
    assert "is a directory" in ran.err


def test_a_failed_render_leaves_the_older_file(
    cicdgen: Cicdgen, write_config: WriteConfig, here: Path
) -> None:
    """A mistake in the config costs nothing that was there."""
    write_config("version = 1\n[env.prod]\nproject = 'Shop'\n")
    (here / "template.json").write_text("precious")

    ran = cicdgen("render", "-o", "template.json")

    assert (2, "") == (ran.code, ran.out)
    assert "precious" == (here / "template.json").read_text()
    assert {"cicdgen.toml", "template.json"} == {path.name for path in here.iterdir()}


def test_a_write_that_fails_half_way_leaves_the_older_file(
    write_config: WriteConfig, here: Path
) -> None:
    """A full disk: the file keeps its text, and no half of the new one lies about."""
    write_config()
    (here / "template.json").write_text("precious")

    ran = shell("ulimit -f 8; cicdgen render -o template.json", cwd=here)

    assert (2, "") == (ran.code, ran.out)
    assert ran.err.startswith("error: template.json: File too large\n")
    assert "precious" == (here / "template.json").read_text()
    assert {".bin", "cicdgen.toml", "template.json"} == {path.name for path in here.iterdir()}


@pytest.mark.parametrize(
    "args, message, hint",
    [
        pytest.param(
            ["--env", "prd"], "cicdgen.toml: no environment `prd`", "did you mean `prod`?",
            id="unknown environment",
        ),
        pytest.param(
            ["--config", "other.toml"], "other.toml: No such file or directory",
            "name a file that you may read", id="no such config",
        ),
        pytest.param(
            ["--config", "."], ".: Is a directory", "name a file that you may read",
            id="a folder for a config",
        ),
        pytest.param(
            ["--format", "yaml", "--compact"], "--compact is for JSON", "leave one of them out",
            id="compact YAML",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_rendered_is_told(
    cicdgen: Cicdgen, write_config: WriteConfig, args: list[str], message: str, hint: str
) -> None:
    """A line what, a line what would do, exit code 2, nothing on stdout."""
    write_config(TWO)

    ran = cicdgen("render", *args)

    assert (2, "") == (ran.code, ran.out)
    what, do = ran.err.splitlines()
    assert what.startswith("error: ")
    assert what.endswith(message)
    assert f"hint: {hint}" == do


def test_without_a_config_it_says_how_to_get_one(cicdgen: Cicdgen, here: Path) -> None:
    """A newcomer's first run ends with the next command."""
    (here / ".git").mkdir()

    ran = cicdgen("render")

    assert (2, "") == (ran.code, ran.out)
    assert "hint: `cicdgen init` writes one; `--config FILE` names another\n" in ran.err
