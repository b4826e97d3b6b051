"""`cicdgen config`: the resolved values and their origins, and the schema for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cicdgen.cli.options import choose_env, config_option, env_option, read_config

if TYPE_CHECKING:
    from pathlib import Path


@click.group("config", short_help="Show the config, and where each value comes from.")
def command() -> None:
    r"""Show the config, and where each value comes from.

    \b
    Example:
      cicdgen config show --env prod --origin
    """


@command.command("show")
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
    r"""Print the resolved values of an environment.

    \b
    Example:
      cicdgen config show --env prod --origin
    """
    from cicdgen.config import load, shown  # noqa: PLC0415 - `--help` reads no config

    file = read_config(config_path)
    resolved = load.resolve(file, choose_env(file, env))
    if form == "json":
        click.echo(shown.as_json(resolved), nl=False)
    else:
        click.echo(shown.as_text(resolved, origin=origin), nl=False)


@command.command("schema")
def schema() -> None:
    r"""Print the JSON Schema of cicdgen.toml, for editors.

    \b
    Example:
      cicdgen config schema > cicdgen.schema.json
    """
    from cicdgen.config import shown  # noqa: PLC0415 - `--help` needs no schema

    click.echo(shown.json_schema(), nl=False)
