"""A step of code that was taken over, and what it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@unique
class How(Enum):
    """How one gets from one actor to the next."""

    RUNS_AS = "runs as"
    ASSUMES = "assumes"
    PASSES = "passes to a service that runs code"
    CHANGES_CODE = "changes the code of"
    STARTS_BUILD = "starts, with commands of its own,"
    HANDS_OBJECTS = "writes objects that are run by"
    WRITES_POLICY = "writes the policies of"
    CHANGES_KEY_POLICY = "writes the key policy of"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step.

    Attributes:
        start: the logical id of who takes it.
        end: the logical id of what it reaches.
        how: in which way.
        action: the call that allows it; empty if nothing has to be called.
        certain: whether the template decides that it is allowed.
    """

    start: str
    end: str
    how: How
    action: str = ""
    certain: bool = True

    def __str__(self) -> str:
        by = f" ({self.action})" if self.action else ""
        return f"{self.start} {self.how.value} {self.end}{by}"


@dataclass(frozen=True, kw_only=True)
class Power:
    """Something a role may change directly.

    Attributes:
        action: the action, or a pattern of actions.
        resource: what it may be done to, as the policy names it.
        level: `Write`, `Permissions management` or `Tagging`; `any` for a pattern.
    """

    action: str
    resource: str
    level: str


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What one origin reaches.

    Attributes:
        origin: the logical id of the project or function whose code is taken over.
        ways: the shortest way to each thing that is reached, by its logical id.
        powers: what may be changed, by the role that may change it.
    """

    origin: str
    ways: Mapping[str, tuple[Step, ...]]
    powers: Mapping[str, tuple[Power, ...]]

    def steps_to(self, logical_id: str) -> int | None:
        """How many steps it takes, the first role not counted; None if it is not reached."""
        way = self.ways.get(logical_id)
        return None if way is None else sum(step.how is not How.RUNS_AS for step in way)

    @property
    def is_administrator(self) -> bool:
        """Whether it may give itself any right: it writes policies of roles, or may do all."""
        whole = any(p.action in {"*", "iam:*"} for powers in self.powers.values() for p in powers)
        return whole or any(
            step.how is How.WRITES_POLICY for way in self.ways.values() for step in way
        )
