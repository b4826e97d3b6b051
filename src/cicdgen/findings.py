"""A finding: what is wrong with a template, where, and where to read about it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


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
        statement: a hash of what is at the place, or of the whole policy statement around it: a
            waiver is bound to it.
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
    statement: str = ""

    @property
    def resource(self) -> str | None:
        """The logical id of the resource that it is in."""
        match self.path:
            case ("Resources", str() as logical_id, *_):
                return logical_id
        return None

    @property
    def subject(self) -> str:
        """The resource that it is in; elsewhere the section, or the section's member."""
        return self.resource or ".".join(map(str, self.path[:2])) or "template"

    @property
    def place(self) -> str:
        """The place by its names alone: it stays when something is put in front of it."""
        return "/".join(step for step in self.path if isinstance(step, str))


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """A fingerprint for each: the same for the same finding when lines or list members move.

    It is of rule, file, place and message. The second finding that these say nothing about, the
    third and so on are told apart by their number.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    made = []
    for finding in findings:
        parts = (finding.rule, finding.file, finding.place, finding.message)
        seen[parts] += 1
        text = "\0".join((*parts, str(seen[parts])))
        made.append(hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:32])
    return made
