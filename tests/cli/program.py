"""The program as a process of its own, where streams, pipes and exit codes are the system's."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OURS = ("CICDGEN_", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
COMMAND = (sys.executable, "-m", "cicdgen")


class Ran(NamedTuple):
    """How a run ended, and what it wrote."""

    code: int
    out: str
    err: str


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """The process's environment without what we read from it, and these changes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, **(changes or {})}


def with_startup(folder: Path) -> dict[str, str]:
    """An environment in which Python runs the `sitecustomize.py` of a folder first."""
    return {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.getenv("PYTHONPATH")])])}


def program(*args: str, cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run `python -m cicdgen` to its end."""
    done = subprocess.run(
        [*COMMAND, *args], cwd=cwd, env=environment(env), capture_output=True, check=False
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def shell(script: str, *, cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run a script in bash, where `cicdgen` is the program."""
    folder = cwd / ".bin"
    folder.mkdir(exist_ok=True)
    command = folder / "cicdgen"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cicdgen "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    path = {"PATH": f"{folder}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=cwd,
        env=environment({**path, **(env or {})}),
        capture_output=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
