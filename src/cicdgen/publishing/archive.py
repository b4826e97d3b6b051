"""The archive: the same files give the same bytes, whatever machine, time, owner or order.

Entries are sorted by their names' bytes, have the time at which the format's clock begins and one
of two modes, and are stored, not compressed: what a compressor makes depends on its version. A
folder has no entry of its own, so that an empty one, which git does not keep, makes no difference.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zipfile import ZIP_STORED, LargeZipFile, ZipFile, ZipInfo

from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from cicdgen.publishing.files import Chosen, SourceFile

_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_FILE, _EXECUTABLE = 0o100644, 0o100755
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive that was written.

    Attributes:
        path: where it lies.
        sha256: the digest of its bytes.
        size: in bytes.
    """

    path: Path
    sha256: bytes
    size: int


def write(chosen: Chosen, path: Path) -> Archive:
    """Write the archive.

    Raises:
        UsageError: it is over 2 GiB, has too many files, or a file changed under our hands.
    """
    try:
        with ZipFile(path, "w", ZIP_STORED, allowZip64=False) as archive:
            for file in chosen.files:
                _add(archive, file)
    except LargeZipFile as error:
        raise UsageError(
            f"the archive is too large: {error}",
            hint="2 GiB and 65,535 files are the most: let the build fetch what is large",
        ) from error
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").digest()
    return Archive(path=path, sha256=digest, size=path.stat().st_size)


def _add(archive: ZipFile, file: SourceFile) -> None:
    entry = ZipInfo(file.name, _EPOCH)
    entry.create_system = _UNIX
    entry.external_attr = (_EXECUTABLE if file.is_executable else _FILE) << 16
    entry.file_size = file.size
    with file.path.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target, _BLOCK)
    if entry.file_size != file.size:
        raise UsageError(f"{file.path} changed while it was read", hint="run it again")
