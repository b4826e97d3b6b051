"""The shell that the commands of a build run in, and what of it outlives a command.

In version 0.2 all commands of all phases run in one instance of the shell
(codebuild/build-spec-ref). Build logs name `script.sh`, line 4, for a command's first line, so
each command is a script of its own. Whether shell options outlive a command is not written:
`Reading` has both readings, and a buildspec should hold under both. In version 0.1 each command
has an instance of its own, and starts where the build started.
"""

from __future__ import annotations

import socket
import subprocess
from enum import Enum, unique
from typing import TYPE_CHECKING

from cicdgen.errors import CicdgenError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class UnknownOutcomeError(CicdgenError):
    """What CodeBuild makes of this is not written anywhere, so the rehearsal does not say."""


@unique
class Reading(Enum):
    """What of one command's shell the next command meets."""

    KEPT = "kept"
    """All of it: variables, options, functions."""
    FRESH = "fresh"
    """The environment and the folder only."""
    ISOLATED = "isolated"
    """Nothing: version 0.1."""


class Shell:
    """Runs one command after another and tells how each ended.

    Args:
        words: the shell, and what it is started by.
        folder: where the first command starts.
        environment: what the first command finds.
        scratch: a folder outside the source; its `log` gets what the commands print.
        reading: what of a command's shell the next one meets.
    """

    def __init__(
        self,
        words: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        scratch: Path,
        reading: Reading,
    ) -> None:
        self._words = words
        self._folder = str(folder)
        self._start = dict(environment), str(folder)
        self._environment = dict(environment)
        self._scratch = scratch
        self._reading = reading
        self._instance: _Instance | None = None
        (scratch / "log").touch()

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment after the last command that did not end its shell."""
        return self._environment

    def log(self) -> str:
        """All that the commands printed so far."""
        return (self._scratch / "log").read_text(encoding="utf-8", errors="replace")

    def run(self, command: str, *, succeeding: bool) -> int:
        """The exit status of a command.

        Args:
            command: one item of a list of commands, of one line or many.
            succeeding: what `CODEBUILD_BUILD_SUCCEEDING` says.

        Raises:
            UnknownOutcomeError: it ended its shell with success.
        """
        if self._reading is Reading.ISOLATED:
            self._environment, self._folder = dict(self._start[0]), self._start[1]
        if self._instance is None:
            self._instance = _Instance(self._words, self._folder, self._environment, self._scratch)
        status, over = self._instance.run(command, succeeding=succeeding)
        if not over and self._reading is not Reading.ISOLATED:
            self._folder = (self._scratch / "folder").read_text(encoding="utf-8").rstrip("\n")
            pairs = (self._scratch / "environment").read_text(encoding="utf-8").split("\0")
            self._environment = dict(pair.split("=", 1) for pair in pairs if pair)
        if over or self._reading is not Reading.KEPT:
            self.close()
        return status

    def close(self) -> None:
        """End the shell, if no command has."""
        if self._instance is not None:
            self._instance.close()
        self._instance = None


class _Instance:
    """One running shell. It reads turns from its stdin, a socket, and answers on it."""

    def __init__(
        self, words: Sequence[str], folder: str, environment: Mapping[str, str], scratch: Path
    ) -> None:
        ours, its = socket.socketpair()
        with (scratch / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - somebody's build is what is run here
                list(words), cwd=folder, env=environment, stdin=its.fileno(), stdout=log, stderr=log
            )
        its.close()
        self._socket = ours
        self._answers = ours.makefile("rb")
        self._script = scratch / "script.sh"
        # Written into a socket, never into a file: the paths are ours, the command is a file.
        self._turn = (
            f". '{self._script}' < /dev/null;"
            f" codebuild_status=$?; env -0 > '{scratch}/environment'; pwd > '{scratch}/folder';"
            " echo $codebuild_status >&0\n"
        )

    def run(self, command: str, *, succeeding: bool) -> tuple[int, bool]:
        """The exit status of a command, and whether it ended the shell."""
        self._script.write_text(command + "\n", encoding="utf-8")
        turn = f"export CODEBUILD_BUILD_SUCCEEDING={int(succeeding)}; {self._turn}"
        self._socket.sendall(turn.encode())
        if answer := self._answers.readline():
            return int(answer), False
        status = self._process.wait()
        if status == 0:
            raise UnknownOutcomeError(
                f"“{command.strip()}” ended its shell with success: what follows is not known",
                hint="leave the shell running; `exit 0` is not needed",
            )
        return status, True

    def close(self) -> None:
        """End the shell by ending its input."""
        self._socket.shutdown(socket.SHUT_WR)
        self._process.wait()
        self._answers.close()
        self._socket.close()
