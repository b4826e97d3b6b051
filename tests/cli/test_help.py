"""Help that a person can act on: short, narrow, and ending in a line that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest
from tests import sandboxes
from tests.cli.program import program, shell
from tests.fakes.cloudformation_server import Account, Endpoint, RealTime
from tests.fakes.cloudformation_stack import REGION

from cicdgen import __version__
from cicdgen.cli import COMMANDS
from cicdgen.cli import cicdgen as root
from cicdgen.sandbox.environment import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Cicdgen
    from tests.conftest import WriteConfig


def _commands(
    command: click.Command, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _commands(inner, (*words, name))


ALL = dict(_commands(root))
EVERY_COMMAND = pytest.mark.parametrize("words", ALL, ids=lambda words: " ".join(words) or "-")


def _example(text: str) -> str:
    """The one line of the help that can be run."""
    head, _, example = text.partition("\n  Example:\n")
    lines = [line.strip() for line in example.splitlines() if line.strip()]
    assert head
    assert 1 == len(lines), text
    return lines[0]


@EVERY_COMMAND
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_narrow_and_ends_in_an_example(
    cicdgen: Cicdgen, words: tuple[str, ...], flag: str
) -> None:
    """No line is wider than a terminal, and nothing of the markup shows."""
    ran = cicdgen(*words, flag)

    assert (0, "") == (ran.code, ran.err)
    assert [line for line in ran.out.splitlines() if len(line) > 80] == []
    assert "\b" not in ran.out
    assert r"\b" not in ran.out
    assert "cicdgen" in _example(ran.out)
    assert not ran.out.startswith("Error")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An AWS for whoever asks for one: a fake that hurries."""
    with Endpoint(Account(RealTime(speed=1000))) as endpoint:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": endpoint.url,
        }.items():
            monkeypatch.setenv(name, value)
        yield endpoint.serve(Account(RealTime(speed=1000)))


# What has to be there before the example of a command makes sense.
BEFORE: dict[tuple[str, ...], str] = {
    ("apply",): "cicdgen plan --env prod -o plan.json",
    ("outputs",): "cicdgen deploy --env prod --yes",
}


@EVERY_COMMAND
def test_the_example_runs(
    cicdgen: Cicdgen,
    write_config: WriteConfig,
    here: Path,
    aws: Account,
    words: tuple[str, ...],
) -> None:
    """Pasted into a shell beside a config, it does what it says."""
    if words != ("init",):
        write_config()
    example = _example(cicdgen(*words, "--help").out)
    before = BEFORE.get(words, "true")

    env = {VARIABLE: str(sandboxes.installed())} if words[:1] == ("sandbox",) else {}
    ran = shell(f"set -o pipefail; {before} && {example}", cwd=here, env=env)

    assert 0 == ran.code, ran.err
    assert [] == aws.unknown


@EVERY_COMMAND
def test_every_option_is_explained(words: tuple[str, ...]) -> None:
    """An option without help is half an option."""
    mute = [
        option.name
        for option in ALL[words].params
        if isinstance(option, click.Option) and not option.help
    ]

    assert mute == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_agrees_with_the_modules(name: str) -> None:
    """The list of commands is written apart, so that it costs no import: it says the same."""
    command = ALL[(name,)]

    assert name == command.name
    assert COMMANDS[name].help == command.get_short_help_str(limit=100)


def test_the_list_of_commands_is_the_table(cicdgen: Cicdgen) -> None:
    """Every command stands in the help, in the order of the table."""
    lines = cicdgen("--help").out.partition("\nCommands:\n")[2].splitlines()
    listed = [line.split()[0] for line in lines[: len(COMMANDS)]]

    assert list(COMMANDS) == listed


def test_without_a_command_it_shows_help_as_an_error(cicdgen: Cicdgen) -> None:
    """A script that forgot the command learns of it; a person sees the commands."""
    ran = cicdgen()

    assert (2, "") == (ran.code, ran.out)
    assert "Commands:" in ran.err


def test_version(cicdgen: Cicdgen) -> None:
    """One line, name and version."""
    assert (0, f"cicdgen {__version__}\n", "") == cicdgen("--version")


def test_the_module_runs_as_a_program(here: Path) -> None:
    """`python -m cicdgen` is the same program, under the same name."""
    ran = program("--help", cwd=here)

    assert 0 == ran.code
    assert ran.out.startswith("Usage: cicdgen [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    "args, message",
    [
        pytest.param(["rendr"], "No such command 'rendr'. Did you mean 'render'?", id="command"),
        pytest.param(["xyzzy"], "No such command 'xyzzy'.\n", id="no command near"),
        pytest.param(["render", "--frmat", "json"], "No such option", id="option"),
        pytest.param(["render", "--format", "xml"], "'xml' is not one of", id="choice"),
        pytest.param(["render", "surplus"], "Got unexpected extra argument", id="argument"),
        pytest.param(["render", "--env"], "requires an argument", id="no value"),
        pytest.param(["render", "--jobs", "0"], "0 is not in the range", id="no workers"),
        pytest.param(["render", "--jobs", "2"], "--jobs is for --all", id="workers for one"),
        pytest.param(["config", "shw"], "No such command 'shw'", id="subcommand"),
        pytest.param(["config"], "Commands:", id="no subcommand"),
        pytest.param(["completion", "tcsh"], "'tcsh' is not one of", id="shell"),
        pytest.param(["--color", "red", "render"], "'red' is not one of", id="colour"),
    ],
)
def test_a_wrong_command_line_is_told(cicdgen: Cicdgen, args: list[str], message: str) -> None:
    """Usage errors exit with 2, write nothing to stdout, and say what was not understood."""
    ran = cicdgen(*args)

    assert (2, "") == (ran.code, ran.out)
    assert message in ran.err
    assert "Traceback" not in ran.err
