"""`cicdgen config`: what is resolved, and the schema for editors."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Cicdgen
    from tests.conftest import WriteConfig

TWO = """\
version = 1
[defaults]
project = "shop"
tags = { "cost center" = "größe" }
[env.dev]
[env.prod]
function.memory = 512
"""


def test_show_prints_toml(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """Values on stdout, the chosen environment on stderr."""
    write_config(TWO)

    ran = cicdgen("config", "show")

    assert (0, "environment: dev (--env also takes prod)\n") == (ran.code, ran.err)
    assert {"cost center": "größe"} == tomllib.loads(ran.out)["tags"]
    assert ran.out.startswith("# environment dev\n")


def test_show_says_where_a_value_comes_from(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """With --origin, and only then."""
    write_config(TWO)

    lines = cicdgen("config", "show", "--env", "prod", "--origin").out.splitlines()

    assert 'project = "shop"  # defaults' in lines
    assert "function.memory = 512  # env.prod" in lines
    assert "function.timeout = 30  # built-in default" in lines
    assert "  # " not in cicdgen("config", "show", "--env", "prod").out


def test_show_as_json(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """One document on stdout, nothing else."""
    write_config(TWO)

    document = json.loads(cicdgen("config", "show", "--env", "prod", "--format", "json").out)

    assert "prod" == document["env"]
    assert "env.prod" == document["origins"]["function.memory"]


def test_show_tells_a_mistake_as_render_does(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """The same words and code."""
    write_config('version = 1\n[env.prod]\nproject = "Shop"\n')

    ran = cicdgen("config", "show")

    assert (2, "") == (ran.code, ran.out)
    assert cicdgen("render").err == ran.err


def test_the_schema_needs_no_config(cicdgen: Cicdgen) -> None:
    """It is the program's, not the project's."""
    ran = cicdgen("config", "schema")

    assert (0, "") == (ran.code, ran.err)
    assert "https://json-schema.org/draft/2020-12/schema" == json.loads(ran.out)["$schema"]
