"""The calls that CloudFormation makes for each type of resource, as `calls.toml` has them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cicdgen.errors import CicdgenError

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE = Path(__file__).parent / "calls.toml"
_LEFT_OUT = "- "


class Operation(StrEnum):
    """What CloudFormation does with a resource: a handler of its type, by its letter."""

    CREATE = "c"
    READ = "r"
    UPDATE = "u"
    DELETE = "d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that a type's handlers make.

    Attributes:
        action: as IAM names it, e.g. `s3:PutBucketLogging`.
        operations: in which handlers.
        properties: it is made if the resource has one of these; if there are none, always.
    """

    action: str
    operations: frozenset[Operation]
    properties: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A type's calls.

    Attributes:
        calls: those that may be needed.
        left_out: the actions that are never granted, each with its reason.
    """

    calls: tuple[Call, ...]
    left_out: Mapping[str, str]


@cache
def table() -> Mapping[str, Row]:
    """The row of each type that is known."""
    return {
        name: _row(row) for name, row in tomllib.loads(TABLE.read_text(encoding="utf-8")).items()
    }


def row(kind: str) -> Row:
    """The row of a type.

    Raises:
        CicdgenError: nobody has written down what it needs, and a policy without it would not do.
    """
    found = table().get(kind)
    if found is None:
        raise CicdgenError(
            f"nothing is known of the rights that {kind} needs",
            hint="its type's schema in CloudFormation's registry lists them",
        )
    return found


def _row(written: Mapping[str, str]) -> Row:
    return Row(
        calls=tuple(
            _call(action, text)
            for action, text in written.items()
            if not text.startswith(_LEFT_OUT)
        ),
        left_out={
            action: text.removeprefix(_LEFT_OUT)
            for action, text in written.items()
            if text.startswith(_LEFT_OUT)
        },
    )


def _call(action: str, text: str) -> Call:
    letters, *properties = text.split()
    return Call(
        action=action,
        operations=frozenset(Operation(letter) for letter in letters),
        properties=frozenset(properties),
    )
