"""Rehearsals for programs: one document, or a line for each event.

Versioned; fields are added, never changed or removed. Moments are virtual seconds since the upload
began, shares of traffic are between 0 and 1.
"""

from __future__ import annotations

import json
from dataclasses import fields
from enum import Enum
from typing import TYPE_CHECKING, Any

from cicdgen.rehearsal.timeline import CallMade

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicdgen.rehearsal.record import Matrix, Rehearsal
    from cicdgen.rehearsal.timeline import Event

FORMAT = "cicdgen.rehearsal/1"


def document(matrix: Matrix) -> str:
    """Everything, as one JSON document."""
    return json.dumps(content(matrix), indent=2, ensure_ascii=False) + "\n"


def lines(matrix: Matrix) -> Iterator[str]:
    """JSON for each event, and for the end of each scenario and of all: a line each."""
    for each in matrix.rehearsals:
        for event in each.events:
            yield line(each.scenario, event)
        yield _line({"kind": "scenario ended", "scenario": each.scenario, **_outcome(each)})
    yield _line({"kind": "ended", "name": matrix.name, "passed": matrix.passed})


def line(scenario: str, event: Event) -> str:
    """One event of a scenario, as a line of JSON."""
    return _line({"scenario": scenario, **_event(event)})


def content(matrix: Matrix) -> dict[str, Any]:
    """The document, before it is text."""
    several = matrix.rehearsals
    return {
        "format": FORMAT,
        "name": matrix.name,
        "passed": matrix.passed,
        "seconds": round(matrix.seconds, 3),
        "scenarios": [_scenario(each) for each in several],
        "permissions": [_plain(each) for each in matrix.permissions],
        "assumptions": matrix.assumptions,
        "conformance": _once(_plain(item) for each in several for item in each.conformance),
    }


def _scenario(rehearsal: Rehearsal) -> dict[str, Any]:
    return {
        "scenario": rehearsal.scenario,
        "meaning": rehearsal.meaning,
        "pipeline": rehearsal.pipeline,
        "strategy": rehearsal.strategy,
        **_outcome(rehearsal),
        "load": _plain(rehearsal.load),
        "stages": [_plain(each) for each in rehearsal.stages],
        "events": [_event(each) for each in rehearsal.events],
        "traffic": [_plain(each) for each in rehearsal.traffic],
    }


def _outcome(rehearsal: Rehearsal) -> dict[str, Any]:
    return {
        "passed": rehearsal.passed,
        "expected": rehearsal.expected,
        "ended": rehearsal.ended,
        "causes": list(rehearsal.causes),
        "fired_at": rehearsal.fired_at,
        "ended_at": rehearsal.ended_at,
        "requests": round(rehearsal.requests),
        "hurt": round(rehearsal.hurt),
        "seconds": round(rehearsal.seconds, 3),
    }


def _event(event: Event) -> dict[str, Any]:
    if isinstance(event, CallMade):
        return {"kind": event.kind, "at": event.at, **_plain(event.call)}
    return {"kind": event.kind, **_plain(event)}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a rehearsal
    """A value of a rehearsal as JSON has it."""
    match value:
        case Enum():
            return value.value
        case tuple():
            return [_plain(each) for each in value]
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case str() | int() | float() | bool() | None:
            return value
        case _:
            return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}


def _once(several: Iterable[Any]) -> list[Any]:
    """Each value once, where it comes first."""
    found: dict[str, Any] = {}
    for each in several:
        found.setdefault(json.dumps(each, sort_keys=True), each)
    return list(found.values())


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
