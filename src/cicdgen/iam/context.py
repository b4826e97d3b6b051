"""The context of a request: the condition keys that AWS fills in, as far as they are known."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, unique
from typing import Self, TypeAlias

from cicdgen.cloudformation.text import Text


@unique
class Presence(Enum):
    """What is known about a key that has no value here."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


ABSENT, UNKNOWN = Presence.ABSENT, Presence.UNKNOWN

ContextValue: TypeAlias = tuple[Text, ...] | Presence
"""The values of a key. A key that is there with a value nobody knows has a token for its value."""

Given: TypeAlias = str | Text | bool | int | Iterable[str | Text] | Presence
"""A value as a caller may write it."""


@dataclass(frozen=True)
class Context:
    """Condition keys by name. Names of keys are case-insensitive.

    Attributes:
        values: What is known, by key in lower case.
        unmentioned: What every other key is.
    """

    values: Mapping[str, ContextValue]
    unmentioned: Presence = UNKNOWN

    @classmethod
    def of(cls, given: Mapping[str, Given], *, unmentioned: Presence = UNKNOWN) -> Self:
        """A context from plain values."""
        return cls({key.lower(): _read(value) for key, value in given.items()}, unmentioned)

    def get(self, key: str) -> ContextValue:
        """The values of a key, given in lower case."""
        return self.values.get(key, self.unmentioned)

    def over(self, other: Mapping[str, ContextValue]) -> "Context":
        """This context, and below it another that fills in what this one does not mention."""
        return Context({**other, **self.values}, self.unmentioned)

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)


def _read(value: Given) -> ContextValue:
    match value:
        case Presence():
            return value
        case Text():
            return (value,)
        case str():
            return (Text.literal(value),)
        case bool():
            return (Text.literal(str(value).lower()),)
        case int():
            return (Text.literal(str(value)),)
        case _:
            return tuple(
                member if isinstance(member, Text) else Text.literal(member) for member in value
            )
