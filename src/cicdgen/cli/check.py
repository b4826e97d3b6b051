"""`cicdgen check`: findings on what we render, or on any template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cicdgen.cli.example import example
from cicdgen.cli.options import config_option, env_option, read_config, typed
from cicdgen.cli.streams import put
from cicdgen.errors import Exit, UsageError
from cicdgen.findings import Level
from cicdgen.reports import FORMATS, report

if TYPE_CHECKING:
    from cicdgen.checking.subjects import Asked


@click.command("check", epilog=example("cicdgen check --env prod"))
@click.argument(
    "files",
    nargs=-1,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="[FILE]...",
)
@env_option
@config_option
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Format of the findings.",
)
@click.option(
    "--fail-on",
    type=click.Choice([level.word for level in Level]),
    default=Level.WARNING.word,
    show_default=True,
    help="The least level that fails.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--region", "regions", multiple=True, help="Lint files for this region; repeatable.")
@click.option(
    "--new-since",
    "ref",
    metavar="REF",
    help="Only findings that are not there in this commit of git.",
)
@click.option("--self-test", is_flag=True, help="Break the template, and say what is caught.")
@click.option("--cache/--no-cache", default=True, help="Use answers of earlier runs.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Processes; by default one for each processor.",
)
def command(
    *,
    files: tuple[Path, ...],
    env: str | None,
    config_path: Path | None,
    form: str,
    fail_on: str,
    exit_zero: bool,
    regions: tuple[str, ...],
    ref: str | None,
    self_test: bool,
    cache: bool,
    jobs: int | None,
) -> int:
    """Lint the template of an environment, or any template.

    Without files, every environment of the config, or the one of --env, is rendered and checked
    for its region, by cfn-lint's rules and ours. SARIF exits with 0: whoever reads it decides.
    """
    from cicdgen.checking import asking  # noqa: PLC0415 - `--help` checks nothing

    if files and typed("env"):
        raise UsageError("files and --env do not go together", hint="leave one of them out")
    if regions and not files:
        raise UsageError(
            "--region is for files", hint="an environment is linted for its own region"
        )
    if files:
        config = read_config(config_path) if typed("config_path") else None
        asked = asking.of_files(files, regions, config)
    else:
        asked = asking.of_envs(read_config(config_path), env)
    if self_test:
        if ref is not None or form not in {"text", "json"}:
            raise UsageError("--self-test tells text or JSON", hint="leave the other options out")
        return _try(asked, form, jobs)
    findings = asking.answer(asked, since=ref, uses_cache=cache, jobs=jobs)
    put(report(form, findings, [subject.name for subject in asked.subjects]))
    failed = any(finding.level >= Level[fail_on.upper()] for finding in findings)
    return Exit.FINDINGS if failed and not exit_zero and form != "sarif" else Exit.DONE


def _try(asked: Asked, form: str, jobs: int | None) -> int:
    from cicdgen.checking.trial import trial  # noqa: PLC0415 - it loads the rules
    from cicdgen.reports import trial as report_trial  # noqa: PLC0415

    found = [(subject.name, trial(subject, jobs=jobs)) for subject in asked.subjects]
    put(report_trial.document(found) if form == "json" else report_trial.text(found))
    gaps = any(outcome.is_gap for _, outcomes in found for outcome in outcomes)
    return Exit.UNPROVEN if gaps else Exit.DONE
