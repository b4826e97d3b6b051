"""`cicdgen status`: how a stack is, what to do next, and what happens to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cicdgen.cli import deploying
from cicdgen.cli.example import example
from cicdgen.cli.options import config_option, env_option
from cicdgen.cli.streams import put
from cicdgen.cli.telling import telling
from cicdgen.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path


@click.command("status", epilog=example("cicdgen status --env prod --follow"))
@env_option
@config_option
@deploying.where
@click.option("--follow", is_flag=True, help="Show what happens, until it is over.")
@deploying.formats
@deploying.watched
def command(
    *,
    env: str | None,
    config_path: Path | None,
    follow: bool,
    form: str,
    progress: str | None,
    timeout: float | None,
    poll_interval: float | None,
    **given: str | None,
) -> int:
    """Say how a stack is, and what to do next.

    With --follow, the operation that runs, or ran last, is shown from its beginning to its end.
    It exits with 1 if the stack is in a failed state.
    """
    from cicdgen.deploying import inquiring  # noqa: PLC0415 - `--help` asks nothing
    from cicdgen.reports import deploying as report  # noqa: PLC0415

    with telling(form, progress) as observe:
        config = deploying.config_of(config_path, env)
        address = deploying.address_of(config, given)
        how = deploying.watch_of(address.options, timeout, poll_interval)
        caller = deploying.caller_of(deploying.access_of(config, given), observe)
        found = inquiring.inquire(caller, observe, address)
        if follow and found.stack is not None:
            found = inquiring.follow(caller, found, how, observe)
        if form == "text":
            put(report.status(found))
        else:
            inquiring.tell(found, observe)
    return Exit.FAILED if found.is_failed else Exit.DONE
