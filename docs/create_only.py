"""The table of what forces a replacement, from the resource schemas that cfn-lint carries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cfnlint

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"
_FIRST = "us-east-1"


def table() -> str:
    """A line for each type: create-only, conditionally create-only, and unordered properties.

    A property is written as in the schema, without `/properties/`; what lies inside another one of
    the same list is left out.
    """
    lines = [
        f"{json.dumps(name)}: {json.dumps(_row(schema), separators=(',', ':'))}"
        for name, schema in sorted(_schemas().items())
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _schemas() -> dict[str, dict[str, Any]]:
    """The schema of each type, as it is in the first region that has the type."""
    regions = sorted((SCHEMAS / "providers").glob("*.json"), key=lambda path: path.stem != _FIRST)
    files: dict[str, str] = {}
    for region in regions:
        for name, file in json.loads(region.read_text(encoding="utf-8")).items():
            files.setdefault(name, file)
    return {
        name: json.loads((SCHEMAS / "resources" / f"{file}.json").read_text(encoding="utf-8"))
        for name, file in files.items()
    }


def _row(schema: dict[str, Any]) -> list[list[str]]:
    unordered = [
        name
        for name, field in schema.get("properties", {}).items()
        if isinstance(field, dict) and field.get("insertionOrder") is False
    ]
    row = [
        _outermost(schema.get("createOnlyProperties", ())),
        _outermost(schema.get("conditionalCreateOnlyProperties", ())),
        sorted(unordered),
    ]
    while row and not row[-1]:
        row.pop()
    return row


def _outermost(pointers: list[str]) -> list[str]:
    names = sorted({pointer.removeprefix("/properties/") for pointer in pointers})
    return [
        name
        for name in names
        if not any(name.startswith(f"{other}/") for other in names if other != name)
    ]
