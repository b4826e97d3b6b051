"""Follow the run that an upload started, to its end.

Nothing starts a run for us: the upload's event does, seconds later, and the run names the version
of the source that it took. So a run is followed by that version, never by being the newest.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cicdgen.aws.pipelines import ActionStatus, RunStatus
from cicdgen.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicdgen.aws.pipelines import Action, Run

START_SECONDS = 180
"""How long an upload's run may take to appear; EventBridge delivers within seconds, and tries
again when it cannot (eventbridge/eb-rule-retry-policy)."""

_FIRST_PAUSE, _LAST_PAUSE, _LONGER = 0.5, 2.0, 1.5
"""Seconds between two looks: a run takes minutes, its first action begins at once."""

_GOING = frozenset({RunStatus.IN_PROGRESS, RunStatus.STOPPING})


class Runs(Protocol):
    """The runs of a pipeline: `cicdgen.aws.pipelines.Pipeline`."""

    name: str

    def run_of(self, version: str) -> str | None:
        """The id of the newest run of this version of the source."""

    def run(self, run_id: str) -> Run:
        """How far a run is."""


class Clock(Protocol):
    """The time that passes between two looks."""

    def now(self) -> float:
        """Seconds, from some moment on."""

    def sleep(self, seconds: float) -> None:
        """Let this time pass."""


class WallClock:
    """The time that passes for everybody."""

    def now(self) -> float:
        """Seconds, from some moment on."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let this time pass."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """The run has begun.

    Attributes:
        run: its id.
    """

    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An action has begun, or ended.

    Attributes:
        action: as it is now.
    """

    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The run has ended.

    Attributes:
        run: as it ended.
    """

    run: Run

    @property
    def succeeded(self) -> bool:
        """Whether the source is released."""
        return self.run.status is RunStatus.SUCCEEDED

    @property
    def failed(self) -> tuple[Action, ...]:
        """The actions that failed, the first first."""
        return tuple(each for each in self.run.actions if each.status is ActionStatus.FAILED)


Step = Began | Moved | Ended


def follow(
    runs: Runs, version: str, *, seconds: float, clock: Clock | None = None
) -> Iterator[Step]:
    """Follow the run of a version of the source.

    Args:
        runs: of the pipeline.
        version: the version that the upload got.
        seconds: for how long at most.
        clock: the time that passes.

    Yields:
        each step once, the end last.

    Raises:
        AwsError: no run begins, or it has not ended in time: it goes on by itself.
    """
    clock = clock or WallClock()
    began = clock.now()
    pauses = _Pauses(clock)
    while (run_id := runs.run_of(version)) is None:
        if clock.now() - began > min(START_SECONDS, seconds):
            raise AwsError(
                f"no run of {runs.name} took version {version} within "
                f"{min(START_SECONDS, seconds):.0f} s",
                hint="its rule may be off, or another upload has overtaken this one: "
                "see the rule's dead letters and the pipeline's history",
            )
        pauses.wait()
    yield Began(run=run_id)
    yield from _watch(runs, run_id, pauses, lambda: clock.now() - began > seconds)


def _watch(runs: Runs, run_id: str, pauses: _Pauses, is_over: Callable[[], bool]) -> Iterator[Step]:
    seen: dict[str, ActionStatus] = {}
    while True:
        run = runs.run(run_id)
        for action in run.actions:
            if seen.get(action.id) is not action.status:
                seen[action.id] = action.status
                pauses.again()
                yield Moved(action=action)
        if run.status not in _GOING:
            yield Ended(run=run)
            return
        if is_over():
            raise AwsError(
                f"run {run_id} of {runs.name} is still {run.status}",
                hint="it goes on by itself: --timeout takes more minutes",
            )
        pauses.wait()


class _Pauses:
    """They grow while nothing happens, up to a limit."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = _FIRST_PAUSE

    def wait(self) -> None:
        self._clock.sleep(self._next)
        self._next = min(self._next * _LONGER, _LAST_PAUSE)

    def again(self) -> None:
        self._next = _FIRST_PAUSE
