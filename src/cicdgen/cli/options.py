"""Options that several commands share, and what they lead to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from cicdgen.cli.streams import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicdgen.config.load import File

Command = TypeVar("Command", bound="Callable[..., Any]")


def env_option(command: Command) -> Command:
    """`--env`, or CICDGEN_ENV."""
    return click.option(
        "--env", "-e", envvar="CICDGEN_ENV", metavar="NAME", help="Environment of the config."
    )(command)


def typed(option: str) -> bool:
    """Whether the option stands on the command line: one in the environment is only a default."""
    source = click.get_current_context().get_parameter_source(option)
    return source is ParameterSource.COMMANDLINE


def config_option(command: Command) -> Command:
    """`--config`, or CICDGEN_CONFIG, or the nearest cicdgen.toml."""
    return click.option(
        "--config",
        "-c",
        "config_path",
        envvar="CICDGEN_CONFIG",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Config file; by default the nearest cicdgen.toml.",
    )(command)


def read_config(path: Path | None) -> File:
    """The config file that the option names, or the nearest one."""
    from cicdgen.config import load  # noqa: PLC0415 - `--help` needs no config

    return load.read(path or load.find(Path.cwd()))


def choose_env(file: File, env: str | None) -> str:
    """The environment asked for; without one the file's first, said so where there are more."""
    if env is not None:
        return env
    first = next(iter(file.envs))
    if len(file.envs) > 1:
        others = ", ".join(name for name in file.envs if name != first)
        tell(f"environment: {first} (--env also takes {others})")
    return first
