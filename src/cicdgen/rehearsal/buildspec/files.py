"""Which files of a finished build its artifacts and reports hold.

`*` and `?` stop at a folder's end, `**` does not (codebuild/build-spec-ref, artifacts/files and
artifacts/exclude-paths).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.rehearsal.buildspec.shell import UnknownOutcomeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cicdgen.rehearsal.buildspec.spec import Files


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The files that were found.

    Attributes:
        files: their content, by their name in the artifact.
        missing: what was listed and is not there.
        base_missing: whether no folder has the name of the base directory.
    """

    files: Mapping[str, bytes]
    missing: tuple[str, ...] = ()
    base_missing: bool = False


def collect(wanted: Files, source: Path) -> Found:
    """The files of an artifact or a report.

    Args:
        wanted: what is listed.
        source: the folder in which the build started.

    Raises:
        UnknownOutcomeError: two files get the same name.
    """
    bases = _bases(wanted.base, source)
    if not bases:
        return Found(files={}, missing=wanted.files, base_missing=True)
    found: dict[str, bytes] = {}
    missing = set(wanted.files)
    excluded = [_regex(each) for each in wanted.exclude]
    patterns = {each: _regex(each) for each in wanted.files}
    for base in bases:
        for name, path in _walk(base):
            hits = {each for each, regex in patterns.items() if regex.fullmatch(name)}
            missing -= hits
            # “To exclude a file from all directories: **/file-name/**/*”: hence the slash.
            out = any(each.fullmatch(name) or each.fullmatch(f"{name}/") for each in excluded)
            if hits and not out:
                _add(found, name.rsplit("/", 1)[-1] if wanted.flat else name, path)
    return Found(files=found, missing=tuple(each for each in wanted.files if each in missing))


def _add(found: dict[str, bytes], name: str, path: Path) -> None:
    if name in found:
        raise UnknownOutcomeError(
            f"two files of the artifact are called {name}: which one it holds is not known",
            hint="leave discard-paths out, or name one base-directory",
        )
    found[name] = path.read_bytes()


def _bases(base: str | None, source: Path) -> list[Path]:
    if base is None:
        return [source]
    name = base.removeprefix("./").rstrip("/") or "."
    if "*" not in name:
        return [source / name] if (source / name).is_dir() else []
    regex = _regex(name)
    folders = (each for each in sorted(source.iterdir()) if each.is_dir())
    return [each for each in folders if regex.fullmatch(each.name)]


def _walk(base: Path) -> Iterator[tuple[str, Path]]:
    """The files under a folder, by their names from there. Links to folders are not followed."""
    for folder, _, names in os.walk(base):
        for name in sorted(names):
            path = base / folder / name
            if path.is_file():
                yield path.relative_to(base).as_posix(), path


def _regex(pattern: str) -> re.Pattern[str]:
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./"))
    return re.compile("".join(pieces.get(each, re.escape(each)) for each in parts), re.DOTALL)
