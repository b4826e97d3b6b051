"""Objects to JSON text in one walk.

troposphere's own way turns every object into dicts, walks them again at each level, and hands the
result to a JSON encoder that is slow as soon as it indents. This writes the same text straight from
the objects; a test holds it equal to `json.dumps(template.to_dict())`.

Keys come in the order of definition, a resource's type first: the text reads like the blueprint.
"""

from __future__ import annotations

from collections.abc import Callable
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

import awacs
from troposphere import AWSHelperFn, AWSObject, BaseAWSObject, Tags

if TYPE_CHECKING:
    from collections.abc import Iterable

_RESOURCE_ORDER = (
    "Type",
    "Condition",
    "DependsOn",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Metadata",
    "Properties",
)


def write(value: object, *, indent: int | None = None) -> str:
    """The JSON text of dicts, lists, scalars, troposphere and awacs objects.

    Args:
        value: what to write.
        indent: spaces for each level; compact without.

    Raises:
        ValueError: an object lacks a required property, or fails its own validation.
        TypeError: a value of another kind.
    """
    if indent is None:
        return _text(value, "", "", ":")
    return _text(value, "\n", " " * indent, ": ")


def _text(value: Any, line: str, step: str, colon: str) -> str:  # noqa: ANN401 - anything, by type
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is dict:
        return _object(value.items(), line, step, colon)
    if kind is list or kind is tuple:
        return _array(value, line, step, colon)
    plain = _PLAIN.get(kind)
    if plain is None:
        plain = _PLAIN[kind] = _plain_writer(kind)
    return plain(value, line, step, colon)


def _object(items: Iterable[tuple[str, Any]], line: str, step: str, colon: str) -> str:
    inner = line + step
    # Most values are strings: asking here spares a call for each.
    parts = [
        f"{encode_basestring(k)}{colon}{encode_basestring(v)}"
        if type(v) is str
        else f"{encode_basestring(k)}{colon}{_text(v, inner, step, colon)}"
        for k, v in items
    ]
    return f"{{{inner}{f',{inner}'.join(parts)}{line}}}" if parts else "{}"


def _array(values: Iterable[Any], line: str, step: str, colon: str) -> str:
    inner = line + step
    parts = [
        encode_basestring(v) if type(v) is str else _text(v, inner, step, colon) for v in values
    ]
    return f"[{inner}{f',{inner}'.join(parts)}{line}]" if parts else "[]"


def _plain_writer(kind: type) -> Writer:
    """How to write objects of this type."""
    for base, writer in _WRITERS:
        if issubclass(kind, base):
            return writer
    message = f"a template holds no {kind.__name__}"
    raise TypeError(message)


def _validated(value: BaseAWSObject) -> dict[str, Any]:
    if value.do_validation:
        value._validate_props()  # noqa: SLF001 - as its own to_dict does
        value.validate()
    return value.resource


def _resource(value: AWSObject, line: str, step: str, colon: str) -> str:
    resource = _validated(value)
    items = [(key, resource[key]) for key in _RESOURCE_ORDER if resource.get(key)]
    return _object(items, line, step, colon)


def _property(value: BaseAWSObject, line: str, step: str, colon: str) -> str:
    return _object(_validated(value).items(), line, step, colon)


Writer = Callable[[Any, str, str, str], str]

_WRITERS: tuple[tuple[type | tuple[type, ...], Writer], ...] = (
    (bool, lambda value, *_: "true" if value else "false"),
    ((int, float), lambda value, *_: repr(value)),
    (str, lambda value, *_: encode_basestring(value)),
    (AWSObject, _resource),
    (BaseAWSObject, _property),
    (Tags, lambda value, *how: _array(value.tags, *how)),
    (AWSHelperFn, lambda value, *how: _text(value.data, *how)),
    ((awacs.AWSObject, awacs.AWSHelperFn), lambda value, *how: _text(value.JSONrepr(), *how)),
)

# Looking a type up once is enough: a template has thirty types and thousands of values.
_PLAIN: dict[type, Writer] = {}
