"""`cicdgen diff`: what a change does, to resources and to what somebody may do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cicdgen.cli.example import example
from cicdgen.cli.options import choose_env, config_option, env_option, read_config, typed
from cicdgen.cli.painting import is_painted, painted
from cicdgen.cli.streams import put, tell
from cicdgen.errors import Exit, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicdgen.aws.access import Access
    from cicdgen.cloudformation.values import Json
    from cicdgen.config.load import File
    from cicdgen.config.schema import Config
    from cicdgen.diff import Comparison

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(
    "diff",
    epilog=example("cicdgen render -e prod > old.json; cicdgen diff -e prod --against old.json"),
)
@click.argument("files", nargs=-1, type=_FILE, metavar="[BEFORE AFTER]")
@env_option
@config_option
@click.option(
    "--against",
    default="deployed",
    show_default=True,
    metavar="FILE|REF|deployed",
    help="What is there now: a template, a commit, or the stack.",
)
@click.option("--all", "every", is_flag=True, help="Every environment; what they share once.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Format of the diff.",
)
@click.option(
    "--exit-code", "tells", is_flag=True, help="Exit with 10 on changes, 11 if one needs approval."
)
@click.option("--profile", metavar="NAME", help="Profile of the AWS config, for `deployed`.")
@click.option("--region", metavar="NAME", help="Region of the stack; by default the config's.")
@click.option("--stack-name", metavar="NAME", help="Name of the stack; by default PROJECT-ENV.")
def command(
    *,
    files: tuple[Path, ...],
    env: str | None,
    config_path: Path | None,
    against: str,
    every: bool,
    form: str,
    tells: bool,
    profile: str | None,
    region: str | None,
    stack_name: str | None,
) -> int:
    """Say what a change does, to resources and to permissions.

    With BEFORE and AFTER it compares two templates, JSON or YAML. Without files it compares what
    the config renders now with a file, with a commit (both sides are rendered, AWS is not asked),
    or with the template that is deployed.
    """
    prefixes: dict[str, str] = {}
    if files:
        if len(files) != 2 or typed("env") or typed("against") or every:  # noqa: PLR2004
            raise UsageError(
                "two files are compared with each other, and with nothing else",
                hint="give BEFORE and AFTER, or --env and --against",
            )
        comparisons = {f"{files[0]} to {files[1]}": _of_files(*files)}
    else:
        if every and typed("env"):
            raise UsageError("--all is every environment", hint="leave --env out, or --all")
        file = read_config(config_path)
        envs = list(file.envs) if every else [choose_env(file, env)]
        from cicdgen.aws.access import Access  # noqa: PLC0415 - files need none

        access = Access(profile=profile, region=region)
        comparisons, prefixes = _of_envs(file, envs, against, access, stack_name)
    text = _report(form, comparisons, prefixes)
    put(painted(text) if form == "text" and is_painted() else text)
    return _code(list(comparisons.values())) if tells else Exit.DONE


def _code(comparisons: Sequence[Comparison]) -> Exit:
    if any(each.dangers for each in comparisons):
        return Exit.CHANGES_TO_APPROVE
    return Exit.DONE if all(each.is_empty for each in comparisons) else Exit.CHANGES


def _report(form: str, comparisons: Mapping[str, Comparison], prefixes: Mapping[str, str]) -> str:
    match form:
        case "json":
            from cicdgen.reports import diff_json  # noqa: PLC0415 - the format asked for alone

            return diff_json.document(comparisons)
        case "markdown":
            from cicdgen.reports import diff_markdown  # noqa: PLC0415 - as above

            return diff_markdown.document(comparisons)
        case _:
            from cicdgen.reports import diff  # noqa: PLC0415 - as above

            if len(comparisons) == 1:
                return diff.text(next(iter(comparisons.values())))
            return diff.folded(comparisons, prefixes)


def _of_files(before: Path, after: Path) -> Comparison:
    from cicdgen.diff import compare  # noqa: PLC0415 - `--help` compares nothing

    return compare(_body(_text(before), str(before)), _body(_text(after), str(after)))


def _of_envs(
    file: File, envs: Sequence[str], against: str, access: Access, stack: str | None
) -> tuple[dict[str, Comparison], dict[str, str]]:
    """The comparison of each environment with what is there now, and the prefix of its names."""
    # Files need no troposphere; lean comes before whatever imports it.
    import cicdgen.lean  # noqa: F401, PLC0415

    from cicdgen import template  # noqa: PLC0415
    from cicdgen.cloudformation import Account  # noqa: PLC0415
    from cicdgen.config import load  # noqa: PLC0415
    from cicdgen.diff import compare  # noqa: PLC0415

    found = {}
    configs = {env: load.resolve(file, env).config for env in envs}
    before = _before(file, configs, against, access, stack)
    for env, config in configs.items():
        text, parameters = before.get(env, ("", {}))
        if not text:
            tell(f"{env}: nothing is there yet ({against})")
        found[env] = compare(
            _body(text, f"{env} ({against})") if text else {},
            _body(template.render(config), env),
            account=Account(region=config.region),
            before_parameters=parameters,
        )
    return found, {env: config.prefix for env, config in configs.items()}


def _before(
    file: File, configs: Mapping[str, Config], against: str, access: Access, stack: str | None
) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """The template that is there now of each environment, with the values of its parameters."""
    if against == "deployed":
        from cicdgen.aws.deployed import deployed  # noqa: PLC0415 - nothing else asks AWS

        found = {}
        for env, config in configs.items():
            here = replace(access, region=access.region or config.region)
            name = stack or config.prefix
            _refuse_other_account(config, name, here)
            there = deployed(name, here)
            found[env] = (there.text, there.parameters)
        return found
    if Path(against).is_file():
        text = _text(Path(against))
        return {env: (text, {}) for env in configs}
    from cicdgen.checking import history, subjects  # noqa: PLC0415 - it runs git

    asked = subjects.Asked(
        subjects=[subjects.Subject(name=env, regions=()) for env in configs], file=file
    )
    with history.subjects_at(against, asked) as old:
        return {subject.name.removesuffix(".json"): (subject.text, {}) for subject in old}


def _refuse_other_account(config: Config, stack: str, access: Access) -> None:
    """Where the stack of another account is missing, everything would look new and harmless."""
    if config.account is None:
        return
    from cicdgen.aws.calling import Caller  # noqa: PLC0415 - as above
    from cicdgen.deploying.locating import Address, locate  # noqa: PLC0415

    locate(
        Caller(access=access),
        Address(env=config.env, stack=stack, options=f"--env {config.env}", account=config.account),
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}", hint="give a template") from error


def _body(text: str, name: str) -> Mapping[str, Json]:
    from cicdgen.proof.reading import read  # noqa: PLC0415 - `--help` reads nothing

    return read(text, name).body
