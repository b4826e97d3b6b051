"""An operation of a stack, from its first event to its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicdgen.aws import stacks
from cicdgen.aws.calling import LONGEST_SLEEP
from cicdgen.aws.failing import LOG_IN, CallError
from cicdgen.deploying.happenings import Happened, Noted
from cicdgen.deploying.states import is_over
from cicdgen.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cicdgen.aws.calling import Caller
    from cicdgen.aws.stacks import Event, Stack
    from cicdgen.deploying.happenings import Observer

INTERVAL = 1.0
"""Seconds between two looks: the end is seen that long after it at most, and a call later."""

_BEGINNINGS = frozenset(
    {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How somebody watches.

    Attributes:
        interval: seconds between two looks.
        timeout: seconds after which nobody watches any more; None for never.
        options: what names the stack on a command line: for the commands that messages name.
    """

    options: str
    interval: float = INTERVAL
    timeout: float | None = None

    @property
    def follow(self) -> str:
        """How to go on watching."""
        return f"the stack goes on by itself: `cicdgen status --follow {self.options}`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an operation ended.

    Attributes:
        first: the first resource that failed, which is what went wrong; None if none did.
    """

    stack: Stack
    first: Event | None = None


@dataclass(slots=True)
class _Seen:
    """What was seen of an operation."""

    total: int
    ids: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    failed: list[Event] = field(default_factory=list)
    last: str = ""

    def take(self, event: Event, observe: Observer) -> None:
        self.ids.add(event.id)
        if event.is_of_stack:
            self.last = event.status
        elif event.status.endswith("_COMPLETE"):
            self.done.add(event.logical_id)
        elif event.status.endswith("_FAILED"):
            self.failed.append(event)
        total = max(self.total, len(self.done))
        observe(Happened(event=event, done=len(self.done), total=total))

    @property
    def first(self) -> Event | None:
        """What went wrong."""
        return first_failure(self.failed)


def first_failure(events: Sequence[Event]) -> Event | None:
    """The first resource that failed of itself: others are cancelled because of it."""
    failed = [each for each in events if each.status.endswith("_FAILED") and not each.is_of_stack]
    own = [each for each in failed if "cancelled" not in each.reason.lower()]
    return next(iter(own or failed), None)


def mark(caller: Caller, stack: str) -> str | None:
    """The newest event of a stack: what comes after it is what is done next."""
    newest = next(stacks.events(caller, stack), None)
    return newest.id if newest is not None else None


def beginning(caller: Caller, stack: str) -> tuple[str | None, tuple[Event, ...]]:
    """The event before the last operation began, and the operation's events, oldest first."""
    found: list[Event] = []
    for event in stacks.events(caller, stack):
        if found and found[-1].is_of_stack and found[-1].status in _BEGINNINGS:
            return event.id, tuple(reversed(found))
        found.append(event)
    return None, tuple(reversed(found))


def replay(events: Sequence[Event], observe: Observer) -> None:
    """Tell the events of an operation that is over, oldest first."""
    seen = _Seen(len({each.logical_id for each in events if not each.is_of_stack}))
    for event in events:
        seen.take(event, observe)


def watch(
    caller: Caller, stack: str, since: str | None, total: int, how: Watch, observe: Observer
) -> Outcome:
    """Tell every event after `since` as it comes, until the operation is over.

    Args:
        caller: who calls.
        stack: the stack's ARN.
        since: the event after which it begins.
        total: how many resources it is about.
        how: how often to look, and for how long.
        observe: hears of each event.

    Raises:
        AwsError: AWS does not let us watch any more, or time is up; the stack goes on.
    """
    seen = _Seen(total)
    until = None if how.timeout is None else caller.clock.now() + how.timeout
    try:
        while True:
            for event in _news(stacks.events(caller, stack), since, seen.ids):
                seen.take(event, observe)
            if seen.last and is_over(seen.last):
                found = stacks.find(caller, stack)
                if found is not None and is_over(found.status):
                    return Outcome(stack=found, first=seen.first)
            if until is not None and caller.clock.now() >= until:
                raise AwsError("--timeout is over, and the stack is not done", hint=how.follow)
            caller.clock.sleep(min(how.interval, LONGEST_SLEEP))
    except CallError as error:
        login = f"{LOG_IN.split(',')[0]}; " if error.is_of_credentials else ""
        raise AwsError(error.message, hint=login + how.follow) from error
    except KeyboardInterrupt:
        observe(Noted(text=how.follow, is_warning=True))
        raise


def _news(newest_first: Iterable[Event], since: str | None, known: set[str]) -> list[Event]:
    """What has not been told, oldest first. No page is asked for beyond what is known."""
    found = []
    for event in newest_first:
        if event.id == since or event.id in known:
            break
        found.append(event)
    return found[::-1]
