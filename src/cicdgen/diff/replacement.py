"""Which properties CloudFormation cannot change in place.

`create_only.json` is made from the resource schemas (`docs/create_only.py`): reading it is a matter
of a millisecond, and importing cfn-lint is not. Source: cloudformation-cli/resource-type-schema
(createOnlyProperties, conditionalCreateOnlyProperties).
"""

from __future__ import annotations

import json
import pathlib
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from cicdgen.diff.spelling import key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicdgen.cloudformation import Path
    from cicdgen.cloudformation.values import Json


class Traits(NamedTuple):
    """What a type's schema says of its properties, each a path with `*` for a list's members."""

    create_only: Sequence[str] = ()
    perhaps: Sequence[str] = ()
    unordered: Sequence[str] = ()


def traits(type_name: str) -> Traits | None:
    """The traits of a type; None if there is no schema of it, as for a custom resource."""
    row = _table().get(type_name)
    return None if row is None else Traits(*row)


def touches(pointers: Sequence[str], path: Path, before: Json, after: Json) -> bool:
    """Whether a change is of one of these properties, or of something in or around it.

    Args:
        pointers: properties, as `Traits` has them.
        path: what changed, from the resource's properties.
        before: its value, or None.
        after: the same.
    """
    return any(_touches(pointer.split("/"), path, before, after) for pointer in pointers)


def _touches(steps: Sequence[str], path: Path, before: Json, after: Json) -> bool:
    if any(step not in {"*", str(at)} for step, at in zip(steps, path, strict=False)):
        return False
    rest = steps[len(path) :]
    return key(_within(before, rest)) != key(_within(after, rest))


def _within(value: Json, steps: Sequence[str]) -> Json:
    if not steps or value is None:
        return value
    if steps[0] == "*" and isinstance(value, list):
        return [_within(member, steps[1:]) for member in value]
    return _within(value.get(steps[0]), steps[1:]) if isinstance(value, dict) else None


@cache
def _table() -> Mapping[str, Sequence[Sequence[str]]]:
    # importlib.resources takes several times as long to import as the file to read.
    text = pathlib.Path(__file__).with_name("create_only.json").read_text(encoding="utf-8")
    table: Mapping[str, Sequence[Sequence[str]]] = json.loads(text)
    return table
