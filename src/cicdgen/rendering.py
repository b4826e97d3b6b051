"""One environment to text, many environments to files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from cicdgen import template
from cicdgen.config import load
from cicdgen.errors import OutputError
from cicdgen.forking import in_processes

if TYPE_CHECKING:
    from cicdgen.config.load import File
    from cicdgen.config.schema import Config

_WORTH_A_PROCESS = 50
"""Environments below which starting another process costs more than it saves."""


class Style(Struct, frozen=True, kw_only=True):
    """How the text looks.

    Attributes:
        form: `json` or `yaml`.
        compact: JSON without white space.
    """

    form: str = "json"
    compact: bool = False


def render_env(file: File, env: str, style: Style) -> str:
    """The template of an environment, ending in a newline.

    Raises:
        ConfigError: the environment cannot be rendered.
    """
    return _styled(load.resolve(file, env).config, style)


def render_all(file: File, folder: Path, style: Style, *, jobs: int | None = None) -> list[Path]:
    """Write every environment to `folder/ENV.FORM`, and return the paths in the file's order.

    Every environment is resolved before the first file is written, so that a mistake in one leaves
    the folder as it was.

    Args:
        file: the config file.
        folder: made if it is not there.
        style: how the text looks.
        jobs: processes; one for each processor by default, if there is enough for them to do.

    Raises:
        ConfigError: an environment cannot be rendered.
        OutputError: the folder cannot be written.
    """
    configs = [load.resolve(file, env).config for env in file.envs]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder}: {error.strerror}", hint="name a folder you may make"
        ) from error
    workers = min(jobs or os.cpu_count() or 1, max(1, len(configs) // _WORTH_A_PROCESS))
    share = -(-len(configs) // workers)
    shares = [configs[start : start + share] for start in range(0, len(configs), share)]
    in_processes(shares, lambda configs: _write_envs(configs, folder, style))
    return [_path(config, folder, style) for config in configs]


def _write_envs(configs: list[Config], folder: Path, style: Style) -> None:
    for config in configs:
        write_file(_path(config, folder, style), _styled(config, style))


def _path(config: Config, folder: Path, style: Style) -> Path:
    return folder / f"{config.env}.{style.form}"


def _styled(config: Config, style: Style) -> str:
    text = template.render(config, indent=None if style.compact else 2)
    if style.form == "yaml":
        # Imported here: it loads all of PyYAML.
        import cfn_flip  # noqa: PLC0415

        return str(cfn_flip.to_yaml(text))
    return f"{text}\n"


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all: a reader never sees half of it.

    A link stays a link, and a device or a pipe is written to: neither is replaced by a file.

    Raises:
        OutputError: it cannot be written there.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8", newline="\n")
        else:
            _replace(Path(os.path.realpath(path)), text)
    except OSError as error:
        raise OutputError(
            f"{path}: {error.strerror}", hint="name a file in a folder that you may write to"
        ) from error


def _replace(path: Path, text: str) -> None:
    import tempfile  # noqa: PLC0415 - stdout needs none

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        # mkstemp makes it private; a template is no secret.
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink()
        raise
