"""The program in this process, in a folder of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

import pytest
from tests.cli.program import OURS, Ran

from cicdgen.cli import run

if TYPE_CHECKING:
    from pathlib import Path


class Cicdgen(Protocol):
    """Run the command line."""

    def __call__(self, *args: str) -> Ran:
        """Run it with these arguments."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's folder is the current one, and nothing of ours is in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def cicdgen(capsys: pytest.CaptureFixture[str]) -> Cicdgen:
    """The command line, as `main` calls it."""

    def ran(*args: str) -> Ran:
        capsys.readouterr()
        code = run(list(args))
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return ran
