"""The source that a rehearsal uploads: a folder, packed the same way every time.

A source has the function's handler in `src/`, or it could not be released.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_LEFT_OUT = {"__pycache__", ".git", ".venv", "venv", "node_modules", ".pytest_cache", ".ruff_cache"}
_MOST = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is uploaded.

    Attributes:
        name: what a person calls it.
        body: the zip.
        is_sample: whether it is the sample function, for want of another.
    """

    name: str
    body: bytes
    is_sample: bool = False


def packed(folder: Path, name: str, *, is_sample: bool = False) -> Source:
    """The source in a folder.

    Raises:
        UsageError: it is no folder, or larger than a rehearsal takes.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", hint="--source takes the folder with src/")
    files = dict(_files(folder))
    if sum(map(len, files.values())) > _MOST:
        raise UsageError(f"{folder} has more than 64 MB", hint="give the folder with src/ alone")
    return Source(name=name, body=zipped(files), is_sample=is_sample)


def has_handler(folder: Path, handler: str) -> bool:
    """Whether a folder has the module of a handler, in `src/`."""
    module = handler.rpartition(".")[0].replace(".", "/")
    return any((folder / "src" / f"{module}{end}").is_file() for end in (".py", "/__init__.py"))


def files_of(body: bytes) -> dict[str, bytes]:
    """The files in a zip."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def unpack(body: bytes, folder: Path) -> None:
    """Put the files of a zip into a folder, which is made.

    Raises:
        UsageError: a name in it leads out of the folder.
    """
    folder.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for name in archive.namelist():
            if not (folder / name).resolve().is_relative_to(folder.resolve()):
                raise UsageError(f"{name} leads out of the artifact", hint="pack it anew")
        archive.extractall(folder)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files: the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not _LEFT_OUT & set(inside.parts):
            yield inside.as_posix(), path.read_bytes()
