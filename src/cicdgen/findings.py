"""A finding: what is wrong with a template, where, and where to read about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How bad it is, in ascending order."""

    INFO = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        """The level as a person reads it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        file: the template's path, or its name where it was rendered and not read.
        line: from 1.
        column: from 1.
        rule: the rule's id, e.g. `E3012`.
        level: how bad it is.
        message: one line.
        title: the rule's own line.
        path: the keys from the template's root to the place, e.g. `("Resources", "Key")`.
        docs: where to read about the rule.
    """

    file: str
    line: int
    column: int
    rule: str
    level: Level
    message: str
    title: str = ""
    path: tuple[str | int, ...] = ()
    docs: str = ""

    @property
    def resource(self) -> str | None:
        """The logical id of the resource that it is in."""
        match self.path:
            case ("Resources", str() as logical_id, *_):
                return logical_id
        return None
