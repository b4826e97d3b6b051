"""Templates, rendered once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.configs import minimal_config
from tests.reading import Template

from cicdgen.blueprint import Blueprint
from cicdgen.config import load
from cicdgen.template import render

if TYPE_CHECKING:
    from cicdgen.config.schema import Config

SAMPLE = Path(__file__).parents[2] / "cicdgen.toml"


@pytest.fixture(scope="session")
def config() -> Config:
    """The smallest config: every default as it is."""
    return minimal_config()


@pytest.fixture(scope="session")
def blueprint(config: Config) -> Blueprint:
    """The blueprint of the smallest config."""
    return Blueprint.define(config)


@pytest.fixture(scope="session")
def default(config: Config) -> Template:
    """The template of the smallest config."""
    return Template(render(config))


@pytest.fixture(scope="session")
def prod() -> Template:
    """The sample's production template."""
    return Template(render(load.resolve(load.read(SAMPLE), "prod").config))


@pytest.fixture(scope="session")
def dev() -> Template:
    """The sample's development template: all at once, no approval."""
    return Template(render(load.resolve(load.read(SAMPLE), "dev").config))
