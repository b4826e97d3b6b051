"""Objects with their versions and keys: the narrow interface behind S3, and one that is in memory.

What is behind it decides nothing: who may read and write is asked before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A version of an object.

    Attributes:
        version: its id; `null` where the bucket keeps no versions.
        body: its bytes.
        key: the ARN of the key that it is encrypted with; None if S3 keeps it under its own.
    """

    version: str
    body: bytes
    key: str | None


class Objects(Protocol):
    """Where objects lie."""

    def put(self, bucket: str, name: str, body: bytes, *, key: str | None, versioned: bool) -> str:
        """Store an object; return its version's id."""

    def get(self, bucket: str, name: str, version: str | None = None) -> Stored | None:
        """A version of an object, the newest unless one is named."""


@dataclass(eq=False)
class InMemory:
    """Objects in memory."""

    _held: dict[tuple[str, str], list[Stored]] = field(default_factory=dict)

    def put(self, bucket: str, name: str, body: bytes, *, key: str | None, versioned: bool) -> str:
        """Store an object; return its version's id."""
        held = self._held.setdefault((bucket, name), [])
        if not versioned:
            held.clear()
        version = f"version{len(held) + 1}" if versioned else "null"
        held.append(Stored(version=version, body=body, key=key))
        return version

    def get(self, bucket: str, name: str, version: str | None = None) -> Stored | None:
        """A version of an object, the newest unless one is named."""
        held = self._held.get((bucket, name), [])
        if version is None:
            return held[-1] if held else None
        return next((each for each in held if each.version == version), None)
