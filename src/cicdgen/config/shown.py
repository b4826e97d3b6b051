"""The config as others read it: resolved values with their origins, and the schema for editors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from cicdgen.config.load import VERSION
from cicdgen.config.schema import RESOLVED_FIELDS, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.config.load import Resolved


def as_text(resolved: Resolved, *, origin: bool) -> str:
    """A line a value, as TOML writes it; with the table that set it as a comment."""
    lines = [f"# environment {resolved.config.env}"]
    for path, value in _leaves(_plain(resolved), ""):
        line = f"{path} = {json.dumps(value, ensure_ascii=False)}"
        if origin:
            line += f"  # {_origin(resolved, path)}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def as_json(resolved: Resolved) -> str:
    """One document: values by key, and the origin of each."""
    values = _plain(resolved)
    document = {
        "format": "cicdgen.config/1",
        "env": resolved.config.env,
        "values": values,
        "origins": {path: _origin(resolved, path) for path, _ in _leaves(values, "")},
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def json_schema() -> str:
    """The schema of the file. In `[defaults]` and `[env.NAME]` nothing is required by itself."""
    (settings,), definitions = msgspec.json.schema_components(
        [Settings], ref_template="#/$defs/{name}"
    )
    definitions["Settings"].pop("required", None)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cicdgen.toml",
        "type": "object",
        "properties": {
            "version": {"const": VERSION},
            "defaults": settings,
            "env": {"type": "object", "additionalProperties": settings, "minProperties": 1},
        },
        "required": ["version", "env"],
        "additionalProperties": False,
        "$defs": definitions,
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _plain(resolved: Resolved) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(resolved.config)
    return {key: value for key, value in values.items() if key not in RESOLVED_FIELDS}


def _leaves(table: dict[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        path = f"{above}{key}"
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{path}.")
        elif value is not None and value != {}:
            yield path, value


def _origin(resolved: Resolved, path: str) -> str:
    return resolved.origins.get(path, "built-in default")
