"""Resolved values as plain JSON that can be compared, and as it is shown.

A token stays its private character until it is shown: `${AWS::Region}` that is filled in and the
same characters that somebody forgot to fill in are different values that look alike.
"""

from __future__ import annotations

from json.encoder import JSONEncoder, encode_basestring
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Fields, Items, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Value
    from cicdgen.cloudformation.values import Json


# Made once: `json.dumps` makes one for each call.
_KEY = JSONEncoder(sort_keys=True, ensure_ascii=False)


def coded(value: Value) -> Json:
    """The value as JSON, each token as its mark."""
    match value:
        case Text():
            return value.code
        case Items():
            return [coded(member) for member in value]
        case Fields():
            return {key: coded(member) for key, member in value.items()}
        case _:
            return value


def shown(value: Json) -> Json:
    """Coded JSON as a person reads it: each token as `${Name}`."""
    match value:
        case str():
            return str(Text(value))
        case list():
            return [shown(member) for member in value]
        case dict():
            return {key: shown(member) for key, member in value.items()}
        case _:
            return value


def texts(value: Json) -> Iterator[str]:
    """The strings in coded JSON that hold tokens."""
    match value:
        case str():
            if not value.isascii():
                yield value
        case dict():
            for member in value.values():
                yield from texts(member)
        case list():
            for member in value:
                yield from texts(member)
        case _:
            pass


def scalar(value: Json) -> Json:
    """A scalar as CloudFormation sees it: `true` and `"true"`, 128 and `"128"` are the same."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            return value


def same(one: Json, other: Json) -> bool:
    """Whether CloudFormation takes both for the same."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
        case list(), list():
            return len(one) == len(other) and all(map(same, one, other))
        case _:
            return bool(scalar(one) == scalar(other))


def key(value: Json) -> str:
    """Equal for values that CloudFormation takes for the same."""
    return encode_basestring(value) if isinstance(value, str) else _KEY.encode(_normal(value))


def _normal(value: Json) -> Json:
    match value:
        case list():
            return [_normal(member) for member in value]
        case dict():
            return {name: _normal(member) for name, member in value.items()}
        case _:
            return scalar(value)


def apart(one: Json, other: Json) -> tuple[Json, Json]:
    """Two different values as they are shown, so that they also look different."""
    before, after = shown(one), shown(other)
    if before == after and one != other:
        return _literal(one), _literal(other)
    return before, after


def _literal(value: Json) -> Json:
    """Characters that look like a token are spelled as `Fn::Sub` has them: `${!Name}`."""
    match value:
        case str():
            return str(Text(value.replace("${", "${!")))
        case list():
            return [_literal(member) for member in value]
        case dict():
            return {name: _literal(member) for name, member in value.items()}
        case _:
            return value
