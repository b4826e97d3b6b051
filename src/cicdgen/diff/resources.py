"""What is done to each resource of a stack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.cloudformation.intrinsics import resolved
from cicdgen.cloudformation.return_values import RETURN_VALUES
from cicdgen.diff.change import Danger, Effect, PropertyChange, ResourceChange
from cicdgen.diff.dangers import dangers
from cicdgen.diff.properties import differences
from cicdgen.diff.protections import protects
from cicdgen.diff.replacement import Traits, touches, traits
from cicdgen.diff.spelling import apart, coded, same, shown, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from cicdgen.cloudformation import Stack
    from cicdgen.cloudformation.values import Json
    from cicdgen.diff.pairing import Pair
    from cicdgen.diff.properties import Difference

_ATTRIBUTES = (
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "UpdatePolicy",
    "UpdateReplacePolicy",
)
_KNOWN_NONE = Traits()


def changes(pair: Pair) -> Iterator[ResourceChange]:
    """The resources that are different, in the order of the templates."""
    untouched = _untouched(pair)
    old, new = _resources(pair.before, untouched), _resources(pair.after, untouched)
    is_open = any(None in stack.conditions.values() for stack in pair)
    for logical_id in dict.fromkeys((*old, *new)):
        before, after = old.get(logical_id), new.get(logical_id)
        if before and after and is_open and (_is_open(before) or _is_open(after)):
            # What a condition hides that is still open is compared as it is written.
            before, after = (
                _as_written(pair.before, before, logical_id),
                _as_written(pair.after, after, logical_id),
            )
        if before and after and before["Type"] != after["Type"]:
            # CloudFormation refuses this one: a resource cannot change its type.
            yield _gone(logical_id, before, pair)
            yield _new(logical_id, after)
        elif before and after:
            change = _changed(logical_id, before, after)
            if change is not None:
                yield change
        elif before:
            yield _gone(logical_id, before, pair)
        elif after:
            yield _new(logical_id, after)


def _untouched(pair: Pair) -> AbstractSet[str]:
    """Resources that cannot be different: resolving all of them takes most of the time.

    They are written in the same words, and nothing that they may refer to has another value: the
    other sections are the same, and so is what every rewritten resource returns.
    """
    before, after = pair.before.template, pair.after.template
    sections = ("Parameters", "Conditions", "Mappings", "Transform")
    if (
        pair.before.parameters != pair.after.parameters
        or pair.before.resources.keys() != pair.after.resources.keys()
        or any(before.body.get(name) != after.body.get(name) for name in sections)
    ):
        return frozenset()
    same = {
        name
        for name in pair.before.resources
        if repr(before.resources[name]) == repr(after.resources[name])
    }
    rewritten = pair.before.resources.keys() - same
    if any(_returned(pair.before, name) != _returned(pair.after, name) for name in rewritten):
        return frozenset()
    return same


def _returned(stack: Stack, logical_id: str) -> tuple[Text, ...]:
    """All that a reference to a resource can come to, as far as the template tells."""
    resource = stack.resources[logical_id]
    known = RETURN_VALUES.get(resource.type)
    attributes = known.attributes if known else ()
    return (
        resource.arn,
        resource.name,
        resource.ref,
        Text.literal(resource.type),
        *map(resource.attribute, attributes),
    )


def _resources(stack: Stack, untouched: AbstractSet[str]) -> dict[str, dict[str, Json]]:
    """Each resource that exists, or may: its type, attributes and properties, coded."""
    found: dict[str, dict[str, Json]] = {}
    for logical_id, resource in stack.resources.items():
        if logical_id in untouched:
            continue
        written = stack.template.resources[logical_id]
        found[logical_id] = {"Type": resource.type, "Properties": coded(resource.properties)}
        for name in _ATTRIBUTES:
            if name in written:
                at = ("Resources", logical_id, name)
                found[logical_id][name] = coded(resolved(written[name], at, stack))
    return found


def _new(logical_id: str, after: Mapping[str, Json]) -> ResourceChange:
    return _whole(logical_id, after, Effect.ADD)


def _gone(logical_id: str, before: Mapping[str, Json], pair: Pair) -> ResourceChange:
    change = _whole(logical_id, before, Effect.DELETE)
    named = set(_named(pair.before.template.resources[logical_id].get("Properties")))
    known = named & set(pair.before.template.resources)
    if protects(before) and not (known and known.isdisjoint(pair.after.resources)):
        return replace(change, dangers=change.dangers | {Danger.DROP_PROTECTION})
    return change


def _named(value: Json) -> Iterator[str]:
    """The logical ids that some JSON refers to."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case dict():
            for member in value.values():
                yield from _named(member)
        case list():
            for member in value:
                yield from _named(member)
        case _:
            pass


