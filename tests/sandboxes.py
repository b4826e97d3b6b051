"""Whether the embedded AWS is there for the tests, and the one that they share."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicdgen.sandbox import environment
from cicdgen.sandbox.running import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
ENVIRONMENT = Path(os.environ.get(environment.VARIABLE) or ROOT / ".venv-aws")


def installed() -> Path:
    """The folder of its environment; without one the test is skipped, or fails in CI."""
    if not (ENVIRONMENT / "bin" / "python").is_file():
        reason = f"{ENVIRONMENT.name} is missing: `make .venv-aws/installed` makes it"
        if os.environ.get("REQUIRE_SANDBOX"):
            pytest.fail(reason)
        pytest.skip(reason)
    return ENVIRONMENT


@contextmanager
def running(*, enforces: bool = False) -> Iterator[Sandbox]:
    """A sandbox for as long as the block lasts."""
    patch = pytest.MonkeyPatch()
    patch.setenv(environment.VARIABLE, str(installed()))
    try:
        with Sandbox(enforces=enforces) as sandbox:
            yield sandbox
    finally:
        patch.undo()
