"""A deployment on the terminal: a bar of what is done, or a line for each event."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Self

from cicdgen.cli.painting import painted
from cicdgen.cli.streams import put, tell
from cicdgen.deploying.happenings import Ended, Happened, Proposed
from cicdgen.reports import deploying as report

if TYPE_CHECKING:
    from types import TracebackType

    from cicdgen.deploying.happenings import Happening


class Screen:
    """Tells what happens, in words.

    Args:
        progress: `bar`, `events`, or `errors`.
    """

    def __init__(self, progress: str) -> None:
        self._progress = progress
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def tell(self, happening: Happening) -> None:
        """Tell it."""
        match happening:
            case Happened() if self._progress == "bar":
                self._advance(happening)
            case Happened(event=event) if self._progress == "errors":
                if event.status.endswith("_FAILED"):
                    self._lines(happening)
            case Ended(outputs=outputs):
                self._stop()
                self._lines(happening)
                put(report.outputs(outputs))
            case Proposed() if self._progress == "errors":
                tell(painted(report.closing(happening)))
            case Proposed():
                tell(painted("\n".join(report.lines(happening))))
            case _:
                self._lines(happening)

    def _lines(self, happening: Happening) -> None:
        for line in report.lines(happening):
            if self._bar is not None:
                self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
            else:
                tell(line)

    def _advance(self, happened: Happened) -> None:
        if self._bar is None:
            self._start()
        if happened.event.status.endswith("_FAILED"):
            self._lines(happened)
        now = report.clean(f"{happened.event.logical_id} {happened.event.status}")
        self._bar.update(self._task, total=happened.total, completed=happened.done, description=now)

    def _start(self) -> None:
        # Imported when the first event comes: it costs as much as a render.
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self._bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=Console(file=sys.stderr),
            transient=True,
        )
        self._bar.start()
        self._task = self._bar.add_task("", total=None)

    def _stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
