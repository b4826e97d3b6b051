"""The source tree that `cicdgen init` writes: it passes its own pipeline, and its own tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.buildspecs.project import Project

from cicdgen import assets

if TYPE_CHECKING:
    from pathlib import Path

    from tests.buildspecs.conftest import Wheelhouse

RUFF_CHECK = (
    *("ruff", "check", "--isolated", "--no-cache", "--line-length=100", "--select=ALL"),
    # Two pairs of rules contradict each other. The folders are no packages, an assert is the point
    # of a test, and the licence is the owner's to choose.
    "--ignore=D203,D213,INP001,S101,CPY001",
)


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    """A copy of the starter, beside nothing else."""
    folder = tmp_path / "source"
    shutil.copytree(assets.STARTER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_starter_passes_its_pipeline(starter: Path, tmp_path: Path, wheelhouse: Wheelhouse) -> None:
    """Build takes the starter as it is, and Test passes it, with pytest from our own wheels."""
    project = Project(folder=tmp_path, wheels=wheelhouse.folder)
    project.set_bucket(versioning="Enabled")

    build = project.run_build()
    (starter / "requirements-dev.txt").write_text(wheelhouse.pytest, encoding="utf-8")
    test = project.run_test(build.artifact["manifest.json"])

    assert build.succeeded, build.log
    assert test.succeeded, test.log
    assert "3 passed" in test.log


@pytest.mark.parametrize(
    "tool",
    [
        pytest.param(("pytest",), id="pytest"),
        pytest.param(RUFF_CHECK, id="ruff check"),
        pytest.param(
            ("ruff", "format", "--isolated", "--no-cache", "--check", "--line-length=100"),
            id="ruff format",
        ),
        pytest.param(("mypy", "--strict", "src", "tests"), id="mypy"),
    ],
)
def test_starter_passes_its_tools(starter: Path, tool: tuple[str, ...]) -> None:
    """The starter is clean under the tools its owner may run, without further settings."""
    done = subprocess.run(
        [sys.executable, "-m", *tool],
        cwd=starter,
        env={**os.environ, "MYPYPATH": "src"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_hashed_and_name_no_index(name: str) -> None:
    """Every pin has a hash, and where packages come from is left to the owner."""
    text = (assets.STARTER / name).read_text(encoding="utf-8").replace("\\\n", " ")
    pins = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]

    assert "://" not in text
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
