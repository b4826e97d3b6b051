"""What a run has to say, as values: a report turns them into lines, JSON, or a bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicdgen.aws.described import Validation
    from cicdgen.aws.stacks import Event
    from cicdgen.deploying.classes import Classified
    from cicdgen.diff.change import Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the run goes.

    Attributes:
        endpoint: what answers in place of AWS; None if it is AWS.
    """

    env: str
    stack: str
    account: str
    region: str
    who: str
    endpoint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A change set is there."""

    arn: str
    is_new_stack: bool
    changes: tuple[Classified, ...]
    comparison: Comparison
    validations: tuple[Validation, ...] = ()
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event of the stack, as one of so many resources done."""

    event: Event
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A sentence.

    Attributes:
        is_warning: whether the person should do something about it.
    """

    text: str
    is_warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The run is over, and the stack is so."""

    status: str
    outputs: tuple[tuple[str, str], ...] = ()
    changed: bool = True
    details: tuple[str, ...] = field(default=())


Happening = Target | Proposed | Happened | Noted | Ended
Observer = Callable[[Happening], None]
