"""Which files of a folder are published: all of them, but for what `.cicdgenignore` names.

The file has git's patterns (gitignore), read by pathspec. Patterns of ours come first, so that a
line of the user's can take them back with `!`.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".cicdgenignore"
IGNORED = (
    # What other tools keep beside the source.
    ".git/",
    ".hg/",
    ".svn/",
    ".DS_Store",
    "__pycache__/",
    "*.py[cod]",
    ".venv/",
    "venv/",
    ".mypy_cache/",
    ".pytest_cache/",
    ".ruff_cache/",
    ".hypothesis/",
    ".cicdgen-cache/",
    # Secrets of this machine.
    ".env",
    ".env.*",
    # It says what is published and is not part of it.
    f"/{IGNORE_FILE}",
)
"""What is left out unless `.cicdgenignore` takes it back."""

LARGEST = 2**31 - 1
"""The largest file, in bytes: more than this needs an extension of the zip format, and CodePipeline
documents none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file that is published.

    Attributes:
        name: its name in the archive: relative, with slashes, in Unicode's NFC.
        path: where it lies.
        size: in bytes.
        is_executable: whether its owner may execute it: what git keeps of a file's mode, too.
    """

    name: str
    path: Path
    size: int
    is_executable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The files of a folder that are published, sorted by name.

    Attributes:
        files: these.
        ignored: how many files and folders of it are left out; what is in such a folder is not
            counted.
    """

    files: tuple[SourceFile, ...]
    ignored: int


def choose(folder: Path) -> Chosen:
    """Choose what is published of a folder.

    Raises:
        UsageError: nothing is left, or there is what no archive holds: a link, a pipe, a file over
            2 GiB, a name that is no text, or two that are the same text.
    """
    walk = _Walk(folder, _patterns(folder))
    files = sorted(walk.files("", folder), key=lambda file: file.name.encode())
    if not files:
        raise UsageError(f"{folder} has no file to publish", hint=f"look into {IGNORE_FILE}")
    for one, next_one in pairwise(files):
        if one.name == next_one.name:
            raise UsageError(
                f"two files have the name {one.name} with its accents written in two ways",
                hint="rename one",
            )
    return Chosen(files=tuple(files), ignored=walk.ignored)


def _patterns(folder: Path) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - `--help` walks no folder

    file = folder / IGNORE_FILE
    try:
        own = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        return GitIgnoreSpec.from_lines([*IGNORED, *own])
    except ValueError as error:
        raise UsageError(f"{file}: {error}", hint="it has git's patterns, in UTF-8") from error


class _Walk:
    """One way through a folder.

    An ignored folder is not entered: as with git, what is in it cannot be taken back.
    """

    def __init__(self, folder: Path, patterns: GitIgnoreSpec) -> None:
        self._folder = folder
        self._patterns = patterns
        self.ignored = 0

    def files(self, above: str, folder: Path) -> Iterator[SourceFile]:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = above + _text(entry.name, folder)
                is_folder = entry.is_dir(follow_symlinks=False)
                if self._patterns.match_file(f"{name}/" if is_folder else name):
                    self.ignored += 1
                elif is_folder:
                    yield from self.files(f"{name}/", Path(entry.path))
                else:
                    yield _file(name, Path(entry.path), entry.stat(follow_symlinks=False))


def _file(name: str, path: Path, status: os.stat_result) -> SourceFile:
    if stat.S_ISLNK(status.st_mode):
        raise UsageError(
            f"{path} is a symbolic link: what it leads to may differ from machine to machine",
            hint=f"put the file there, or name it in {IGNORE_FILE}",
        )
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{path} is no file", hint=f"remove it, or name it in {IGNORE_FILE}")
    if status.st_size > LARGEST:
        raise UsageError(
            f"{path} has {status.st_size:,} bytes; {LARGEST:,} is the most",
            hint=f"name it in {IGNORE_FILE}, and let the build fetch it",
        )
    return SourceFile(
        name=name,
        path=path,
        size=status.st_size,
        is_executable=bool(status.st_mode & stat.S_IXUSR),
    )


def _text(name: str, folder: Path) -> str:
    """A name as every file system gives it: macOS takes accents apart.

    A backslash is a separator to some programs that unpack archives.
    """
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{folder} has a name that is no UTF-8: {name!r}") from error
    if "\\" in name or not name.isprintable():
        raise UsageError(f"{folder} has a name that no archive should hold: {name!r}")
    return unicodedata.normalize("NFC", name)
