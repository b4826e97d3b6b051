"""Findings of templates that were checked before, on disk.

An answer is kept under a hash of everything that it depends on: the template's bytes and name, the
regions, cicdgen's own files, every installed distribution with its version, Python's version, and
cfn-lint's config files. So nothing has to be invalidated, and an old entry is merely never asked
for again. An entry that cannot be read is no answer. On a hit, cfn-lint is not even imported.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cicdgen
from cicdgen.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.checking.subjects import Subject

FORMAT = "cicdgen.findings/1"
MOST_BYTES = 32 * 1024 * 1024
"""What the folder may hold; the entries that were not used for longest go first."""
_CONFIGS = (".cfnlintrc", ".cfnlintrc.yaml", ".cfnlintrc.yml")


class Cache:
    """A folder of answers, made when the first one is kept."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._surroundings: bytes | None = None

    @classmethod
    def of_user(cls) -> Cache:
        """The user's: in XDG_CACHE_HOME, or ~/.cache."""
        # The specification takes only absolute paths: specifications.freedesktop.org/basedir-spec.
        given = os.environ.get("XDG_CACHE_HOME", "")
        root = Path(given) if given.startswith("/") else Path("~/.cache").expanduser()
        return cls(root / "cicdgen")

    def key(self, subject: Subject, content: bytes) -> str:
        """The hash of everything that the findings depend on."""
        if self._surroundings is None:
            self._surroundings = "\0".join(_surroundings()).encode(errors="surrogateescape")
        digest = hashlib.sha256(self._surroundings)
        for part in (subject.name, *subject.regions):
            digest.update(b"\0" + part.encode(errors="surrogateescape"))
        digest.update(b"\0\0" + content)
        return digest.hexdigest()

    def findings(self, key: str, name: str) -> list[Finding] | None:
        """What was found, if it is known.

        Args:
            key: of the template and its surroundings.
            name: what the findings call the template.
        """
        path = self._path(key)
        try:
            document = json.loads(path.read_bytes())
            found = [_read(row, name) for row in document["findings"]]
            if document["format"] != FORMAT or document["key"] != key:
                return None
        # Somebody's disk was full, or it is no entry at all.
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        with suppress(OSError):
            os.utime(path)
        return found

    def keep(self, key: str, findings: Sequence[Finding]) -> None:
        """Keep an answer, whole or not at all; where the folder cannot be written, do without."""
        import tempfile  # noqa: PLC0415 - a hit keeps nothing

        document = {"format": FORMAT, "key": key, "findings": [_row(each) for each in findings]}
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, prefix=".")
            part = Path(name)
            try:
                with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as stream:
                    json.dump(document, stream)
                part.replace(self._path(key))
            except OSError:
                part.unlink(missing_ok=True)
                raise
            self._shrink()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _shrink(self) -> None:
        entries = []
        for path in self._folder.glob("*.json"):
            with suppress(OSError):
                status = path.stat()
                entries.append((status.st_mtime_ns, status.st_size, path))
        kept = 0
        for _, size, path in sorted(entries, reverse=True):
            kept += size
            if kept > self._most_bytes:
                path.unlink(missing_ok=True)


def _row(finding: Finding) -> list[Any]:
    return [
        finding.line,
        finding.column,
        finding.rule,
        finding.level.value,
        finding.message,
        finding.title,
        list(finding.path),
        finding.docs,
        finding.statement,
    ]


def _read(row: Sequence[Any], name: str) -> Finding:
    line, column, rule, level, message, title, path, docs, statement = row
    return Finding(
        file=name,
        line=line,
        column=column,
        rule=rule,
        level=Level(level),
        message=message,
        title=title,
        path=tuple(path),
        docs=docs,
        statement=statement,
    )


def _surroundings() -> Iterator[str]:
    yield sys.version
    yield cicdgen.__version__
    yield from sorted(_stamps(os.path.dirname(cicdgen.__file__)))  # noqa: PTH120 - as below
    for folder in dict.fromkeys(sys.path):
        with suppress(OSError), os.scandir(folder or ".") as entries:
            yield from sorted(
                entry.name for entry in entries if entry.name.endswith((".dist-info", ".pth"))
            )
    for place in (Path.home(), Path.cwd()):
        for name in _CONFIGS:
            with suppress(OSError):
                yield f"{place / name}\0{(place / name).read_bytes().hex()}"


def _stamps(folder: str) -> Iterator[str]:
    """Name, size and time of every file of ours: whoever works on a rule gets new answers."""
    # os.scandir: a Path for each file would cost more than the rest.
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _stamps(entry.path)
            else:
                status = entry.stat()
                yield f"{entry.path}\0{status.st_size}\0{status.st_mtime_ns}"
