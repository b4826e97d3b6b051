"""What a replacement brings about elsewhere: what refers to a replaced resource gets a new value.

A resource that has a name of its own keeps its ARN in words, or changes it visibly. One whose name
or id AWS makes up has the same words before and after, and another value: that is found here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.diff.change import Effect, Note, PropertyChange, ResourceChange
from cicdgen.diff.dangers import dangers
from cicdgen.diff.replacement import Traits, touches, traits
from cicdgen.diff.spelling import coded, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Resource, Stack
    from cicdgen.cloudformation.values import Json
    from cicdgen.diff.pairing import Pair

KNOWN_LATER = Note("(known after deploy)")
_REPLACED = (Effect.REPLACE, Effect.MAYBE_REPLACE)
_NONE = Traits()


def cascaded(found: list[ResourceChange], pair: Pair) -> list[ResourceChange]:
    """The changes, and those that follow from the replacements among them."""
    changes = {(change.logical_id, change.type): change for change in found}
    waiting = [change for change in found if change.effect in _REPLACED]
    done: set[str] = set()
    followers = _Followers(pair) if waiting else None
    while waiting and followers:
        cause = waiting.pop()
        if cause.logical_id in done or cause.logical_id not in pair.after.resources:
            continue
        done.add(cause.logical_id)
        for resource, places in followers.of(cause.logical_id):
            at = (resource.logical_id, resource.type)
            change = _followed(resource, changes.get(at), places, cause.effect)
            if change is not None:
                changes[at] = change
                if change.effect in _REPLACED:
                    waiting.append(change)
    return list(changes.values())


class _Followers:
    """Which resources hold what a resource's replacement makes anew.

    Each is written out, and its properties are searched, once: many may be replaced at a time.
    """

    def __init__(self, pair: Pair) -> None:
        self._resources = {
            name: each
            for name, each in pair.after.resources.items()
            if name in pair.before.resources
        }
        written = pair.after.template.resources
        self._written = {name: repr(written[name]) for name in self._resources}
        self._places: dict[str, list[tuple[Path, str, frozenset[str]]]] = {}

    def of(self, name: str) -> Iterator[tuple[Resource, list[tuple[Path, str]]]]:
        """The resources on both sides that hold such a value, and where."""
        for logical_id, text in self._written.items():
            # Most refer to nothing of the kind, and need not be resolved.
            if logical_id == name or name not in text:
                continue
            places = [
                (path, value) for path, value, made in self._made_in(logical_id) if name in made
            ]
            if places:
                yield self._resources[logical_id], places

    def _made_in(self, logical_id: str) -> list[tuple[Path, str, frozenset[str]]]:
        """The texts of a resource that hold what AWS makes up, and for which resources."""
        if logical_id not in self._places:
            resource = self._resources[logical_id]
            found = _strings(coded(resource.properties), resource.path)
            made = ((path, value, _made(value)) for path, value in found)
            self._places[logical_id] = [each for each in made if each[2]]
        return self._places[logical_id]


def _made(value: str) -> frozenset[str]:
    """The resources for which a text holds a token that stands for what AWS makes up for them."""
    if value.isascii():
        return frozenset()
    names = (token.name.partition(".")[0] for token in Text(value).tokens)
    return frozenset(name.removesuffix(" ARN").removesuffix(" name") for name in names)


def _strings(value: Json, path: Path) -> Iterator[tuple[Path, str]]:
    match value:
        case str():
            yield path, value
        case dict():
            for name, member in value.items():
                yield from _strings(member, (*path, name))
        case list():
            for index, member in enumerate(value):
                yield from _strings(member, (*path, index))
        case _:
            pass


def _followed(
    resource: Resource,
    known: ResourceChange | None,
    places: list[tuple[Path, str]],
    cause: Effect,
) -> ResourceChange | None:
    """The change of a resource that refers to a replaced one; None if all of it is told already."""
    old = known.properties if known else ()
    told = [change.path for change in old]
    more = [
        _later(path, value, resource.type, is_sure=cause is Effect.REPLACE)
        for path, value in places
        if not any(path[: len(each)] == each for each in told)
    ]
    if not more:
        return None
    effect = _worst(more, known)
    whole = {"Type": resource.type, "Properties": coded(resource.properties)}
    whole |= _policy(resource.stack, resource.logical_id)
    base = known or ResourceChange(
        logical_id=resource.logical_id,
        type=resource.type,
        effect=effect,
        unchanged=len(resource.properties),
    )
    return replace(
        base,
        effect=effect,
        properties=(*base.properties, *more),
        unchanged=base.unchanged - len({change.path[3] for change in more} - _tops(old)),
        dangers=base.dangers | frozenset(dangers(resource.type, effect, whole, whole)),
    )


def _later(path: Path, value: str, kind: str, *, is_sure: bool) -> PropertyChange:
    known = traits(kind) or _NONE
    forces = touches(known.create_only, path[3:], value, KNOWN_LATER)
    perhaps = touches(known.perhaps, path[3:], value, KNOWN_LATER)
    return PropertyChange(
        path=path,
        before=shown(value),
        after=KNOWN_LATER,
        forces_replacement=forces and is_sure,
        may_replace=perhaps or (forces and not is_sure),
    )


def _worst(more: list[PropertyChange], known: ResourceChange | None) -> Effect:
    if known is not None and known.effect is Effect.REPLACE:
        return Effect.REPLACE
    if any(change.forces_replacement for change in more):
        return Effect.REPLACE
    if any(change.may_replace for change in more):
        return Effect.MAYBE_REPLACE
    return known.effect if known else Effect.CHANGE


def _tops(changes: tuple[PropertyChange, ...]) -> set[str | int]:
    return {change.path[3] for change in changes if len(change.path) > 3}  # noqa: PLR2004 - its root


def _policy(stack: Stack, logical_id: str) -> dict[str, Json]:
    written = stack.template.resources[logical_id]
    return {name: written[name] for name in ("DeletionPolicy",) if name in written}
