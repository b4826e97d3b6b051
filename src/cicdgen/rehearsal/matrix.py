"""Several scenarios of one template, and what they used of its permissions together."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from cicdgen.rehearsal.permissions import permissions
from cicdgen.rehearsal.record import Matrix
from cicdgen.rehearsal.scenarios import NAMES, named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cicdgen.rehearsal.record import Rehearsal
    from cicdgen.rehearsal.rehearse import Stage
    from cicdgen.rehearsal.source import Source


def rehearse(
    stage: Stage,
    name: str,
    scenarios: Sequence[str],
    source: Source,
    *,
    done: Callable[[Rehearsal], None],
) -> Matrix:
    """Rehearse scenarios one after the other.

    Args:
        stage: the template.
        name: what a person calls it.
        scenarios: the scenarios' names.
        source: what is uploaded.
        done: is told of each as it ends.
    """
    began = time.monotonic()
    found = []
    for each in scenarios:
        rehearsal = stage.rehearse(named(each), source)
        done(rehearsal)
        found.append(rehearsal)
    return Matrix(
        name=name,
        rehearsals=tuple(found),
        permissions=permissions(stage, found),
        seconds=time.monotonic() - began,
    )


def every(stage: Stage) -> tuple[list[str], list[str]]:
    """The scenarios that a template can be rehearsed in, and why others cannot."""
    reasons = {name: stage.applicable(named(name)) for name in NAMES}
    can = [name for name, why in reasons.items() if not why]
    return can, [f"{name} is left out: {why}" for name, why in reasons.items() if why]
