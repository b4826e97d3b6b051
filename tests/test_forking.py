"""Work in several processes: all of it is done, and what goes wrong in any of them is told."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from cicdgen.errors import OutputError
from cicdgen.forking import in_processes

if TYPE_CHECKING:
    from pathlib import Path


def test_every_share_is_done_in_a_process_of_its_own(tmp_path: Path) -> None:
    """Three shares leave three files, written by three processes."""
    in_processes(["a", "b", "c"], lambda name: _write(tmp_path / name, str(os.getpid())))
    processes = {path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}

    assert len(processes) == 3


def test_what_a_child_could_not_write_is_told() -> None:
    """The child's error arrives with its hint, and the other shares are done."""

    def work(share: int) -> None:
        if share == 1:
            raise OutputError("no room", hint="make some")

    with pytest.raises(OutputError, match="no room") as raised:
        in_processes([0, 1, 2], work)

    assert raised.value.hint == "make some"


def test_a_child_that_dies_is_not_taken_for_done() -> None:
    """A process that was killed said nothing, and is an error all the same."""

    def work(share: int) -> None:
        if share == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(OutputError, match="ended early"):
        in_processes([0, 1], work)


def test_our_own_share_may_fail_too() -> None:
    """The first share is done here, and the children are waited for before its error goes on."""

    def work(share: int) -> None:
        if share == 0:
            raise OutputError("ours", hint="try")

    with pytest.raises(OutputError, match="ours"):
        in_processes([0, 1], work)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