def _is_open(resource: Mapping[str, Json]) -> bool:
    return any(
        token.name.startswith("Fn::If ")
        for text in texts(resource["Properties"])
        for token in Text(text).tokens
    )


def _as_written(stack: Stack, resource: Mapping[str, Json], logical_id: str) -> dict[str, Json]:
    written = stack.template.resources[logical_id]
    return {**resource, "Properties": written.get("Properties") or {}}


def _whole(logical_id: str, resource: Mapping[str, Json], effect: Effect) -> ResourceChange:
    added = effect is Effect.ADD
    before, after = ({}, resource) if added else (resource, {})
    kind = str(resource["Type"])
    return ResourceChange(
        logical_id=logical_id,
        type=kind,
        effect=effect,
        properties=tuple(
            PropertyChange(
                path=("Resources", logical_id, *path),
                before=None if added else shown(value),
                after=shown(value) if added else None,
            )
            for path, value in _members(resource)
        ),
        dangers=frozenset(dangers(kind, effect, before, after)),
    )


def _members(resource: Mapping[str, Json]) -> Iterator[tuple[tuple[str, ...], Json]]:
    for name, value in (resource.get("Properties") or {}).items():
        yield ("Properties", name), value
    for name in _ATTRIBUTES:
        if name in resource and name != "DependsOn":
            yield (name,), resource[name]


def _changed(
    logical_id: str, before: Mapping[str, Json], after: Mapping[str, Json]
) -> ResourceChange | None:
    kind = str(after["Type"])
    known = traits(kind)
    path = ("Resources", logical_id)
    unordered = (known or _KNOWN_NONE).unordered
    found = [
        _told(difference, known or _KNOWN_NONE)
        for difference in differences(before, after, path, unordered)
    ]
    if not found:
        return None
    effect = _effect(found, is_known=known is not None)
    old = before.get("Properties") or {}
    new = after.get("Properties") or {}
    return ResourceChange(
        logical_id=logical_id,
        type=kind,
        effect=effect,
        properties=tuple(found),
        unchanged=sum(name in new and same(old[name], new[name]) for name in old),
        dangers=frozenset(dangers(kind, effect, before, after)),
    )


def _told(difference: Difference, known: Traits) -> PropertyChange:
    path, before, after = difference
    one, other = apart(before, after)
    inside = path[3:]
    is_property = path[2:3] == ("Properties",)
    return PropertyChange(
        path=path,
        before=one,
        after=other,
        forces_replacement=is_property and touches(known.create_only, inside, before, after),
        may_replace=is_property and touches(known.perhaps, inside, before, after),
    )


def _effect(changes: list[PropertyChange], *, is_known: bool) -> Effect:
    if any(change.forces_replacement for change in changes):
        return Effect.REPLACE
    touched = any(change.path[2:3] == ("Properties",) for change in changes)
    if any(change.may_replace for change in changes) or (touched and not is_known):
        # Whoever makes a resource of one's own decides that when it is asked to update.
        return Effect.MAYBE_REPLACE
    return Effect.CHANGE
