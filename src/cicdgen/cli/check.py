"""`cicdgen check`: findings on what we render, or on any template."""

from __future__ import annotations

from pathlib import Path

import click

from cicdgen.cli.example import example
from cicdgen.cli.options import config_option, env_option, read_config, typed
from cicdgen.cli.streams import put
from cicdgen.errors import Exit, UsageError
from cicdgen.findings import Level
from cicdgen.reports import FORMATS, report


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
def command(
    *,
    files: tuple[Path, ...],
    env: str | None,
    config_path: Path | None,
    form: str,
    fail_on: str,
    exit_zero: bool,
    regions: tuple[str, ...],
) -> int:
    """Lint the template of an environment, or any template.

    Without files, every environment of the config, or the one of --env, is rendered and linted for
    its region. SARIF exits with 0: whoever reads the file decides.
    """
    from cicdgen import checking  # noqa: PLC0415 - `--help` checks nothing

    if files and typed("env"):
        raise UsageError("files and --env do not go together", hint="leave one of them out")
    if regions and not files:
        raise UsageError(
            "--region is for files", hint="an environment is linted for its own region"
        )
    subjects = (
        checking.files(files, regions) if files else checking.envs(read_config(config_path), env)
    )
    findings = checking.check(subjects)
    put(report(form, findings, [subject.name for subject in subjects]))
    failed = any(finding.level >= Level[fail_on.upper()] for finding in findings)
    return Exit.FINDINGS if failed and not exit_zero and form != "sarif" else Exit.DONE
