"""A mistake in the config file, said in its own words: table, key, value got, what would do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect

from cicdgen.config import wording
from cicdgen.config.schema import RESOLVED_FIELDS, Config
from cicdgen.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


# Compiled when there is a mistake, not at every start.
_WHERE = (
    r"(?s)(?P<what>.*?)"
    r"(?: - at (?P<name>`key` in )?`\$\.?(?P<path>[^`]*?)(?P<any>\[\.\.\.\])?`)?\Z"
)
# msgspec speaks of JSON; the file is TOML.
_IN_TOML = {"`object`": "a table", "`array`": "an array", " | null`": "`", r"\\Z": "$"}


def explained(
    error: msgspec.ValidationError,
    file: Path,
    merged: Mapping[str, Any],
    origins: Mapping[str, str],
    env: str,
) -> ConfigError:
    """Say a validation error in the file's own words: table, key, value got, what would do."""
    found = re.match(_WHERE, str(error))
    what, path = (found["what"], found["path"] or "") if found else (str(error), "")
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", what, re.DOTALL)
    if unknown:
        key = f"{path}.{unknown[1]}".lstrip(".")
        known = tuple(_fields(path))
        return ConfigError(
            f"{file}: {wording.place(key, origins, env)}: unknown key",
            hint=wording.nearest(unknown[1], known) or _known(known),
        )
    missing = re.fullmatch(r"Object missing required field `(.*)`", what)
    if missing:
        key = f"{path}.{missing[1]}".lstrip(".")
        return ConfigError(
            f"{file}: env.{env}.{key} is missing",
            hint="write it in [defaults] or in the environment's table",
        )
    hint, value = _described(path), _value(merged, path)
    if found and (found["name"] or found["any"]) and isinstance(value, dict):
        guilty = _first_wrong(value, path)
        path, value = f"{path}.{guilty}", value[guilty]
    for word, toml in _IN_TOML.items():
        what = what.replace(word, toml)
    about = "its name: " if found and found["name"] else ""
    return ConfigError(
        f"{file}: {wording.place(path, origins, env)} = {wording.shown(value)}: "
        f"{about}{what[:1].lower()}{what[1:]}",
        hint=hint,
    )


def _value(merged: Mapping[str, Any], path: str) -> object:
    value: Any = merged
    for step in re.findall(r"[^.\[\]]+", path):
        value = value[int(step) if isinstance(value, list) else step]
    return value


def _first_wrong(table: Mapping[str, Any], path: str) -> str:
    """The key of the item that msgspec means: it names the table alone."""
    for key, item in table.items():
        alone: dict[str, Any] = {key: item}
        for step in reversed(path.split(".")):
            alone = {step: alone}
        try:
            msgspec.convert({"project": "p", "env": "e", **alone}, Config)
        except msgspec.ValidationError:
            return key
    return next(iter(table))


def _fields(path: str) -> Iterator[str]:
    """The keys that the table at this path knows."""
    for field in _struct_fields(path):
        if field.name not in RESOLVED_FIELDS:
            yield field.encode_name


def _struct_fields(path: str) -> tuple[inspect.Field, ...]:
    node = inspect.type_info(Config)
    for step in [step for step in path.split(".") if step]:
        if not isinstance(node, inspect.StructType):
            return ()
        inner = next((f.type for f in node.fields if f.name == step), None)
        if inner is None:
            return ()
        node = _given(inner)
    return node.fields if isinstance(node, inspect.StructType) else ()


def _given(kind: inspect.Type) -> inspect.Type:
    """The type of a value that is given: without the `None` of one that is left out."""
    if isinstance(kind, inspect.UnionType):
        return next(t for t in kind.types if not isinstance(t, inspect.NoneType))
    return kind


def _described(path: str) -> str | None:
    """What the field at this path is for, in the schema's words, and what it may be."""
    table, _, name = path.split("[", maxsplit=1)[0].rpartition(".")
    kind = next((_given(f.type) for f in _struct_fields(table) if f.name == name), None)
    match kind:
        case inspect.StructType():
            return _known(tuple(_fields(path)))
        case inspect.Metadata(type=inner, extra_json_schema=extra):
            words = f"{name}: {(extra or {}).get('description', '')}"
            if isinstance(inner, inspect.LiteralType):
                words += f"; one of {', '.join(str(value) for value in inner.values)}"
            return words
    return None


def _known(keys: tuple[str, ...]) -> str:
    return f"known here: {', '.join(keys)}"
