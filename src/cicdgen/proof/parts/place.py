"""A value in a template and where it was written: what a check reads, and what it points at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Fields, Items, Text
from cicdgen.cloudformation.intrinsics import as_text, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Resource, Value
    from cicdgen.cloudformation.truth import Truth


INCLUDED = "Fn::Transform"
"""The key beside which, or instead of which, a macro puts members of an object."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value, and its path from the template's root.

    What is below a value that nobody knows, is that same unknown value.
    """

    value: Value
    path: Path

    @classmethod
    def of(cls, resource: Resource) -> Place:
        """The properties of a resource."""
        return cls(resource.properties, resource.path)

    @classmethod
    def beside(cls, resource: Resource, attribute: str) -> Place:
        """An attribute that stands beside the properties, as it is written: `DependsOn`."""
        written = resource.stack.template.resources[resource.logical_id].get(attribute)
        return cls(_written(written), ("Resources", resource.logical_id, attribute))

    def at(self, *names: str) -> Place:
        """The member under these names, one below the other; a value of None if there is none."""
        value, path = self.value, self.path
        for name in names:
            match value:
                case Fields() if name in value:
                    path, value = value.paths[name], value[name]
                case Text() if value.only is not None:
                    break
                case Fields() if INCLUDED in value:
                    path, value = (*path, name), unknown(name, because="a macro may add it")
                case _:
                    path, value = (*path, name), None
        return Place(value, path)

    def members(self) -> Iterator[Place]:
        """The members of a list. CloudFormation takes a single value for a list of one."""
        match self.value:
            case Items():
                yield from (Place(value, path) for path, value in self.value.located())
            case None:
                pass
            case _:
                yield self

    def fields(self) -> Iterator[tuple[str, Place]]:
        """The members of an object, by name."""
        if isinstance(self.value, Fields):
            for name in self.value:
                yield name, Place(self.value[name], self.value.paths[name])

    @property
    def is_given(self) -> bool:
        """Whether anything is there."""
        return self.value is not None

    @property
    def is_unknown(self) -> bool:
        """Whether nothing at all is known about what is there."""
        return isinstance(self.value, Text) and self.value.only is not None

    @property
    def text(self) -> Text | None:
        """The value as text."""
        return as_text(self.value)

    @property
    def known(self) -> str | None:
        """The value as a string, if every character of it is known."""
        text = as_text(self.value)
        return None if text is None else text.known

    @property
    def number(self) -> float | None:
        """The value as a number, if it is one."""
        try:
            return float(self.known or "")
        except ValueError:
            return None

    @property
    def is_on(self) -> Truth:
        """Whether it is true; false if nothing is there, None if it is not known."""
        if not self.is_given:
            return False
        return {"true": True, "false": False}.get((self.known or "").lower())

    def __str__(self) -> str:
        text = as_text(self.value)
        return "nothing" if text is None else str(text)


def _written(value: object) -> Value:
    match value:
        case str():
            return Text.literal(value)
        case list():
            return Items.of(((i,), _written(each)) for i, each in enumerate(value))
        case bool() | int() | float():
            return value
        case _:
            return None


def objects(place: Place) -> Place:
    """The place, with a string of JSON in it read as what it says."""
    from cicdgen.iam.parse import read_json  # noqa: PLC0415 - hardly any template needs it

    text = place.text
    if text is None or text.known is None or not text.known.lstrip().startswith("{"):
        return place
    try:
        return Place(read_json(json.loads(text.known), place.path), place.path)
    except ValueError:
        return place
