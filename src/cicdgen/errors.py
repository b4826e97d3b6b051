"""What went wrong, said to the person at the terminal, and the exit code it ends with.

CicdgenError
├── ConfigError   the config file cannot be read, or asks for what cannot work
├── UsageError    the command line asks for what cannot be done
├── OutputError   what was made cannot be written where it was asked for
├── AwsError      AWS answered with an error, or a stack ended badly
└── RefusedError  nothing was done, because somebody or something has to agree first

Expected outcomes (findings, no changes) are values, not errors.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class Exit(IntEnum):
    """The exit codes: an API, listed in docs/exit-codes.md, which a test holds to this table."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    FINDINGS = 3
    UNPROVEN = 4
    REFUSED = 5
    CHANGES = 10
    CHANGES_TO_APPROVE = 11
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """What the code tells a script."""
        return _MEANINGS[self]


_MEANINGS = {
    Exit.DONE: "done, or nothing to do",
    Exit.FAILED: "the operation failed",
    Exit.USAGE: "the command line or the config cannot be used",
    Exit.FINDINGS: "findings at or above the level that fails",
    Exit.UNPROVEN: "the proof or the rehearsal failed",
    Exit.REFUSED: "refused: declined, nobody to ask, not allowed, plan stale, wrong account",
    Exit.CHANGES: "`--exit-code`: there are changes",
    Exit.CHANGES_TO_APPROVE: "`--exit-code`: there is a change that needs an approval",
    Exit.INTERRUPTED: "interrupted",
}


class CicdgenError(Exception):
    """An error that is told, not traced.

    Args:
        message: one line: what is wrong, with the value got.
        hint: one line: what would do.
    """

    exit_code: ClassVar[Exit] = Exit.FAILED

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(CicdgenError):
    """The config file cannot be read, or asks for what cannot work."""

    exit_code = Exit.USAGE


class UsageError(CicdgenError):
    """The command line asks for what cannot be done."""

    exit_code = Exit.USAGE


class OutputError(CicdgenError):
    """What was made cannot be written where it was asked for."""

    exit_code = Exit.USAGE


class AwsError(CicdgenError):
    """AWS answered with an error, or a stack ended badly."""


class RefusedError(CicdgenError):
    """Nothing was done, because somebody or something has to agree first."""

    exit_code = Exit.REFUSED
