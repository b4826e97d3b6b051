"""What happens, told: in words to a person, or as JSON to a machine."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from cicdgen.cli.asking import is_on_terminal
from cicdgen.cli.streams import put
from cicdgen.errors import CicdgenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.deploying.happenings import Happening, Observer


@contextmanager
def telling(form: str, progress: str | None) -> Iterator[Observer]:
    """Tell what happens: words on stderr with the outputs on stdout, or JSON on stdout."""
    if form == "ndjson":
        yield from _machines()
        return
    from cicdgen.cli.watching import Screen  # noqa: PLC0415 - machines need none

    with Screen(progress or ("bar" if is_on_terminal() else "events")) as screen:
        yield screen.tell


def _machines() -> Iterator[Observer]:
    from cicdgen.reports import deploying_ndjson as report  # noqa: PLC0415 - the format asked for

    def observe(happening: Happening) -> None:
        put("".join(f"{line}\n" for line in report.lines(happening)))
        sys.stdout.flush()

    try:
        yield observe
    except CicdgenError as error:
        put(report.result(error) + "\n")
        raise
    except (KeyboardInterrupt, click.Abort):
        put(report.result(None, interrupted=True) + "\n")
        raise
    except Exception as error:
        # A bug, or a disk that is full: the last line is a result all the same.
        put(report.result(CicdgenError(f"{type(error).__name__}: {error}")) + "\n")
        raise
    put(report.result(None) + "\n")
