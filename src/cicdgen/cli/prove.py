"""`cicdgen prove`: every run-time hop is allowed, and nothing is granted that none needs."""

from __future__ import annotations

import cicdgen.lean  # noqa: F401 - before anything that imports troposphere

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cicdgen.cli.example import example
from cicdgen.cli.options import choose_env, config_option, env_option, read_config, typed
from cicdgen.cli.streams import put
from cicdgen.errors import Exit, UsageError

if TYPE_CHECKING:
    from cicdgen.proof.proof import Proof

_DEFAULT_REGION = "us-east-1"
_REGION = re.compile(r"(?<![a-z0-9-])[a-z]{2}(?:-gov|-isob?)?-[a-z]{4,9}-\d(?![a-z0-9-])")


@click.command("prove", epilog=example("cicdgen prove --env prod"))
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@env_option
@config_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the proof.",
)
def command(*, file: Path | None, env: str | None, config_path: Path | None, form: str) -> int:
    """Prove that the pipeline can do all it must, and no more.

    Each call to AWS that the template's parts make when they run is decided by every policy that
    takes part in it; then each statement, action and resource is left out in turn. FILE is any
    template, JSON or YAML; without it an environment of the config is rendered and proved.
    """
    from cicdgen.reports import proof as report  # noqa: PLC0415 - `--help` proves nothing

    if file is not None and typed("env"):
        raise UsageError("FILE and --env do not go together", hint="leave one of them out")
    found = _of_file(file) if file is not None else _of_env(config_path, env)
    put(report.document(found) if form == "json" else report.text(found))
    return Exit.DONE if found.holds else Exit.UNPROVEN


def _of_file(file: Path) -> Proof:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is no text: {error}", hint="give a template") from error
    # A template that names one region is for that.
    regions = set(_REGION.findall(text))
    return _proved(text, str(file), regions.pop() if len(regions) == 1 else _DEFAULT_REGION)


def _of_env(config_path: Path | None, env: str | None) -> Proof:
    from cicdgen import template  # noqa: PLC0415 - a file needs no troposphere
    from cicdgen.config import load  # noqa: PLC0415

    file = read_config(config_path)
    chosen = choose_env(file, env)
    config = load.resolve(file, chosen).config
    return _proved(template.render(config), chosen, config.region or _DEFAULT_REGION)


def _proved(text: str, name: str, region: str) -> Proof:
    from cicdgen.proof.proof import account_in, prove  # noqa: PLC0415 - as above
    from cicdgen.proof.reading import read  # noqa: PLC0415

    return prove(read(text, name), account_in(region))
