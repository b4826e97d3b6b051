"""The config as `config show` prints it: valid TOML that means the same, with origins."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from tests.strategies import settings

from cicdgen.config import load, shown

if TYPE_CHECKING:
    from tests.conftest import WriteConfig


def _resolved(table: dict[str, Any]) -> load.Resolved:
    return load.resolve(load.File(Path("cicdgen.toml"), {}, {"e": table}), "e")


@given(table=settings().filter(lambda table: len(table["project"]) < 20))
@example({"project": "shop", "tags": {"a.b": "x", "c d": "y", "é": "z"}})
@example({"project": "shop", "release": {"smoke_event": {"": {"a": [{"b c": "\x7f"}]}, "d": {}}}})
@example({"project": "shop", "release": {"smoke_event": {}}})
@examples(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("origin", [False, True])
def test_the_text_is_toml_that_means_the_same(table: dict[str, Any], *, origin: bool) -> None:
    """Written back into a table of the file, it resolves to the config that it shows."""
    resolved = _resolved(table)

    again = tomllib.loads(shown.as_text(resolved, origin=origin))

    assert resolved.config == _resolved(again).config


TEXT = """\
version = 1
[defaults]
project = "shop"
function.memory = 512
tags = { team = "shop" }
[env.prod]
function.timeout = 60
tags = { cost = "42" }
"""


def test_origins_stand_beside_the_values(write_config: WriteConfig) -> None:
    """Each line ends with the table that set it; what nobody set is built in."""
    resolved = load.resolve(load.read(write_config(TEXT)), "prod")

    lines = shown.as_text(resolved, origin=True).splitlines()

    assert "# environment prod" == lines[0]
    assert 'project = "shop"  # defaults' in lines
    assert "function.memory = 512  # defaults" in lines
    assert "function.timeout = 60  # env.prod" in lines
    assert 'tags.team = "shop"  # defaults' in lines
    assert 'tags.cost = "42"  # env.prod' in lines
    assert 'function.runtime = "python3.13"  # built-in default' in lines
    assert "function.environment = {}  # built-in default" in lines
    assert [line for line in lines[1:] if "  # " not in line] == []


def test_values_that_are_left_out_are_not_shown(write_config: WriteConfig) -> None:
    """TOML has no null."""
    text = shown.as_text(load.resolve(load.read(write_config()), "prod"), origin=False)

    assert "region" not in text
    assert "None" not in text
    assert "null" not in text


def test_the_document_has_values_and_origins(write_config: WriteConfig) -> None:
    """For programs: one versioned document, an origin for each value."""
    document = json.loads(shown.as_json(load.resolve(load.read(write_config(TEXT)), "prod")))

    assert "cicdgen.config/1" == document["format"]
    assert "prod" == document["env"]
    assert 512 == document["values"]["function"]["memory"]
    assert {"team": "shop", "cost": "42"} == document["values"]["tags"]
    assert "env.prod" == document["origins"]["tags.cost"]
    assert "built-in default" == document["origins"]["function.runtime"]
    assert "env" not in document["values"]
