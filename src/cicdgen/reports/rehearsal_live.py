"""A rehearsal while it goes on: a moving picture on a terminal, plain lines elsewhere.

It goes to stderr, as all that is told does.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from cicdgen.rehearsal import timeline as happened
from cicdgen.reports.rehearsal_text import clock, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console, RenderableType
    from rich.progress import Progress, TaskID

    from cicdgen.rehearsal.record import Rehearsal
    from cicdgen.rehearsal.timeline import Event

_KEPT = 8
"""Lines of the timeline that stay in view."""


class Audience(Protocol):
    """Whoever watches scenarios while they run."""

    def began(self, scenario: str) -> None:
        """A scenario begins."""

    def happened(self, event: Event) -> None:
        """Something happened in it."""

    def ended(self, rehearsal: Rehearsal) -> None:
        """It is over."""


class PlainAudience:
    """Gets lines, each as soon as it is known.

    Args:
        tell: where a line goes.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def began(self, scenario: str) -> None:
        """Name it."""
        self._tell(f"{scenario}:")

    def happened(self, event: Event) -> None:
        """Say it, if it is worth a line."""
        if said := told(event):
            self._tell(f"  {clock(event.at)}  {said}")

    def ended(self, rehearsal: Rehearsal) -> None:
        """Say how."""
        mark = "ok" if rehearsal.passed else "FAILED"
        self._tell(f"{mark} {rehearsal.scenario}: {rehearsal.ended}")


class LiveAudience:
    """Sees a bar over all scenarios, and the latest of the one that runs.

    Args:
        progress: the bar.
        task: its task.
        show: puts a picture on the terminal.
        scenarios: their names, in the order in which they run.
    """

    def __init__(
        self,
        progress: Progress,
        task: TaskID,
        show: Callable[[RenderableType], None],
        scenarios: Sequence[str],
    ) -> None:
        self._progress = progress
        self._task = task
        self._show = show
        self._to_come = iter(scenarios[1:])
        self._lines: list[str] = []

    def began(self, scenario: str) -> None:
        """Name it beside the bar."""
        self._lines = []
        self._progress.update(self._task, description=scenario)

    def happened(self, event: Event) -> None:
        """Let it roll by."""
        if said := told(event):
            self._lines = [*self._lines, f"{clock(event.at)}  {said}"][-_KEPT:]
            self._picture()

    def ended(self, rehearsal: Rehearsal) -> None:
        """Leave one line of it above the picture."""
        from rich.text import Text  # noqa: PLC0415 - rich is slow to import

        mark = ("\N{CHECK MARK}", "green") if rehearsal.passed else ("\N{BALLOT X}", "red")
        # One piece: the picture is drawn anew after each print.
        line = Text.assemble(mark, f" {rehearsal.scenario} ", (rehearsal.ended, "dim"))
        self._progress.console.print(line)
        self._progress.update(self._task, advance=1, description=next(self._to_come, ""))
        self._lines = []
        self._picture()

    def _picture(self) -> None:
        from rich.console import Group  # noqa: PLC0415 - rich is slow to import
        from rich.text import Text  # noqa: PLC0415 - as above

        latest = [
            Text(line, style="dim", no_wrap=True, overflow="ellipsis") for line in self._lines
        ]
        self._show(Group(self._progress, *latest))


@contextmanager
def watched(console: Console, scenarios: Sequence[str]) -> Iterator[Audience]:
    """An audience for some scenarios, as the console allows.

    Args:
        console: one on stderr.
        scenarios: their names, in the order in which they run.
    """
    if not console.is_terminal:
        yield PlainAudience(lambda line: console.print(line, markup=False, soft_wrap=True))
        return
    from rich.live import Live  # noqa: PLC0415 - as above
    from rich.progress import (  # noqa: PLC0415 - as above
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
    task = progress.add_task(next(iter(scenarios), ""), total=len(scenarios))
    with Live(progress, console=console, transient=True, refresh_per_second=8) as live:
        yield LiveAudience(progress, task, live.update, scenarios)


def replay(rehearsals: Sequence[Rehearsal], audience: Audience) -> None:
    """Show scenarios that are over already, as if they ran now."""
    for each in rehearsals:
        audience.began(each.scenario)
        for event in each.events:
            if not isinstance(event, happened.Logged):
                audience.happened(event)
        audience.ended(each)
