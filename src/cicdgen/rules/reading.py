"""A template as JSON has it, whatever loader read it."""

from __future__ import annotations

from datetime import date
from typing import Any


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The value as JSON has it: YAML's dates as text, and a loader's own classes left behind."""
    match value:
        case dict():
            return {_key(key): plain(member) for key, member in value.items()}
        case list() | tuple():
            return [plain(member) for member in value]
        case str():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _key(key: object) -> str:
    return key.isoformat() if isinstance(key, date) else str(key)
