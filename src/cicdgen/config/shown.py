"""The config as others read it: resolved values with their origins, and the schema for editors."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from cicdgen.config.load import VERSION
from cicdgen.config.schema import RESOLVED_FIELDS, Settings, Waiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.config.load import Resolved


_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def as_text(resolved: Resolved, *, origin: bool) -> str:
    """A line a value, as TOML writes it; with the table that set it as a comment."""
    lines = [f"# environment {resolved.config.env}"]
    for path, value in _leaves(_plain(resolved), ()):
        line = f"{'.'.join(_key(step) for step in path)} = {_toml(value)}"
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
        "origins": {".".join(path): _origin(resolved, path) for path, _ in _leaves(values, ())},
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def json_schema() -> str:
    """The schema of the file. In `[defaults]` and `[env.NAME]` nothing is required by itself."""
    (settings, waiver), definitions = msgspec.json.schema_components(
        [Settings, Waiver], ref_template="#/$defs/{name}"
    )
    for name, definition in definitions.items():
        if name != Waiver.__name__:
            definition.pop("required", None)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cicdgen.toml",
        "type": "object",
        "properties": {
            "version": {"const": VERSION},
            "defaults": settings,
            "env": {"type": "object", "additionalProperties": settings, "minProperties": 1},
            "waivers": {"type": "array", "items": waiver},
        },
        "required": ["version", "env"],
        "additionalProperties": False,
        "$defs": definitions,
    }
    # An editor's patterns are JavaScript's, where `$` is the very end and `\Z` is a letter.
    return json.dumps(document, indent=2, sort_keys=True).replace(r"\\Z", "$") + "\n"


def _plain(resolved: Resolved) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(resolved.config)
    return {key: value for key, value in values.items() if key not in RESOLVED_FIELDS}


def _leaves(table: dict[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in table.items():
        path = (*above, key)
        if isinstance(value, dict) and value:
            yield from _leaves(value, path)
        elif value is not None:
            yield path, value


def _origin(resolved: Resolved, path: tuple[str, ...]) -> str:
    return resolved.origins.get(".".join(path), "built-in default")


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _toml(key)


def _toml(value: object) -> str:
    match value:
        case dict():
            return f"{{{', '.join(f'{_key(key)} = {_toml(item)}' for key, item in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(_toml, value))}]"
    # JSON's strings, numbers and booleans are TOML's, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
