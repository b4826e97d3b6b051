"""`cicdgen apply`: the change set of a plan, if everything is as it was."""

from __future__ import annotations

from pathlib import Path

import click

from cicdgen.cli import asking, deploying
from cicdgen.cli.example import example
from cicdgen.cli.telling import telling
from cicdgen.errors import UsageError


@click.command("apply", epilog=example("cicdgen apply plan.json --yes"))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--profile", metavar="NAME", help="Profile of the AWS config.")
@deploying.agreed
@deploying.outputs_file
@deploying.formats
@deploying.watched
def command(
    *,
    file: Path,
    profile: str | None,
    yes: bool,
    allowed: tuple[str, ...],
    outputs_file: Path | None,
    form: str,
    progress: str | None,
    timeout: float | None,
    poll_interval: float | None,
) -> None:
    """Execute the change set of a plan, and nothing else.

    It refuses if anything has moved since the plan was made: the account, the region, the change
    set, the stack's template, or the day.
    """
    from cicdgen.aws.access import Access  # noqa: PLC0415 - `--help` reaches nothing
    from cicdgen.deploying import plan  # noqa: PLC0415
    from cicdgen.deploying.applying import Agreed, verify  # noqa: PLC0415
    from cicdgen.deploying.executing import execute, settle  # noqa: PLC0415
    from cicdgen.deploying.proposing import NoChanges  # noqa: PLC0415
    from cicdgen.diff import compare  # noqa: PLC0415

    with telling(form, progress) as observe:
        asking.refuse_without_terminal(allowed, yes=yes)
        planned = plan.read(_text(file), str(file))
        address = deploying.address_of_plan(planned, profile)
        agreed = Agreed(plan=planned, file=str(file), address=address)
        how = deploying.watch_of(address.options, timeout, poll_interval)
        caller = deploying.caller_of(Access(profile=profile, region=planned.region), observe)
        found = verify(caller, agreed, compare, observe)
        if isinstance(found, NoChanges):
            aliases, is_kept = planned.aliases, planned.is_kept
            stack = settle(caller, found, observe, aliases=aliases, is_kept=is_kept)
            deploying.write_outputs(outputs_file, planned.stack, stack.outputs)
            return
        made = f"{planned.made:%Y-%m-%dT%H:%M:%SZ}"
        question = f"Execute the plan of {made} in {asking.place(found.target)}?"
        asking.agree(question, found.needs, allowed, yes=yes)
        stack = execute(
            caller,
            found,
            how,
            observe,
            aliases=planned.aliases,
            is_kept=planned.is_kept,
            keeps_what_succeeded=planned.keeps_what_succeeded,
        )
        deploying.write_outputs(outputs_file, planned.stack, stack.outputs)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}", hint="give a plan") from error
