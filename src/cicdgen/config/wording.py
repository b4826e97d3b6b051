"""How a message names a key and shows a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def place(path: str, origins: Mapping[str, str], env: str) -> str:
    """The key as the file has it: with the table that set it."""
    if path == f"env.{env}":
        return path
    plain = path.split("[", maxsplit=1)[0]
    while plain and plain not in origins:
        plain = plain.rpartition(".")[0]
    return f"{origins.get(plain, f'env.{env}')}.{path}"


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
