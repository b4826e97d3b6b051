"""CloudFormation's intrinsic functions, resolved as far as a template alone allows.

What cannot be resolved becomes a token named after the expression, so that the same expression is
the same token wherever it stands. Source: AWSCloudFormation/intrinsic-function-reference.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from cicdgen.cloudformation.text import Shape, Text
from cicdgen.cloudformation.truth import Truth
from cicdgen.cloudformation.values import NOTHING, Fields, Items, Json, Path, Value, plain

_BRACED = re.compile(r"\$\{(!?)([^}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:[^}]*\}\}")


class _Gone:
    """What `AWS::NoValue` leaves of a property or a member of a list."""


GONE: Final = _Gone()


class Scope(Protocol):
    """What the functions refer to: the rest of the stack."""

    def ref(self, name: str) -> "Value | _Gone":
        """What `Ref` returns."""

    def attribute(self, logical_id: str, attribute: str) -> Value:
        """What `Fn::GetAtt` returns."""

    def condition(self, name: str) -> Truth:
        """Whether a condition holds; None if that is open."""

    def mapping(self, name: str) -> Mapping[str, Json] | None:
        """The mapping of that name."""


def resolve(value: Json, path: Path, scope: Scope) -> "Value | _Gone":
    """The value of some JSON of a template.

    Args:
        value: The JSON.
        path: Where in the template it stands.
        scope: The stack around it.
    """
    match value:
        case str():
            return _text(value)
        case list() | tuple():
            members = (((*path, i), member) for i, member in enumerate(value))
            found = ((at, resolve(member, at, scope)) for at, member in members)
            return Items.of((at, member) for at, member in found if not isinstance(member, _Gone))
        case dict() if len(value) == 1 and (function := _FUNCTIONS.get(next(iter(value)))):
            name, argument = next(iter(value.items()))
            return function(argument, (*path, name), scope)
        case dict():
            paths = {str(key): (*path, key) for key in value}
            fields = {str(key): resolve(value[key], (*path, key), scope) for key in value}
            kept = {key: each for key, each in fields.items() if not isinstance(each, _Gone)}
            return Fields(kept, paths, path)
        case bool() | int() | float() | None:
            return value
        case _:
            return _text(str(value))


def resolved(value: Json, path: Path, scope: Scope) -> Value:
    """The value of some JSON; null where nothing is left of it."""
    result = resolve(value, path, scope)
    return None if isinstance(result, _Gone) else result


def as_text(value: Value) -> Text | None:
    """A scalar as CloudFormation writes it into a string; None for a list or an object."""
    match value:
        case Text():
            return value
        case bool():
            return Text.literal("true" if value else "false")
        case int() | float():
            return Text.literal(str(value))
        case _:
            return None


def unknown(expression: str, *, because: str) -> Text:
    """The token for an expression that is known only at run time."""
    return Text.token(expression, Shape.ANY, because=because)


def _text(value: str) -> Text:
    if "{{resolve:" not in value:
        return Text.literal(value)
    parts, end = Text(""), 0
    for found in _DYNAMIC.finditer(value):
        parts += Text.literal(value[end : found.start()])
        parts += Text.token(found[0], Shape.GIVEN, because="it is looked up at deployment")
        end = found.end()
    return parts + Text.literal(value[end:])


def _ref(argument: Json, path: Path, scope: Scope) -> "Value | _Gone":
    name = as_text(resolved(argument, path, scope))
    if name is None or name.known is None:
        return unknown(f"Ref {name}", because="what it refers to is computed")
    return scope.ref(name.known)


def _get_att(argument: Json, path: Path, scope: Scope) -> Value:
    if isinstance(argument, str):
        argument = argument.split(".", 1)
    match resolved(argument, path, scope):
        case [Text(known=str(logical_id)), Text(known=str(attribute))]:
            return scope.attribute(logical_id, attribute)
        case other:
            return unknown(f"GetAtt {plain(other)}", because="what it refers to is computed")


def _sub(argument: Json, path: Path, scope: Scope) -> Value:
    own: Value = None
    match argument:
        case [str(template), variables]:
            own = resolved(variables, (*path, 1), scope)
        case str(template):
            pass
        case _:
            return unknown(f"Fn::Sub {argument}", because="its text is computed")
    parts, end = Text(""), 0
    for found in _BRACED.finditer(template):
        parts += _text(template[end : found.start()])
        parts += _braced(found, own if isinstance(own, Fields) else NOTHING, scope)
        end = found.end()
    return parts + _text(template[end:])


def _braced(found: re.Match[str], own: Fields, scope: Scope) -> Text:
    name = found[2].strip()
    if found[1]:
        return Text.literal(f"${{{found[2]}}}")
    if name in own:
        value: Value | _Gone = own[name]
    elif "." in name:
        value = scope.attribute(*name.split(".", 1))
    else:
        value = scope.ref(name)
    text = None if isinstance(value, _Gone) else as_text(value)
    return unknown(name, because="it is no string") if text is None else text


def _join(argument: Json, path: Path, scope: Scope) -> Value:
    match resolved(argument, path, scope):
        case [Text() as delimiter, Items() as members]:
            texts = [as_text(member) for member in members]
            if None not in texts:
                return Text.joined((text for text in texts if text is not None), delimiter.code)
            return unknown(f"Fn::Join {plain(members)}", because="its list holds no strings")
        case other:
            return unknown(f"Fn::Join {plain(other)}", because="its list is not known")


def _split(argument: Json, path: Path, scope: Scope) -> Value:
    match resolved(argument, path, scope):
        case [Text(known=str(delimiter)), Text() as source] if delimiter:
            return Items.of((path, piece) for piece in _pieces(source, delimiter))
        case other:
            return unknown(f"Fn::Split {plain(other)}", because="its text is not known")


def _pieces(source: Text, delimiter: str) -> Iterator[Text]:
    """The pieces, up to the first token that may itself contain the delimiter."""
    certain = True
    for index, piece in enumerate(source.split(delimiter)):
        certain = certain and all(token.shape.is_one_piece for token in piece.tokens)
        name = f"{source} split at {delimiter}, part {index}"
        because = f"what stands before it may contain {delimiter}"
        yield piece if certain else unknown(name, because=because)


def _select(argument: Json, path: Path, scope: Scope) -> Value:
    match resolved(argument, path, scope):
        case [index, Items() as members]:
            text = as_text(index)
            position = int(text.code) if text and text.code.isdecimal() else len(members)
            if position < len(members):
                return members[position]
            return unknown(f"Fn::Select {plain(members)}", because="it selects none of its list")
        case other:
            return unknown(f"Fn::Select {plain(other)}", because="its list is not known")


def _if(argument: Json, path: Path, scope: Scope) -> "Value | _Gone":
    match argument:
        case [str(condition), then, otherwise]:
            pass
        case _:
            return unknown(f"Fn::If {argument}", because="it needs a condition and two values")
    match scope.condition(condition):
        case True:
            return resolve(then, (*path, 1), scope)
        case False:
            return resolve(otherwise, (*path, 2), scope)
    one, other = resolve(then, (*path, 1), scope), resolve(otherwise, (*path, 2), scope)
    if one == other:
        return one
    return unknown(f"Fn::If {condition}", because=f"condition {condition} is open")


def _find_in_map(argument: Json, path: Path, scope: Scope) -> Value:
    match resolved(argument, path, scope):
        case [Text(known=str(name)), Text() as row, Text(known=str(key)), *_]:
            mapping = scope.mapping(name) or {}
            rows = [mapping.get(row.known)] if row.known else list(mapping.values())
            found = [resolved(each[key], path, scope) for each in rows if each and key in each]
            if found and len(found) == len(rows) and all(each == found[0] for each in found):
                return found[0]
            return unknown(f"Fn::FindInMap {name}.{row}.{key}", because="its row is not known")
        case other:
            return unknown(f"Fn::FindInMap {plain(other)}", because="what it looks up is computed")


def _import_value(argument: Json, path: Path, scope: Scope) -> Value:
    name = as_text(resolved(argument, path, scope))
    return Text.token(f"import {name}", Shape.GIVEN, because="another stack exports it")


def _base64(argument: Json, path: Path, scope: Scope) -> Value:
    text = as_text(resolved(argument, path, scope))
    if text is None or text.known is None:
        return unknown(f"Fn::Base64 {text}", because="its text is not known")
    return Text.literal(base64.b64encode(text.known.encode()).decode())


def _to_json_string(argument: Json, path: Path, scope: Scope) -> Value:
    return Text(json.dumps(_coded(resolved(argument, path, scope)), ensure_ascii=False))


def _coded(value: Value) -> Json:
    match value:
        case Text():
            return value.code
        case Items():
            return [_coded(member) for member in value]
        case Fields():
            return {key: _coded(member) for key, member in value.items()}
        case _:
            return value


def _length(argument: Json, path: Path, scope: Scope) -> Value:
    members = resolved(argument, path, scope)
    if isinstance(members, Items):
        return len(members)
    return unknown(f"Fn::Length {plain(members)}", because="its list is not known")


def _at_run_time(name: str, because: str) -> "Callable[[Json, Path, Scope], Value]":
    def function(argument: Json, path: Path, scope: Scope) -> Value:
        return unknown(f"{name} {plain(resolved(argument, path, scope))}", because=because)

    return function


_FUNCTIONS: "Mapping[str, Callable[[Json, Path, Scope], Value | _Gone]]" = {
    "Ref": _ref,
    "Fn::Base64": _base64,
    "Fn::Cidr": _at_run_time("Fn::Cidr", "no rule here depends on address blocks"),
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _at_run_time("Fn::GetAZs", "zones differ by account"),
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json_string,
    "Fn::Transform": _at_run_time("Fn::Transform", "a macro computes it"),
}
