"""`cicdgen plan`: a change set, and the file that an approval is bound to."""

from __future__ import annotations

import cicdgen.lean  # noqa: F401 - before anything that imports troposphere

from pathlib import Path
from typing import Any

import click

from cicdgen.cli import deploying, ordering
from cicdgen.cli.example import example
from cicdgen.cli.options import config_option, env_option
from cicdgen.cli.streams import put
from cicdgen.cli.telling import telling
from cicdgen.errors import Exit, UsageError


@click.command("plan", epilog=example("cicdgen plan --env prod -o plan.json"))
@env_option
@config_option
@deploying.where
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the plan there instead of to stdout.",
)
@click.option(
    "--expires-in",
    "hours",
    type=click.FloatRange(min=0, min_open=True, max=24 * 365),
    default=24,
    show_default=True,
    metavar="HOURS",
    help="How long the plan holds.",
)
@click.option(
    "--exit-code", "tells", is_flag=True, help="Exit with 10 on changes, 11 if one needs approval."
)
@ordering.proposed
@deploying.formats
def command(
    *,
    env: str | None,
    config_path: Path | None,
    output: Path | None,
    hours: float,
    tells: bool,
    form: str,
    **given: Any,  # noqa: ANN401 - what `ordering.proposed` takes
) -> int:
    """Propose a change set, and write down what it was.

    `cicdgen apply` executes that change set and nothing else, and refuses if anything has moved
    since. Nothing is executed here.
    """
    from cicdgen.deploying import plan  # noqa: PLC0415 - `--help` plans nothing
    from cicdgen.deploying.executing import AS_IT_SHOULD_BE, refuse_failed_stack  # noqa: PLC0415
    from cicdgen.deploying.happenings import Noted  # noqa: PLC0415
    from cicdgen.deploying.proposing import NoChanges, propose  # noqa: PLC0415
    from cicdgen.diff import compare  # noqa: PLC0415
    from cicdgen.rendering import write_file  # noqa: PLC0415

    if form == "ndjson" and output is None:
        raise UsageError("--format ndjson has stdout", hint="-o FILE takes the plan")
    with telling(form, "events") as observe:
        config = deploying.config_of(config_path, env)
        order = ordering.order_of(config, given)
        caller = deploying.caller_of(deploying.access_of(config, given), observe)
        found = propose(caller, order, compare, observe)
        if isinstance(found, NoChanges):
            refuse_failed_stack(found)
            observe(Noted(text=AS_IT_SHOULD_BE))
        text = plan.document(plan.planned(found, order, hours=hours))
        if output is None:
            put(text)
        else:
            write_file(output, text)
    if not tells or isinstance(found, NoChanges):
        return Exit.DONE
    return Exit.CHANGES_TO_APPROVE if found.needs else Exit.CHANGES
