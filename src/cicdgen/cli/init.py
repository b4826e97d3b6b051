"""`cicdgen init`: a config and a small function to start from."""

from __future__ import annotations

from pathlib import Path

import click

from cicdgen.cli.example import example
from cicdgen.cli.streams import tell


@click.command(
    "init", epilog=example("cicdgen init my-function && cd my-function && cicdgen render")
)
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="[DIR]"
)
@click.option("--project", help="Name of the project; by default the folder's.")
def command(*, folder: Path, project: str | None) -> None:
    """Write a config and a small function to start from.

    A file that is there already is left as it is, and named.
    """
    from cicdgen import starting  # noqa: PLC0415 - `--help` writes nothing

    written = starting.write(folder, project)
    for path, fresh in written:
        tell(f"{'wrote' if fresh else 'kept '} {path}")
    if not any(fresh for _, fresh in written):
        tell("everything was there already: nothing was changed")
