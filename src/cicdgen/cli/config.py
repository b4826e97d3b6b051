"""`cicdgen config`: the resolved values and their origins, and the schema for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cicdgen.cli.example import example
from cicdgen.cli.options import choose_env, config_option, env_option, read_config
from cicdgen.cli.streams import put

if TYPE_CHECKING:
    from pathlib import Path


@click.group(
    "config",
    epilog=example("cicdgen config show --env prod --origin"),
    short_help="Show the config, and where each value comes from.",
)
def command() -> None:
    """Show the config, and where each value comes from."""


@command.command("show", epilog=example("cicdgen config show --env prod --origin"))
@env_option
@config_option
@click.option("--origin", is_flag=True, help="Say which table set each value.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the values.",
)
def show(*, env: str | None, config_path: Path | None, origin: bool, form: str) -> None:
    """Print the resolved values of an environment."""
    from cicdgen.config import load, shown  # noqa: PLC0415 - `--help` reads no config

    file = read_config(config_path)
    resolved = load.resolve(file, choose_env(file, env))
    if form == "json":
        put(shown.as_json(resolved))
    else:
        put(shown.as_text(resolved, origin=origin))


@command.command("schema", epilog=example("cicdgen config schema > cicdgen.schema.json"))
def schema() -> None:
    """Print the JSON Schema of cicdgen.toml, for editors."""
    from cicdgen.config import shown  # noqa: PLC0415 - `--help` needs no schema

    put(shown.json_schema())
