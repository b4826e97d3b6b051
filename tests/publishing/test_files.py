"""What of a folder is published, and what is refused."""

from __future__ import annotations

import os
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from cicdgen.errors import UsageError
from cicdgen.publishing.files import IGNORE_FILE, IGNORED, LARGEST, choose

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TREE = (
    "src/index.py",
    "src/data/table.csv",
    "src/data/deep/table.csv",
    "build/out.txt",
    "src/build/out.txt",
    "docs/a/b/x.txt",
    "docs/x.txt",
    "debug.log",
    "keep.log",
    "logs/keep.log",
    "logs/other.log",
    "a b.txt",
    "#hash.txt",
    "!bang.txt",
    "requirements.txt",
    ".env",
    ".env.local",
    ".venv/bin/python",
    "src/__pycache__/index.cpython-313.pyc",
)

PATTERNS = {
    "none": "",
    "a kind of file": "*.log",
    "all but one": "*.log\n!keep.log",
    "a folder at the top": "/build/",
    "a folder anywhere": "build/",
    "a name anywhere": "out.txt",
    "a path": "src/data",
    "any depth between": "docs/**/x.txt",
    "what is inside": "src/**",
    "what an ignored folder holds cannot come back": "logs/\n!logs/keep.log",
    "what a folder's pattern leaves can come back": "logs/*\n!logs/keep.log",
    "a comment, and a hash": "# *.py\n\\#hash.txt",
    "a bang": "\\!bang.txt",
    "spaces at the end": "a b.txt  \nkeep.log\\ ",
    "one character": "?ebug.log",
    "a range": "[d-k]*.log",
    "ours taken back": "!.env.local",
    "nothing of Python's": "**/*.py",
    "a star does not cross": "src/*.csv",
    "last one wins": "!keep.log\n*.log\n!debug.log",
}


def _write(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")


def _git(folder: Path, *arguments: str) -> str:
    clean = {"HOME": str(folder), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=clean, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.parametrize("case", PATTERNS)
def test_patterns_mean_what_they_mean_to_git(tmp_path: Path, case: str) -> None:
    """What is published is what git would add under the same patterns."""
    folder = tmp_path / "source"
    _write(folder, TREE)
    (folder / IGNORE_FILE).write_text(PATTERNS[case], encoding="utf-8")
    ours = [file.name for file in choose(folder).files]
    excludes = tmp_path / "excludes"
    excludes.write_text("\n".join([*IGNORED, PATTERNS[case]]), encoding="utf-8")
    _git(folder, "init", "--quiet")
    listed = _git(folder, "ls-files", "--others", "-z", f"--exclude-from={excludes}")

    assert sorted(listed.split("\0")[:-1]) == ours


def test_what_tools_and_secrets_leave_is_out(tmp_path: Path) -> None:
    """Caches, environments and `.env` files are left out without being named."""
    _write(tmp_path, TREE)
    names = {file.name for file in choose(tmp_path).files}

    assert not {name for name in names if ".env" in name or "pycache" in name or "venv" in name}


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """A source without a file is a mistake."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(UsageError, match="has no file to publish"):
        choose(tmp_path)


def _link(folder: Path) -> None:
    (folder / "link.py").symlink_to(folder / "index.py")


def _link_to_folder(folder: Path) -> None:
    (folder / "linked").symlink_to(folder)


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe")


def _socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(folder / "socket"))


def _large(folder: Path) -> None:
    with (folder / "large").open("wb") as file:
        file.truncate(LARGEST + 1)


def _no_text(folder: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9.py")).touch()


def _backslash(folder: Path) -> None:
    (folder / "up\\..\\down.py").touch()


def _two_accents(folder: Path) -> None:
    (folder / "caf\u00e9.py").touch()
    (folder / "cafe\u0301.py").touch()


@pytest.mark.parametrize(
    "put, message",
    [
        pytest.param(_link, "link.py is a symbolic link", id="a link to a file"),
        pytest.param(_link_to_folder, "linked is a symbolic link", id="a link to a folder"),
        pytest.param(_pipe, "pipe is no file", id="a pipe"),
        pytest.param(_socket, "socket is no file", id="a socket"),
        pytest.param(_large, "large has 2,147,483,648 bytes", id="a file over 2 GiB"),
        pytest.param(_no_text, "a name that is no UTF-8", id="a name that is no text"),
        pytest.param(_backslash, "a name that no archive should hold", id="a backslash"),
        pytest.param(_two_accents, "accents written in two ways", id="one name, twice"),
    ],
)
def test_what_no_archive_should_hold_is_refused(tmp_path: Path, put: object, message: str) -> None:
    """It is named, and nothing is published without it."""
    _write(tmp_path, ["index.py"])
    assert callable(put)
    put(tmp_path)

    with pytest.raises(UsageError, match=message):
        choose(tmp_path)


def test_what_is_ignored_may_be_anything(tmp_path: Path) -> None:
    """A link that the ignore file names is no reason to refuse."""
    _write(tmp_path, ["index.py"])
    _link(tmp_path)
    (tmp_path / IGNORE_FILE).write_text("link.py\n", encoding="utf-8")

    assert ["index.py"] == [file.name for file in choose(tmp_path).files]


def test_names_are_the_same_on_every_file_system(tmp_path: Path) -> None:
    """A name whose accent stands apart, as macOS gives it, is the composed one."""
    _write(tmp_path, ["cafe\u0301.py"])

    assert ["caf\u00e9.py"] == [file.name for file in choose(tmp_path).files]
