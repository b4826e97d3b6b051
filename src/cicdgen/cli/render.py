"""`cicdgen render`: the template, on stdout alone or in files."""

from __future__ import annotations

import cicdgen.lean  # noqa: F401 - before anything that imports troposphere

from pathlib import Path

import click

from cicdgen.cli.example import example
from cicdgen.cli.options import choose_env, config_option, env_option, read_config, typed
from cicdgen.cli.streams import put, tell
from cicdgen.errors import UsageError


@click.command("render", epilog=example("cicdgen render --env prod > template.json"))
@env_option
@config_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "yaml"]),
    default="json",
    show_default=True,
    help="Format of the template.",
)
@click.option("--compact", is_flag=True, help="JSON without white space, as it is best sent.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to a file instead of stdout.",
)
@click.option(
    "--all",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write every environment to DIR/ENV.json.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Processes for --all; by default one for each processor.",
)
def command(
    *,
    env: str | None,
    config_path: Path | None,
    form: str,
    compact: bool,
    output: Path | None,
    folder: Path | None,
    jobs: int | None,
) -> None:
    """Print the CloudFormation template of an environment."""
    from cicdgen import rendering  # noqa: PLC0415 - `--help` renders nothing

    if jobs is not None and folder is None:
        raise UsageError("--jobs is for --all", hint="one template takes one process: leave it out")
    if compact and form == "yaml":
        raise UsageError("--compact is for JSON", hint="leave one of them out")
    style = rendering.Style(form=form, compact=compact)
    file = read_config(config_path)
    if folder is not None:
        if typed("env") or output is not None:
            raise UsageError(
                "--all writes every environment", hint="leave --env and --output out, or --all"
            )
        for path in rendering.render_all(file, folder, style, jobs=jobs):
            tell(str(path))
        return
    text = rendering.render_env(file, choose_env(file, env), style)
    if output is not None:
        rendering.write_file(output, text)
        return
    put(text)
