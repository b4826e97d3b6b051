"""`cicdgen rehearse`: run the template's own pipeline on this machine, in good times and in bad."""

from __future__ import annotations

import cicdgen.lean  # noqa: F401 - before anything that imports troposphere

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cicdgen.cli.example import example
from cicdgen.cli.options import choose_env, config_option, env_option, read_config, typed
from cicdgen.cli.streams import put, tell
from cicdgen.errors import Exit, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.rehearsal.matrix import Audience
    from cicdgen.rehearsal.record import Matrix
    from cicdgen.rehearsal.source import Source
    from cicdgen.rehearsal.stage import Options, Stage

_DEFAULT_REGION = "us-east-1"


@click.command("rehearse", epilog=example("cicdgen rehearse --env prod --all"))
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@env_option
@config_option
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME",
    help="good, bad-canary, broken-build, failing-test, failing-hook, deployer-crash, replay, or "
    "denied:ACTION; repeatable. By default good.",
)
@click.option("--all", "is_all", is_flag=True, help="Every scenario but denied:ACTION.")
@click.option(
    "--approve/--reject", "approves", default=True, help="Answer where a person is asked."
)
@click.option(
    "--requests-per-minute",
    type=click.FloatRange(min=0),
    default=600,
    show_default=True,
    help="Synthetic traffic to the alias.",
)
@click.option(
    "--error-rate",
    type=click.FloatRange(min=0, max=1),
    default=1,
    show_default=True,
    help="Share of its requests that a bad version fails.",
)
@click.option(
    "--source",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="The folder that is uploaded; by default the config's, or a sample.",
)
@click.option(
    "--artifact",
    "artifacts",
    multiple=True,
    metavar="NAME=ZIP",
    help="What a build makes, if it is not known; repeatable.",
)
@click.option(
    "--parameter-overrides",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value for a parameter of the template; repeatable.",
)
@click.option(
    "--run-build",
    is_flag=True,
    help="Run the commands of builds: they and the source are executed on this machine.",
)
@click.option("--network", is_flag=True, help="Let those commands reach the network.")
@click.option(
    "--sandbox",
    is_flag=True,
    help="Put `cicdgen sandbox` behind it, whose IAM decides every call once more; it has to be "
    "installed.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "ndjson", "html"]),
    default="text",
    show_default=True,
    help="Format of the result.",
)
def command(
    *,
    file: Path | None,
    env: str | None,
    config_path: Path | None,
    scenarios: tuple[str, ...],
    is_all: bool,
    approves: bool,
    requests_per_minute: float,
    error_rate: float,
    folder: Path | None,
    artifacts: tuple[str, ...],
    parameters: tuple[str, ...],
    run_build: bool,
    network: bool,
    sandbox: bool,
    form: str,
) -> int:
    """Run the template's own pipeline here, and say how it ends.

    From the upload of the source to the moved alias, or to the rollback: each call to AWS is
    decided by the template's policies, the functions that it holds really run, and CodePipeline,
    CodeBuild, CodeDeploy and CloudWatch are modelled on a virtual clock. FILE is any template;
    without it an environment of the config is rendered. No account is reached.
    """
    from cicdgen.rehearsal import matrix  # noqa: PLC0415 - `--help` rehearses nothing
    from cicdgen.rehearsal.record import Load  # noqa: PLC0415
    from cicdgen.rehearsal.source import packed  # noqa: PLC0415
    from cicdgen.rehearsal.stage import Options  # noqa: PLC0415

    if file is not None and typed("env"):
        raise UsageError("FILE and --env do not go together", hint="leave one of them out")
    if network and not run_build:
        raise UsageError("--network is for --run-build", hint="add it, or leave --network out")
    if is_all and scenarios:
        raise UsageError("--all and --scenario do not go together", hint="leave one of them out")
    options = Options(
        load=Load(requests_per_minute=requests_per_minute, error_rate=error_rate),
        approves=approves,
        artifacts=dict(map(_artifact, artifacts)),
        runs_builds=run_build,
        has_network=network,
        in_sandbox=sandbox,
        parameters=dict(map(_parameter, parameters)),
        source=None if folder is None else packed(folder, str(folder)),
    )
    name, stage, home = _staged(file, config_path, env, options)
    with stage:
        source = options.source or _found(stage, home)
        _check_source(stage, folder)
        chosen = list(scenarios) or ["good"]
        if is_all:
            chosen, left_out = matrix.every(stage)
            for why in left_out:
                tell(why)
        else:
            _refuse_unfit(stage, chosen)
        with _watched(chosen) as audience:
            found = matrix.rehearse(stage, name, chosen, source, audience)
    put(_reported(form, found))
    return Exit.DONE if found.passed else Exit.UNPROVEN


