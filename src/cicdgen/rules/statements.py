"""What a finding is about, as a hash: a waiver holds for this and for nothing that comes later."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from cicdgen.rules.reading import plain

if TYPE_CHECKING:
    from cicdgen.cloudformation import Path


def statement_hash(template: object, path: Path) -> str:
    """A hash of the policy statement that a place is in, or else of what is at the place.

    A new action in a waived statement gives another hash, and so does any change of a waived
    resource where the finding is about the resource as a whole.
    """
    return hashlib.sha256(json.dumps(_about(template, path), sort_keys=True).encode()).hexdigest()[
        :16
    ]


def _about(template: object, path: Path) -> Any:  # noqa: ANN401 - JSON
    value = template
    for number, step in enumerate(path):
        if number and path[number - 1] == "Statement" and isinstance(value, list):
            # A member of the list: the whole statement counts.
            return plain(_member(value, step))
        inner = _member(value, step)
        if inner is None:
            break
        value = inner
    return plain(value)


def _member(value: object, step: str | int) -> object:
    match value:
        case dict():
            return value.get(step)
        case list() if isinstance(step, int) and 0 <= step < len(value):
            return value[step]
    return None
