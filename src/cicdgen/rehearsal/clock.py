"""Virtual time: what happens next, happens at once.

A process is a generator that yields the seconds it waits. Processes take turns in order of time,
and whoever has waited longer goes first where it is the same: so a rehearsal always runs the same.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from cicdgen.rehearsal.timeline import Moment

Process: TypeAlias = "Generator[float, None, None]"


@dataclass(eq=False)
class Task:
    """A process that was started."""

    process: Process
    is_done: bool = False


@dataclass(eq=False)
class Clock:
    """The time, and what waits for it."""

    now: Moment = 0.0
    _queue: list[tuple[Moment, int, Task]] = field(default_factory=list)
    _turns: Iterator[int] = field(default_factory=count)

    def start(self, process: Process, *, after: float = 0.0) -> Task:
        """Let a process begin."""
        task = Task(process)
        self._put(task, after)
        return task

    def run(self, is_over: Callable[[], bool]) -> None:
        """Let everything happen until it is over, or until nothing is left to happen."""
        while self._queue and not is_over():
            self.now, _, task = heapq.heappop(self._queue)
            try:
                self._put(task, next(task.process))
            except StopIteration:
                task.is_done = True

    def _put(self, task: Task, after: float) -> None:
        heapq.heappush(self._queue, (self.now + after, next(self._turns), task))


def finished(tasks: list[Task]) -> Process:
    """Wait until all of these are done."""
    while not all(task.is_done for task in tasks):
        yield 1.0
