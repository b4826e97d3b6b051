"""What tests of several folders share: a config file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SMALLEST = 'version = 1\n[env.prod]\nproject = "shop"\n'
"""The smallest valid file has three lines."""


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
