"""Configs for tests that need no file."""

from __future__ import annotations

import msgspec

from cicdgen.config.schema import Config


def minimal_config(**settings: object) -> Config:
    """The smallest config, with these settings on top."""
    return msgspec.convert({"project": "shop", "env": "prod", **settings}, Config)
