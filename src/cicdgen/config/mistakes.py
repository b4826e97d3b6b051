"""A mistake in the config file, said in its own words: table, key, value got, what would do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from cicdgen.config.schema import RESOLVED_FIELDS, Config
from cicdgen.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_WHERE = re.compile(r"(?P<what>.*?)(?: - at (?:`key` in )?`(?P<path>\$[^`]*)`)?$", re.DOTALL)


def explained(
    error: msgspec.ValidationError,
    file: Path,
    merged: Mapping[str, Any],
    origins: Mapping[str, str],
    env: str,
) -> ConfigError:
    """Say a validation error in the file's own words: table, key, value got, what would do."""
    found = _WHERE.match(str(error))
    what = found["what"] if found else str(error)
    path = (found["path"] or "$")[1:].lstrip(".") if found else ""
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", what)
    if unknown:
        key = f"{path}.{unknown[1]}".lstrip(".")
        known = tuple(_fields(path))
        return ConfigError(
            f"{file}: {_table(key, origins, env)}: unknown key",
            hint=nearest(unknown[1], known) or f"known here: {', '.join(known)}",
        )
    missing = re.fullmatch(r"Object missing required field `(.*)`", what)
    if missing:
        key = f"{path}.{missing[1]}".lstrip(".")
        return ConfigError(
            f"{file}: env.{env}.{key} is missing",
            hint="write it in [defaults] or in the environment's table",
        )
    return ConfigError(
        f"{file}: {_table(path, origins, env)} = {shown(_value(merged, path))}: "
        f"{what[:1].lower()}{what[1:]}",
        hint=_described(path),
    )


def _table(path: str, origins: Mapping[str, str], env: str) -> str:
    """The key as the file has it: with the table that set it."""
    plain = path.split("[", maxsplit=1)[0]
    while plain and plain not in origins:
        plain = plain.rpartition(".")[0]
    return f"{origins.get(plain, f'env.{env}')}.{path}"


def _value(merged: Mapping[str, Any], path: str) -> object:
    value: Any = merged
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(value, list):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            break
    return value


def _fields(path: str) -> Iterator[str]:
    """The keys that the table at this path knows."""
    for field in _struct_fields(path):
        if field.name not in RESOLVED_FIELDS:
            yield field.encode_name


def _struct_fields(path: str) -> tuple[msgspec.inspect.Field, ...]:
    node = msgspec.inspect.type_info(Config)
    for step in [step for step in path.split(".") if step]:
        if not isinstance(node, msgspec.inspect.StructType):
            return ()
        inner = next((f.type for f in node.fields if f.name == step), None)
        if isinstance(inner, msgspec.inspect.UnionType):
            inner = next(
                (t for t in inner.types if isinstance(t, msgspec.inspect.StructType)), None
            )
        if inner is None:
            return ()
        node = inner
    return node.fields if isinstance(node, msgspec.inspect.StructType) else ()


def _described(path: str) -> str | None:
    """What the field at this path is for, in the schema's words."""
    table, _, name = path.split("[", maxsplit=1)[0].rpartition(".")
    for field in _struct_fields(table):
        if field.name == name and isinstance(field.type, msgspec.inspect.Metadata):
            description = (field.type.extra_json_schema or {}).get("description")
            return f"{name}: {description}" if description else None
    return None


def nearest(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str | None:
    """A question that names the known word which this one was meant to be."""
    # Imported here: only a person's slip needs it.
    import difflib  # noqa: PLC0415

    close = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else None


def shown(value: object) -> str:
    """A value as a message shows it: on one line."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - a line's width
