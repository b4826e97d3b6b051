"""What tests of several folders share: a config file."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALLEST = 'version = 1\n[env.prod]\nproject = "shop"\n'
"""The smallest valid file has three lines."""


# Where nobody sits at a terminal, Ctrl-C may be ignored, and programs inherit that: a test that
# presses it would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# How busy the machine is decides no test. CI draws the same examples each time: what fails there
# fails here; elsewhere they are new ones.
settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
    print_blob=True,
)
settings.load_profile("suite")


class WriteConfig(Protocol):
    """Write a `cicdgen.toml`, and return its path."""

    def __call__(self, text: str = SMALLEST) -> Path:
        """Write this text."""


@pytest.fixture
def write_config(tmp_path: Path) -> WriteConfig:
    """Write `cicdgen.toml` in the test's folder."""

    def write(text: str = SMALLEST) -> Path:
        path = tmp_path / "cicdgen.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Answers of this run are kept apart from the user's, and begin with none."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before
