"""The first files of a project: a commented config and a function with its tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from cicdgen import assets
from cicdgen.config.load import FILE_NAME
from cicdgen.config.schema import Settings
from cicdgen.errors import OutputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST = 20
_STARTER_PROJECT = 'project = "shop"'


def write(folder: Path, project: str | None) -> list[tuple[Path, bool]]:
    """Write what is not there yet, and return each path with whether it was written.

    Args:
        folder: made if it is not there.
        project: the project's name; made from the folder's name by default.

    Raises:
        UsageError: the name cannot be a project's.
        OutputError: the folder cannot be written.
    """
    name = project if project is not None else _from_folder(folder)
    try:
        msgspec.convert({"project": name}, Settings)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"`{name}` cannot be a project's name: {error}",
            hint="--project takes a short name, e.g. `shop`",
        ) from None
    written = []
    for source in sorted(path for path in assets.STARTER.rglob("*") if path.is_file()):
        if "__pycache__" in source.parts:
            continue
        target = folder / source.relative_to(assets.STARTER)
        text = source.read_text(encoding="utf-8")
        if source.name == FILE_NAME:
            text = text.replace(_STARTER_PROJECT, f'project = "{name}"', 1)
        written.append((target, _write_new(target, text)))
    return written


def _from_folder(folder: Path) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower())
    plain = plain.lstrip("-0123456789").rstrip("-")
    return plain[:_LONGEST].rstrip("-") or "function"


def _write_new(path: Path, text: str) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # "x" asks the file system, so that a file made meanwhile is not lost either.
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}", hint="name another folder") from error
    return True
