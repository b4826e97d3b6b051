"""`cicdgen explain`: who may do what, on what, and why."""

from __future__ import annotations

import cicdgen.lean  # noqa: F401 - before anything that imports troposphere

import re
from typing import TYPE_CHECKING

import click

from cicdgen.cli.example import example
from cicdgen.cli.options import choose_env, config_option, env_option, read_config
from cicdgen.cli.streams import put
from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from cicdgen.config.schema import Config
    from cicdgen.proof.proof import Proof


_REGION = "us-east-1"


@click.command("explain", epilog=example("cicdgen explain deployer --env prod"))
@click.argument("role", required=False)
@env_option
@config_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Format of the explanation.",
)
@click.option("--hops", is_flag=True, help="Name the run-time hops that need each statement.")
def command(
    *, role: str | None, env: str | None, config_path: Path | None, form: str, hops: bool
) -> None:
    """Say who may do what, on what, and why.

    ROLE is an actor (function, hook, deployer, build, test, pipeline, release, trigger) or the
    logical id of a resource with a policy of its own, e.g. S3Key. Or it is a rule, e.g. E9512: then
    it says what the rule is about, with a bad template and a good one.
    """
    from cicdgen.blueprint import Blueprint  # noqa: PLC0415 - `--help` draws nothing
    from cicdgen.config import load  # noqa: PLC0415
    from cicdgen.explanation import explain  # noqa: PLC0415
    from cicdgen.reports import permissions  # noqa: PLC0415

    if role is not None and re.fullmatch("[EWI]95[0-9]{2}", role):
        put(_rule(role))
        return
    file = read_config(config_path)
    chosen = choose_env(file, env)
    config = load.resolve(file, chosen).config
    proof = _proof(config) if hops else None
    subjects = list(explain(Blueprint.define(config), proof))
    if role is not None:
        known = ", ".join(subject.name for subject in subjects)
        subjects = [subject for subject in subjects if subject.name == role]
        if not subjects:
            raise UsageError(f"no role or guarded resource `{role}`", hint=f"there are {known}")
    match form:
        case "json":
            put(permissions.document(subjects))
        case "markdown":
            put(permissions.markdown(subjects, chosen))
        case _:
            put(permissions.text(subjects))


def _rule(name: str) -> str:
    from cicdgen.reports import rule as report  # noqa: PLC0415 - roles need no rules
    from cicdgen.rules.catalogue import BY_ID  # noqa: PLC0415

    if name not in BY_ID:
        raise UsageError(f"no rule `{name}`", hint=f"there are {', '.join(sorted(BY_ID))}")
    return report.text(BY_ID[name])


def _proof(config: Config) -> Proof:
    """The proof of the config's template: it knows what each statement is for."""
    from cicdgen import template  # noqa: PLC0415 - only `--hops` proves
    from cicdgen.proof.proof import account_in, prove  # noqa: PLC0415
    from cicdgen.proof.reading import read  # noqa: PLC0415

    return prove(read(template.render(config), config.env), account_in(config.region or _REGION))
