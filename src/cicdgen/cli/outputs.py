"""`cicdgen outputs`: what a stack gives to whoever comes next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from cicdgen.cli import deploying
from cicdgen.cli.example import example
from cicdgen.cli.options import config_option, env_option
from cicdgen.cli.streams import put
from cicdgen.cli.telling import telling
from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@click.command("outputs", epilog=example("cicdgen outputs SourceBucket --env prod"))
@click.argument("name", required=False)
@env_option
@config_option
@deploying.where
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="NAME=VALUE a line, or one JSON object.",
)
def command(
    *,
    name: str | None,
    env: str | None,
    config_path: Path | None,
    form: str,
    **given: str | None,
) -> None:
    """Print the outputs of a stack.

    With NAME, the value of that one alone.
    """
    from cicdgen.deploying import inquiring  # noqa: PLC0415 - `--help` asks nothing
    from cicdgen.reports import deploying as report  # noqa: PLC0415

    config = deploying.config_of(config_path, env)
    with telling("text", "events") as observe:
        caller = deploying.caller_of(deploying.access_of(config, given), observe)
        pairs = inquiring.outputs(caller, deploying.address_of(config, given))
    if name is not None:
        values = dict(pairs)
        if name not in values:
            raise UsageError(
                f"the stack has no output {name}", hint=f"it has {', '.join(values) or 'none'}"
            )
        put(f"{values[name]}\n")
        return
    if form == "json":
        put(json.dumps(dict(pairs), indent=2, sort_keys=True) + "\n")
    else:
        put(report.outputs(pairs))
