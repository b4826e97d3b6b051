"""The analysis of a template in a process of its own, while the linter still loads its rules."""

from __future__ import annotations

import os
import pickle
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.rules.analysis import Report


class Ahead:
    """An analysis that has begun.

    Nothing is lost where it fails: then there are no reports, and whoever asked does it again.
    """

    def __init__(self, child: int, pipe: int) -> None:
        self._child = child
        self._pipe = pipe

    @classmethod
    def of(cls, body: Mapping[str, Any], region: str) -> Ahead | None:
        """Begin; None where there is no second processor, or a fork would not be safe."""
        # A forked child has one thread: a lock that another one held stays locked in it.
        if (os.cpu_count() or 1) == 1 or threading.active_count() > 1 or not hasattr(os, "fork"):
            return None
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _work(body, region, writing)
        os.close(writing)
        return cls(child, reading)

    def reports(self) -> tuple[Report, ...] | None:
        """What came of it; None if nothing did."""
        with os.fdopen(self._pipe, "rb") as stream:
            content = stream.read()
        os.waitpid(self._child, 0)
        if not content:
            return None
        found: tuple[Report, ...] = pickle.loads(content)  # noqa: S301 - our own child wrote it
        return found


def _work(body: Mapping[str, Any], region: str, pipe: int) -> None:
    """Be the child: write the reports, and leave without a trace of the parent's."""
    try:
        from cicdgen.rules.analysis import analyse  # noqa: PLC0415 - the parent needs it not

        with os.fdopen(pipe, "wb") as stream:
            pickle.dump(analyse(body, region), stream)
    finally:
        os._exit(0)