@contextmanager
def _watched(scenarios: list[str]) -> Iterator[Audience | None]:
    """Whoever watches: a person at a terminal. Elsewhere the result says it all."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import

    from cicdgen.reports.rehearsal_live import watched  # noqa: PLC0415

    with watched(Console(stderr=True), scenarios) as audience:
        yield audience


def _artifact(given: str) -> tuple[str, bytes]:
    name, equals, path = given.partition("=")
    if not equals or not Path(path).is_file():
        raise UsageError(f"--artifact {given}: no such file", hint="as BuildOutput=build.zip")
    return name, Path(path).read_bytes()


def _parameter(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals or not name:
        raise UsageError(f"--parameter-overrides {given}: no value", hint="as Branch=main")
    return name, value


def _staged(
    file: Path | None, config_path: Path | None, env: str | None, options: Options
) -> tuple[str, Stage, Path | None]:
    """The template's name, the template on its stage, and the folder of its config."""
    from cicdgen.proof.proof import account_in  # noqa: PLC0415 - as above
    from cicdgen.proof.reading import read  # noqa: PLC0415
    from cicdgen.rehearsal.stage import Stage  # noqa: PLC0415

    home: Path | None = None
    if file is not None:
        name, region = str(file), _DEFAULT_REGION
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise UsageError(f"{file} is no text: {error}", hint="give a template") from error
    else:
        from cicdgen import template  # noqa: PLC0415 - a file needs no troposphere
        from cicdgen.config import load  # noqa: PLC0415

        config_file = read_config(config_path)
        name = choose_env(config_file, env)
        config = load.resolve(config_file, name).config
        text, region = template.render(config), config.region or _DEFAULT_REGION
        home = config_file.path.parent
    partition = account_in(region).partition or "aws"
    return name, Stage(read(text, name), region, partition, options), home


def _refuse_unfit(stage: Stage, chosen: list[str]) -> None:
    """Refuse scenarios that have no end that they should have, with this template."""
    from cicdgen.rehearsal.scenarios import named  # noqa: PLC0415 - as above

    for name in chosen:
        if why := stage.applicable(named(name)):
            raise UsageError(f"{name} does not fit: {why}", hint="--all takes those that do")


def _check_source(stage: Stage, folder: Path | None) -> None:
    """Refuse a folder without the function's handler, where the build keeps our contract."""
    from cicdgen.rehearsal.source import has_handler  # noqa: PLC0415 - as above

    # Where the code lies in a source is our contract; somebody else's build knows its own.
    if folder is None or not stage.handler or not stage.keeps_contract:
        return
    if not has_handler(folder, stage.handler):
        module = stage.handler.rpartition(".")[0]
        raise UsageError(
            f"{folder} has no src/{module}.py, and the function's handler is {stage.handler}",
            hint="--source takes the folder with src/",
        )


def _found(stage: Stage, home: Path | None) -> Source:
    """The source for whoever gives none: the config's own, or a sample."""
    from cicdgen import assets  # noqa: PLC0415 - as above
    from cicdgen.rehearsal.sample import sample_of  # noqa: PLC0415
    from cicdgen.rehearsal.source import has_handler, packed  # noqa: PLC0415

    if home is not None and stage.handler and has_handler(home, stage.handler):
        return packed(home, str(home))
    if not stage.keeps_contract:
        for function in stage.aim.functions:
            made = sample_of(function)
            if made is not None:
                return made
    return packed(assets.STARTER, "the sample function of `cicdgen init`", is_sample=True)


def _reported(form: str, found: Matrix) -> str:
    from cicdgen.reports import rehearsal_json, rehearsal_page, rehearsal_text  # noqa: PLC0415

    match form:
        case "json":
            return rehearsal_json.document(found)
        case "ndjson":
            return "".join(f"{line.rstrip()}\n" for line in rehearsal_json.lines(found))
        case "html":
            return rehearsal_page.page(found)
        case _:
            return rehearsal_text.text(found)
