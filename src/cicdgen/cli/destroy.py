"""`cicdgen destroy`: a stack, deleted, once it is said what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cicdgen.cli import asking, deploying
from cicdgen.cli.example import example
from cicdgen.cli.options import config_option, env_option
from cicdgen.cli.painting import painted
from cicdgen.cli.streams import tell
from cicdgen.cli.telling import telling

if TYPE_CHECKING:
    from pathlib import Path


@click.command("destroy", epilog=example("cicdgen destroy --env prod --yes --empty-buckets"))
@env_option
@config_option
@deploying.where
@deploying.agreed
@click.option(
    "--empty-buckets",
    "empties_buckets",
    is_flag=True,
    help="Delete every version of every object in the buckets that go.",
)
@click.option(
    "--retain",
    multiple=True,
    metavar="ID",
    help="Leave this resource; for a stack in DELETE_FAILED.",
)
@click.option("--role-arn", metavar="ARN", help="Role that CloudFormation acts as.")
@deploying.formats
@deploying.watched
def command(
    *,
    env: str | None,
    config_path: Path | None,
    yes: bool,
    allowed: tuple[str, ...],
    empties_buckets: bool,
    retain: tuple[str, ...],
    role_arn: str | None,
    form: str,
    progress: str | None,
    timeout: float | None,
    poll_interval: float | None,
    **given: str | None,
) -> None:
    """Delete a stack, once it is said what stays.

    What its template retains stays, and is listed; a bucket that is not empty is listed, and
    emptied with --empty-buckets alone. Termination protection needs --allow unprotect.
    """
    from cicdgen.deploying import destroying, gates  # noqa: PLC0415 - `--help` destroys nothing
    from cicdgen.deploying.happenings import Ended, Noted  # noqa: PLC0415
    from cicdgen.diff.change import Danger  # noqa: PLC0415
    from cicdgen.reports import deploying as report  # noqa: PLC0415

    with telling(form, progress) as observe:
        asking.refuse_without_terminal(allowed, yes=yes)
        allowances = [gates.allowance(text) for text in allowed]
        config = deploying.config_of(config_path, env)
        address = deploying.address_of(config, given)
        how = deploying.watch_of(address.options, timeout, poll_interval)
        caller = deploying.caller_of(deploying.access_of(config, given), observe)
        found = destroying.survey(caller, observe, address, retain=retain)
        if isinstance(found, destroying.Absent):
            observe(Noted(text="there is no such stack: nothing to do"))
            observe(Ended(status="DELETE_COMPLETE", changed=False))
            return
        for line in report.remains(found):
            tell(painted(line))
        lifts = any(each.danger is Danger.DROP_PROTECTION for each in allowances)
        destroying.refuse_protected(found, is_allowed=lifts)
        destroying.refuse_full(found, empties_buckets=empties_buckets)
        asking.agree(f"Delete it in {asking.place(found.target)}?", (), (), yes=yes)
        destroying.destroy(
            caller,
            found,
            how,
            observe,
            retain=retain,
            role_arn=role_arn,
        )
