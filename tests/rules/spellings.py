"""Other ways to write one and the same template, as people and generators write them.

A spelling changes every place of its kind: each string becomes a parameter with a default, say, or
each list member stands under a condition. What the template becomes stays what it was, in one of
its cases.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Json = Any
_DOCUMENTS = frozenset({"PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument"})
_NOTHING = {"Ref": "AWS::NoValue"}


def _is_function(value: Json) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    name = next(iter(value))
    return name in {"Ref", "Condition"} or name.startswith("Fn::")


def _leaves(value: Json, spell: Callable[[Json], Json]) -> Json:
    match value:
        case dict() if _is_function(value):
            return value
        case dict():
            return {key: _leaves(each, spell) for key, each in value.items()}
        case list():
            return [_leaves(each, spell) for each in value]
        case _:
            return spell(value)


def _each_string(body: Json, spell: Callable[[str], Json]) -> Json:
    def spelt(value: Json) -> Json:
        return spell(value) if isinstance(value, str) and value else value

    return _each_property(body, lambda value: _leaves(value, spelt))


def _each_property(body: Json, spell: Callable[[Json], Json]) -> Json:
    changed = deepcopy(body)
    for resource in changed["Resources"].values():
        properties = resource.get("Properties", {})
        resource["Properties"] = {key: spell(value) for key, value in properties.items()}
    return changed


def _staged(body: Json) -> Json:
    body.setdefault("Parameters", {})["Stage"] = {"Type": "String"}
    use = {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}
    body.setdefault("Conditions", {})["Use"] = use
    return body


def defaults(body: Json) -> Json:
    """Each string is a parameter with a default."""
    parameters = dict(body.get("Parameters", {}))

    def spell(value: str) -> Json:
        name = f"Given{len(parameters)}"
        parameters[name] = {"Type": "String", "Default": value}
        return {"Ref": name}

    return {**_each_string(body, spell), "Parameters": parameters}


def mapped(body: Json) -> Json:
    """Each string is looked up by region, and is the same in all."""
    row: dict[str, str] = {}

    def spell(value: str) -> Json:
        name = f"Row{len(row)}"
        row[name] = value
        return {"Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, name]}

    changed = _each_string(body, spell)
    changed.setdefault("Mappings", {})["Regions"] = {"us-east-1": row, "eu-west-1": row}
    return changed


def joined(body: Json) -> Json:
    """Each string is put together of two halves."""
    return _each_string(
        body, lambda text: {"Fn::Join": ["", [text[: len(text) // 2], text[len(text) // 2 :]]]}
    )


def substituted(body: Json) -> Json:
    """Each string is a variable of its own Fn::Sub."""
    return _each_string(body, lambda text: {"Fn::Sub": ["${Value}", {"Value": text}]})


def selected(body: Json) -> Json:
    """Each string is one of a list."""
    return _each_string(body, lambda text: {"Fn::Select": ["1", ["another", text]]})


def chosen(body: Json) -> Json:
    """Each string is there in one stage, and another in the others."""
    return _staged(_each_string(body, lambda text: {"Fn::If": ["Use", text, "another"]}))


def _members(value: Json) -> Json:
    match value:
        case dict() if _is_function(value):
            return value
        case dict():
            return {key: _members(each) for key, each in value.items()}
        case list():
            return [{"Fn::If": ["Use", _members(each), _NOTHING]} for each in value]
        case _:
            return value


def optional_members(body: Json) -> Json:
    """Each member of a list, statements among them, is there in one stage alone."""
    return _staged(_each_property(body, _members))


def _objects(value: Json) -> Json:
    match value:
        case dict() if _is_function(value):
            return value
        case dict():
            inner = {key: _objects(each) for key, each in value.items()}
            return {"Fn::If": ["Use", inner, _NOTHING]}
        case list():
            return [_objects(each) for each in value]
        case _:
            return value


def optional_objects(body: Json) -> Json:
    """Each object within the properties is there in one stage alone."""
    return _staged(_each_property(body, _objects))


def conditional(body: Json) -> Json:
    """Each resource is there in one stage alone."""
    changed = _staged(deepcopy(body))
    for resource in changed["Resources"].values():
        resource.setdefault("Condition", "Use")
    return changed


def dotted(body: Json) -> Json:
    """Fn::GetAtt of one string."""

    def spell(value: Json) -> Json:
        match value:
            case {"Fn::GetAtt": [name, attribute]}:
                return {"Fn::GetAtt": f"{name}.{attribute}"}
            case dict():
                return {key: spell(each) for key, each in value.items()}
            case list():
                return [spell(each) for each in value]
            case _:
                return value

    return _each_property(body, spell)


def referred_in_text(body: Json) -> Json:
    """Ref and Fn::GetAtt as Fn::Sub."""

    def spell(value: Json) -> Json:
        match value:
            case {"Fn::GetAtt": [name, attribute]}:
                return {"Fn::Sub": f"${{{name}.{attribute}}}"}
            case {"Ref": str(name)} if name != "AWS::NoValue":
                return {"Fn::Sub": f"${{{name}}}"}
            case dict():
                return {key: spell(each) for key, each in value.items()}
            case list():
                return [spell(each) for each in value]
            case _:
                return value

    return _each_property(body, spell)


def _other_number(value: Json) -> Json:
    """A list of one as its member, and a single value as a list."""
    if not isinstance(value, list):
        return [value]
    return value[0] if len(value) == 1 else value


def _respelt(document: Json) -> Json:
    statements = document["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        if _is_function(statement):
            continue
        for element in ("Action", "NotAction", "Resource", "NotResource"):
            if element in statement:
                statement[element] = _other_number(statement[element])
        tests = statement.get("Condition", {}).values()
        for named in (statement.get("Principal"), *tests):
            if isinstance(named, dict) and not _is_function(named):
                named.update({key: _other_number(value) for key, value in named.items()})
    return {**document, "Statement": _other_number(statements)}


def scalars_and_lists(body: Json) -> Json:
    """In policies lists of one as scalars, and scalars as lists."""

    def spell(value: Json, name: str = "") -> Json:
        match value:
            case dict() if name in _DOCUMENTS and not _is_function(value):
                return _respelt(value)
            case dict():
                return {key: spell(each, key) for key, each in value.items()}
            case list():
                return [spell(each) for each in value]
            case _:
                return value

    changed = deepcopy(body)
    return {**changed, "Resources": spell(changed["Resources"])}


SPELLINGS = (
    defaults,
    mapped,
    joined,
    substituted,
    selected,
    chosen,
    optional_members,
    optional_objects,
    conditional,
    dotted,
    referred_in_text,
    scalars_and_lists,
)


def unknown(body: Json) -> Json:
    """Each string is given at deployment, and nobody knows it."""
    parameters = dict(body.get("Parameters", {}))

    def spell(_: str) -> Json:
        name = f"Given{len(parameters)}"
        parameters[name] = {"Type": "String"}
        return {"Ref": name}

    return {**_each_string(body, spell), "Parameters": parameters}
