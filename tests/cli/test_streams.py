"""Pipes, disks, terminals and signals: how a run ends is told to whoever started it."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from tests.cli.program import COMMAND, environment, program, shell, with_startup

from cicdgen.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cicdgen
    from tests.conftest import WriteConfig

TWO = 'version = 1\n[defaults]\nproject = "shop"\n[env.dev]\n[env.prod]\n'
COLOR = "\x1b["


@pytest.mark.parametrize(
    "command",
    ["render", "render --format yaml", "explain", "config schema", "--help", "render --help"],
)
@pytest.mark.parametrize("reader", ["head -1", "true"])
def test_a_closed_pipe_is_no_error(
    write_config: WriteConfig, here: Path, command: str, reader: str
) -> None:
    """The reader has what it wanted: nothing is told, and `pipefail` sees no failure."""
    write_config()

    ran = shell(f"cicdgen {command} | {reader}; exit ${{PIPESTATUS[0]}}", cwd=here)

    assert (0, "") == (ran.code, ran.err)


def test_a_closed_pipe_hides_no_findings(here: Path) -> None:
    """A reader that stops early does not turn a red check green."""
    (here / "bad.json").write_text('{"Resources": {"T": {"Type": "AWS::SNS::Nothing"}}}')

    ran = shell("cicdgen check bad.json | true; exit ${PIPESTATUS[0]}", cwd=here)

    assert (Exit.FINDINGS, "") == (ran.code, ran.err)


def test_an_error_into_a_closed_pipe_keeps_its_code(write_config: WriteConfig, here: Path) -> None:
    """Where nobody reads what is wrong, the code still says that something is."""
    write_config()
    script = "cicdgen {} 2>&1 | true; exit ${{PIPESTATUS[0]}}"

    assert Exit.USAGE == shell(script.format("render --env nope"), cwd=here).code
    assert Exit.USAGE == shell(script.format("rendr"), cwd=here).code


def test_a_note_that_nobody_reads_costs_no_template(write_config: WriteConfig, here: Path) -> None:
    """Stderr is closed, or a pipe without a reader: stdout has the template all the same."""
    write_config(TWO)
    whole = program("render", "--env", "dev", cwd=here).out

    closed = shell("cicdgen render 2>&-", cwd=here)
    unread = shell("exec 3> >(exec <&-; sleep 0.2); sleep 0.1; cicdgen render 2>&3", cwd=here)

    assert [(0, whole)] * 2 == [(closed.code, closed.out), (unread.code, unread.out)]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no Linux")  # noqa: PTH110
@pytest.mark.parametrize("command", ["render", "config schema", "--help"])
def test_a_full_disk_is_told(write_config: WriteConfig, here: Path, command: str) -> None:
    """What could not be written is no success, and no bug of ours."""
    write_config()

    ran = shell(f"cicdgen {command} > /dev/full", cwd=here)

    assert (1, "error: stdout: No space left on device\n") == (ran.code, ran.err)


def test_a_closed_stdout_is_told(write_config: WriteConfig, here: Path) -> None:
    """A template that goes nowhere is an error; one that goes to a file needs no stdout."""
    write_config()

    nowhere = shell("cicdgen render >&-", cwd=here)
    file = shell("cicdgen render -o template.json >&-", cwd=here)

    assert (2, "error: stdout is closed") == (nowhere.code, nowhere.err.splitlines()[0])
    assert (0, "") == (file.code, file.err)


def test_stdin_is_left_alone(write_config: WriteConfig, here: Path) -> None:
    """A loop that reads lines keeps them."""
    write_config()

    ran = shell("printf 'a\\nb\\n' | while read x; do cicdgen render > $x.json; done; ls", cwd=here)

    assert ["a.json", "b.json", "cicdgen.toml"] == ran.out.split()


def test_an_interrupt_ends_it(here: Path) -> None:
    """Ctrl-C while it reads: one word, code 130, no trace."""
    os.mkfifo(here / "slow.toml")
    process = subprocess.Popen(
        [*COMMAND, "render", "--config", "slow.toml"],
        cwd=here,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A background job inherits that interrupts are ignored; a person's shell heeds them.
        preexec_fn=_heed_interrupts,  # noqa: PLW1509 - no threads here
    )
    # Opening waits for the reader: from here on the program is reading.
    with (here / "slow.toml").open("w"):
        for _ in range(10):
            # Again, if the first came between Python's look for signals and its wait for bytes.
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=2)
                break
        out, err = process.communicate(timeout=2)

    assert (Exit.INTERRUPTED, "") == (process.returncode, out)
    assert "interrupted" == err.strip()


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_config_comes_through_a_pipe(write_config: WriteConfig, here: Path) -> None:
    """Anything that can be read is a config."""
    write_config()

    ran = shell("cicdgen render --config <(cat cicdgen.toml)", cwd=here)

    assert (0, program("render", cwd=here).out) == (ran.code, ran.out)


@pytest.mark.parametrize(
    "args, env, colored",
    [
        pytest.param([], {}, False, id="a pipe is not coloured"),
        pytest.param([], {"FORCE_COLOR": "1"}, True, id="FORCE_COLOR"),
        pytest.param([], {"FORCE_COLOR": ""}, False, id="FORCE_COLOR is empty"),
        pytest.param([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, id="NO_COLOR goes first"),
        pytest.param(["--color", "always"], {}, True, id="always"),
        pytest.param(["--color", "always"], {"NO_COLOR": "1"}, True, id="a flag goes before both"),
        pytest.param(["--color", "never"], {"FORCE_COLOR": "1"}, False, id="never"),
    ],
)
def test_colour_in_a_pipe(
    cicdgen: Cicdgen,
    write_config: WriteConfig,
    monkeypatch: pytest.MonkeyPatch,
    args: list[str],
    env: dict[str, str],
    *,
    colored: bool,
) -> None:
    """Errors are coloured where it is asked for; the words are the same."""
    write_config()
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    ran = cicdgen(*args, "render", "--env", "nope")

    assert colored == (COLOR in ran.err)
    assert re.sub(r"\x1b\[[0-9;]*m", "", ran.err).startswith("error: ")


@pytest.mark.parametrize(
    "args, env, colored",
    [
        pytest.param([], {}, True, id="a terminal is coloured"),
        pytest.param([], {"NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param([], {"NO_COLOR": ""}, True, id="NO_COLOR is empty"),
        pytest.param(["--color", "never"], {}, False, id="never"),
    ],
)
def test_colour_on_a_terminal(
    write_config: WriteConfig, here: Path, args: list[str], env: dict[str, str], *, colored: bool
) -> None:
    """A real one, as far as the program can see."""
    write_config()
    ours, theirs = pty.openpty()

    subprocess.run(
        [*COMMAND, *args, "render", "--env", "nope"],
        cwd=here,
        env=environment(env),
        stderr=theirs,
        check=False,
    )
    told = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)

    assert "no environment `nope`" in told
    assert colored == (COLOR in told)


def test_a_template_is_never_coloured(write_config: WriteConfig, here: Path) -> None:
    """Not even on a terminal that wants it: it is a document."""
    write_config('version = 1\n[env.prod]\nproject = "shop"\n')

    plain = program("render", cwd=here).out
    forced = program("--color", "always", "render", cwd=here, env={"FORCE_COLOR": "1"}).out

    assert COLOR not in forced
    assert plain == forced


@pytest.fixture
def broken(here: Path) -> dict[str, str]:
    """An environment in which the program has a bug: its reader of configs is another module."""
    (here / "sitecustomize.py").write_text(
        "import cicdgen.config.load as load\n"
        "def find(start):\n"
        "    raise ZeroDivisionError('a bug')\n"
        "load.find = find\n",
        encoding="utf-8",
    )
    return with_startup(here)


def test_a_bug_is_told_without_a_trace(broken: dict[str, str], here: Path) -> None:
    """One line what, one line how to see where; code 1, which is no usage error."""
    ran = program("render", cwd=here, env=broken)

    assert (1, "") == (ran.code, ran.out)
    assert [
        "error: ZeroDivisionError: a bug",
        "hint: this is a bug of cicdgen: `cicdgen --debug COMMAND` shows where",
    ] == ran.err.splitlines()


@pytest.mark.parametrize("way", ["flag", "environment"])
def test_debug_shows_where_a_bug_is(broken: dict[str, str], here: Path, way: str) -> None:
    """The trace leads to the line."""
    args = ["--debug"] if way == "flag" else []
    env = {**broken, "CICDGEN_DEBUG": "1"} if way == "environment" else broken

    ran = program(*args, "render", cwd=here, env=env)

    assert (1, "") == (ran.code, ran.out)
    assert "Traceback (most recent call last):" in ran.err
    assert "sitecustomize.py" in ran.err
    assert ran.err.rstrip().endswith("ZeroDivisionError: a bug")


def test_debug_traces_no_mistake_of_a_person(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """What is wrong with the config is told in the same two lines."""
    write_config()

    assert cicdgen("render", "--env", "x").err == cicdgen("--debug", "render", "--env", "x").err
