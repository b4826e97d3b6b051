"""With which role a resource acts: another role means other permissions, whatever its policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.diff.relevance import ROLES
from cicdgen.diff.spelling import coded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource
    from cicdgen.cloudformation.values import Json


def acting(resource: Resource) -> dict[str, Text]:
    """The ARN of each role that a resource acts with, by the place where it is named."""
    if resource.type.startswith("AWS::IAM::"):
        return {}
    roles = {
        code: role.arn
        for role in resource.stack.of_type("AWS::IAM::Role")
        for code in (role.arn.code, role.name.code)
    }
    return {
        place: roles.get(code, Text(code)) for place, code in _named(coded(resource.properties), "")
    }


def _named(value: Json, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            at = f"{place}.{name}".lstrip(".")
            if name in ROLES and isinstance(member, str):
                yield at, member
            else:
                yield from _named(member, at)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _named(member, f"{place}[{index}]")
