"""`cicdgen sandbox run`: a program in the sandbox's environment, and its exit code."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests import sandboxes
from tests.cli.program import COMMAND, program
from tests.cli.program import environment as clean

from cicdgen.sandbox import environment

if TYPE_CHECKING:
    from pathlib import Path

WHO = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"


@pytest.fixture
def where() -> dict[str, str]:
    """Where the sandbox's environment is."""
    return {environment.VARIABLE: str(sandboxes.installed())}


def test_a_program_runs_in_it(tmp_path: Path, where: dict[str, str]) -> None:
    """The program's AWS is the sandbox, with the account that was asked for."""
    arguments = ("sandbox", "run", "--account", "999999999999", "--", sys.executable, "-c", WHO)
    ran = program(*arguments, cwd=tmp_path, env=where)

    assert (0, "999999999999\n") == (ran.code, ran.out)
    assert ran.err.startswith("sandbox: http://127.0.0.1:")


ELSEWHERE = {
    "AWS_PROFILE": "somebody",
    "AWS_SESSION_TOKEN": "theirs",
    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "HTTP_PROXY": "http://127.0.0.1:1",
}
"""What leads a program past the sandbox, to an account that is real, or to nowhere."""


def test_nothing_leads_past_it(tmp_path: Path, where: dict[str, str]) -> None:
    """Neither a program that runs in it, nor a deployment into one."""
    (tmp_path / "cicdgen.toml").write_text(
        'version = 1\n[env.dev]\nproject = "shop"\n', encoding="utf-8"
    )
    arguments = ("sandbox", "run", "--account", "999999999999", "--", sys.executable, "-c", WHO)
    ran = program(*arguments, cwd=tmp_path, env=where | ELSEWHERE)
    deployed = program(
        *("deploy", "--sandbox", "--yes", "--progress", "errors"),
        cwd=tmp_path,
        env=where | ELSEWHERE,
    )

    assert (0, "999999999999\n") == (ran.code, ran.out), ran.err
    assert 0 == deployed.code, deployed.err


def test_what_fails_in_it_is_gone(tmp_path: Path, where: dict[str, str]) -> None:
    """No hint names a command that would find nothing."""
    too_long_to_be_sent = f"function.environment.TEXT = '{'x' * 4000}'"
    (tmp_path / "cicdgen.toml").write_text(
        f'version = 1\n[env.dev]\nproject = "shop"\n{too_long_to_be_sent}\n', encoding="utf-8"
    )
    arguments = ("deploy", "--sandbox", "--yes", "--s3-bucket", "nowhere")
    ran = program(*arguments, cwd=tmp_path, env=where)

    assert 1 == ran.code
    assert "put_object: NoSuchBucket" in ran.err
    assert "hint: the sandbox is gone, and all that was in it" in ran.err


def test_it_ends_as_the_program_ends(tmp_path: Path, where: dict[str, str]) -> None:
    """The exit code is the program's own."""
    ran = program("sandbox", "run", "sh", "-c", "exit 7", cwd=tmp_path, env=where)

    assert 7 == ran.code


def test_without_a_program_it_serves_until_interrupted(
    tmp_path: Path, where: dict[str, str]
) -> None:
    """It prints what a shell can read, and Ctrl-C ends it."""
    serving = subprocess.Popen(
        [*COMMAND, "sandbox", "run"],
        cwd=tmp_path,
        env=clean(where),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with serving:
        assert serving.stdout is not None
        line = serving.stdout.readline()
        serving.send_signal(signal.SIGINT)

    assert line.startswith("export AWS_ENDPOINT_URL=http://127.0.0.1:")
    assert 130 == serving.returncode


@pytest.mark.parametrize(
    "arguments, message",
    [
        pytest.param(("--account", "12"), "'12' is no account", id="an account of two digits"),
        pytest.param(("no-such-program",), "there is no program no-such-program", id="a slip"),
    ],
)
def test_a_mistake_is_told(
    tmp_path: Path, where: dict[str, str], arguments: tuple[str, ...], message: str
) -> None:
    """What cannot be run is a mistake of the command line."""
    ran = program("sandbox", "run", *arguments, cwd=tmp_path, env=where)

    assert 2 == ran.code
    assert message in ran.err
