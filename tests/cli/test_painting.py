"""A diff in colour on a terminal, the same diff without it everywhere else."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.cli.program import COMMAND, environment, program
from tests.diff.bodies import allow, bucket, resource, template, with_role

if TYPE_CHECKING:
    from pathlib import Path

COLOR = re.compile(r"\x1b\[[0-9;]*m")
BEFORE = {
    "Resources": {
        **with_role(allow("s3:GetObject"))["Resources"],
        **template(
            Bucket=bucket(),
            Gone=resource("AWS::SQS::Queue"),
            Lambda=resource("AWS::Lambda::Function", Description="+ a\n- b", MemorySize=128),
        )["Resources"],
    }
}
AFTER = {
    "Resources": {
        **with_role(allow("s3:*"))["Resources"],
        **template(
            Bucket=bucket(BucketName="other"),
            New=resource("AWS::SNS::Topic"),
            Lambda=resource("AWS::Lambda::Function", Description="+ a\n- c", MemorySize=256),
        )["Resources"],
    }
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Two templates."""
    for name, body in (("before.json", BEFORE), ("after.json", AFTER)):
        (tmp_path / name).write_text(json.dumps(body), encoding="utf-8")
    return "before.json", "after.json"


def _on_terminal(folder: Path, *args: str, **env: str) -> str:
    """What the program writes to a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *args], cwd=folder, env=environment({"TERM": "xterm", **env}), stdout=theirs
    ):
        os.close(theirs)
        told = b""
        try:
            while more := os.read(ours, 65536):
                told += more
        except OSError:
            pass  # so Linux tells that the other end is closed
    os.close(ours)
    return told.decode().replace("\r\n", "\n")


def test_colour_changes_no_word(tmp_path: Path, files: tuple[str, str]) -> None:
    """The symbols alone carry the meaning: without its codes it is what a pipe gets."""
    plain = program("diff", *files, cwd=tmp_path).out
    told = _on_terminal(tmp_path, "diff", *files)

    assert COLOR.search(told)
    assert plain == COLOR.sub("", told)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("\x1b[31m\x1b[1m!\x1b[0m Role: broader", id="a wider permission"),
        pytest.param("\x1b[31m\x1b[1m-/+\x1b[0m Bucket (AWS::S3::Bucket)", id="a replacement"),
        pytest.param("\x1b[31m\x1b[1m! replaces a stateful resource", id="a danger"),
        pytest.param("\x1b[31m\x1b[1m# forces replacement", id="what forces it"),
        pytest.param("\x1b[32m\x1b[1m+\x1b[0m New (AWS::SNS::Topic)", id="an addition"),
        pytest.param("\x1b[33m\x1b[1m~\x1b[0m Lambda (AWS::Lambda::Function)", id="a change"),
        pytest.param("\x1b[1mPlan: 1 to add", id="the closing sentence"),
    ],
)
def test_danger_is_red(tmp_path: Path, files: tuple[str, str], line: str) -> None:
    """What comes is green, what changes yellow, what goes or is dangerous red."""
    assert line in program("--color", "always", "diff", *files, cwd=tmp_path).out


@pytest.mark.parametrize(
    "args, env",
    [
        pytest.param([], {"NO_COLOR": "1"}, id="NO_COLOR"),
        pytest.param(["--color", "never"], {}, id="never"),
        pytest.param([], {"TERM": "dumb"}, id="a terminal without colour"),
    ],
)
def test_a_terminal_that_wants_none_gets_none(
    tmp_path: Path, files: tuple[str, str], args: list[str], env: dict[str, str]
) -> None:
    """By the variable, by the flag, by what the terminal is."""
    assert not COLOR.search(_on_terminal(tmp_path, *args, "diff", *files, **env))


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_what_programs_read_has_no_colour(
    tmp_path: Path, files: tuple[str, str], form: str
) -> None:
    """Whatever is asked for."""
    ran = program("--color", "always", "diff", *files, "--format", form, cwd=tmp_path)

    assert not COLOR.search(ran.out)


def test_a_pipe_gets_none_though_ci_forces_it(tmp_path: Path, files: tuple[str, str]) -> None:
    """FORCE_COLOR is set for logs; what goes into a file is read by programs."""
    ran = program("diff", *files, cwd=tmp_path, env={"FORCE_COLOR": "1"})

    assert not COLOR.search(ran.out)
