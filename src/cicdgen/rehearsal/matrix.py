"""Several scenarios of one template, and what they used of its permissions together."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from cicdgen.rehearsal import scene
from cicdgen.rehearsal.permissions import permissions
from cicdgen.rehearsal.record import Matrix
from cicdgen.rehearsal.scenarios import NAMES, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.rehearsal.record import Rehearsal
    from cicdgen.rehearsal.source import Source
    from cicdgen.rehearsal.stage import Stage
    from cicdgen.rehearsal.timeline import Event


class Audience(Protocol):
    """Whoever watches scenarios while they run."""

    def began(self, scenario: str) -> None:
        """A scenario begins."""

    def happened(self, event: Event) -> None:
        """Something happened in it."""

    def ended(self, rehearsal: Rehearsal) -> None:
        """It is over."""


def rehearse(
    stage: Stage,
    name: str,
    scenarios: Sequence[str],
    source: Source,
    audience: Audience | None = None,
) -> Matrix:
    """Rehearse scenarios one after the other.

    Args:
        stage: the template.
        name: what a person calls it.
        scenarios: the scenarios' names.
        source: what is uploaded.
        audience: who watches, if anybody does.
    """
    began = time.monotonic()
    found = []
    for each in scenarios:
        if audience is None:
            found.append(scene.rehearse(stage, named(each), source))
            continue
        audience.began(each)
        found.append(scene.rehearse(stage, named(each), source, audience.happened))
        audience.ended(found[-1])
    return Matrix(
        name=name,
        rehearsals=tuple(found),
        permissions=permissions(stage, found),
        opinions=tuple(_opinions(stage)),
        seconds=time.monotonic() - began,
    )


def every(stage: Stage) -> tuple[list[str], list[str]]:
    """The scenarios that a template can be rehearsed in, and why others cannot."""
    reasons = {name: stage.applicable(named(name)) for name in NAMES}
    can = [name for name, why in reasons.items() if not why]
    return can, [f"{name} is left out: {why}" for name, why in reasons.items() if why]


def _opinions(stage: Stage) -> Iterator[str]:
    """How many requests the sandbox's IAM decided too: what it decides otherwise is a fault."""
    said = Counter(map(bool, stage.opinions.values()))
    if said:
        yield f"{said[True]} requests were decided twice, by the sandbox's IAM as well"
    if said[False]:
        yield f"{said[False]} requests were not: whoever makes them is not in the template"
