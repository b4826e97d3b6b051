"""The same files are the same bytes: on any machine, at any time, written in any order."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from cicdgen.errors import UsageError
from cicdgen.publishing import archive
from cicdgen.publishing.files import choose

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "src/index.py": b"def handler(event, context):\n    return event\n",
    "src/Zebra.py": b"",
    "src/data/\u00e9t\u00e9.csv": "d\u00e9j\u00e0 vu\n".encode(),
    "run.sh": b"#!/bin/sh\n",
    "requirements.txt": b"",
    "a-b/c.txt": b"1",
    "a/b.txt": bytes(range(256)) * 5000,
}
EXECUTABLE = {"run.sh"}
DIGEST = "4e2ffcecdf399a003d2f152b6980cf2851871cc8745db004ef4b05916745b6dc"
"""Of these files, for ever: whoever changes the bytes changes what every user's digest means."""


def _build(folder: Path, seed: int) -> Path:
    """The files in an order, with times, modes and a umask that this seed draws."""
    chance = random.Random(seed)  # noqa: S311 - nobody is to be surprised
    names = list(FILES)
    chance.shuffle(names)
    before = os.umask(chance.choice([0o000, 0o022, 0o027, 0o077]))
    try:
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(FILES[name])
            mode = 0o700 if name in EXECUTABLE else 0o600
            path.chmod(mode | chance.choice([0, 0o044, 0o040, 0o055, 0o077]))
            moment = chance.randrange(2**31)
            os.utime(path, (moment, moment))
        for _ in range(chance.randrange(3)):
            (folder / f"empty-{chance.random()}").mkdir()
    finally:
        os.umask(before)
    return folder


def _bytes(folder: Path, to: Path) -> bytes:
    archive.write(choose(folder), to)
    return to.read_bytes()


@pytest.mark.parametrize("seed", range(1, 12))
def test_the_bytes_are_the_same(tmp_path: Path, seed: int) -> None:
    """Order, times, modes and umask make no difference."""
    first = _bytes(_build(tmp_path / "first", 0), tmp_path / "first.zip")
    other = _bytes(_build(tmp_path / "other", seed), tmp_path / "other.zip")

    assert first == other


def test_the_bytes_are_these(tmp_path: Path) -> None:
    """The digest is the same on every platform and in every version."""
    written = archive.write(choose(_build(tmp_path / "source", 0)), tmp_path / "source.zip")

    assert DIGEST == written.sha256.hex()


@pytest.mark.parametrize(
    "variables",
    [
        {"TZ": "Pacific/Kiritimati"},
        {"TZ": "America/Adak", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "7", "PYTHONUTF8": "0"},
        {"SOURCE_DATE_EPOCH": "1000000000"},
    ],
    ids=" ".join,
)
def test_the_environment_makes_no_difference(tmp_path: Path, variables: dict[str, str]) -> None:
    """Another process, in another zone and another language, makes the same bytes."""
    folder = _build(tmp_path / "source", 3)
    command = [sys.executable, "-m", "cicdgen", "publish", str(folder), "--dry-run"]
    ran = subprocess.run(
        command, env={**os.environ, **variables}, check=True, capture_output=True, cwd=tmp_path
    )

    assert ran.stdout.endswith(f"sha256 {DIGEST}\n".encode())


def test_a_changed_byte_changes_the_digest(tmp_path: Path) -> None:
    """The digest is of the content: one byte, one name or one executable bit makes another."""
    folder = _build(tmp_path / "source", 0)
    digests = {hashlib.sha256(_bytes(folder, tmp_path / "0.zip")).digest()}
    (folder / "src/index.py").write_bytes(FILES["src/index.py"] + b"#")
    digests.add(hashlib.sha256(_bytes(folder, tmp_path / "1.zip")).digest())
    (folder / "run.sh").chmod(0o600)
    digests.add(hashlib.sha256(_bytes(folder, tmp_path / "2.zip")).digest())
    (folder / "run.sh").rename(folder / "walk.sh")
    digests.add(hashlib.sha256(_bytes(folder, tmp_path / "3.zip")).digest())

    assert 4 == len(digests)


def test_others_can_unpack_it(tmp_path: Path) -> None:
    """Info-ZIP, which build images have, finds every file with its content and its mode."""
    _bytes(_build(tmp_path / "source", 0), tmp_path / "source.zip")
    subprocess.run(
        ["unzip", "-q", "source.zip", "-d", "out"], cwd=tmp_path, check=True, capture_output=True
    )
    out = tmp_path / "out"
    found = {
        str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()
    }

    assert FILES == found
    assert {name for name in FILES if os.access(out / name, os.X_OK)} == EXECUTABLE


def test_entries_are_sorted_by_bytes(tmp_path: Path) -> None:
    """The order is that of the names' bytes, which no locale changes."""
    _bytes(_build(tmp_path / "source", 0), tmp_path / "source.zip")
    with zipfile.ZipFile(tmp_path / "source.zip") as made:
        names = made.namelist()

    assert sorted(FILES, key=str.encode) == names


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    """An archive of a file that somebody is writing would be of no moment."""
    folder = _build(tmp_path / "source", 0)
    chosen = choose(folder)
    (folder / "src/index.py").write_bytes(b"#" * 100)

    with pytest.raises(UsageError, match="changed while it was read"):
        archive.write(chosen, tmp_path / "source.zip")
