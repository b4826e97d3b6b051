"""Two templates to one comparison."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from cicdgen.cloudformation import SOMEWHERE
from cicdgen.cloudformation.intrinsics import resolved
from cicdgen.diff.cascade import cascaded
from cicdgen.diff.change import (
    WIDER,
    Comparison,
    Danger,
    Effect,
    PropertyChange,
    ResourceChange,
)
from cicdgen.diff.pairing import pairs, read
from cicdgen.diff.properties import differences
from cicdgen.diff.relevance import may_permit
from cicdgen.diff.resources import changes
from cicdgen.diff.spelling import apart, coded

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from cicdgen.cloudformation import Account
    from cicdgen.cloudformation.values import Json
    from cicdgen.diff.change import Verdict
    from cicdgen.diff.pairing import Pair

_NONE: Mapping[str, str] = MappingProxyType({})
_AS_WRITTEN = ("Description", "Transform", "Parameters", "Mappings", "Conditions", "Rules", "Hooks")

_BY_WEIGHT = (
    Effect.REPLACE,
    Effect.MAYBE_REPLACE,
    Effect.DELETE,
    Effect.CHANGE,
    Effect.IMPORT,
    Effect.ADD,
)


def compare(
    before: Mapping[str, Json],
    after: Mapping[str, Json],
    *,
    account: Account = SOMEWHERE,
    before_parameters: Mapping[str, str] = _NONE,
    after_parameters: Mapping[str, str] = _NONE,
) -> Comparison:
    """What is different between two templates, for whoever reads, and for whoever approves.

    Args:
        before: the body of the template that is there; empty if nothing is.
        after: the body of the template that comes.
        account: where the stack lives, as far as it is known.
        before_parameters: the values that the stack has; a template's defaults are filled in.
        after_parameters: the values that it will have.
    """
    both = pairs(read(before), read(after), account, before_parameters, after_parameters)
    found = _merged(change for pair in both for change in cascaded(list(changes(pair)), pair))
    touched = {change.logical_id for change in found}
    names = {name for pair in both for name in (*pair.before.resources, *pair.after.resources)}
    judged = _judged(both, found)
    wider = {verdict.subject for verdict in judged if verdict.width in WIDER}
    found = [_widening(change) if change.logical_id in wider else change for change in found]
    causes = {name for each in judged if each.width in WIDER for name in each.via}
    return Comparison(
        resources=tuple(sorted(found, key=lambda change: _weight(change, causes))),
        verdicts=judged,
        other=_union((), tuple(_other(both))),
        unchanged=len(names - touched),
    )


def _judged(both: tuple[Pair, ...], found: Sequence[ResourceChange]) -> tuple[Verdict, ...]:
    if not any(may_permit(change) for change in found):
        return ()
    # The evaluator takes as long to import as everything else together.
    from cicdgen.diff.verdicts import verdicts  # noqa: PLC0415

    return verdicts(both, found)


def _widening(change: ResourceChange) -> ResourceChange:
    return replace(change, dangers=change.dangers | {Danger.BROADEN_PERMISSION})


def _merged(found: Iterable[ResourceChange]) -> list[ResourceChange]:
    """One change a resource, where several cases change it: the gravest effect, every property."""
    merged: dict[tuple[str, str], ResourceChange] = {}
    for change in found:
        at = (change.logical_id, change.type)
        known = merged.setdefault(at, change)
        if known != change:
            merged[at] = replace(
                known,
                effect=min(known.effect, change.effect, key=_BY_WEIGHT.index),
                properties=_union(known.properties, change.properties),
                unchanged=min(known.unchanged, change.unchanged),
                dangers=known.dangers | change.dangers,
            )
    return list(merged.values())


def _union(
    one: tuple[PropertyChange, ...], other: tuple[PropertyChange, ...]
) -> tuple[PropertyChange, ...]:
    found = list(one)
    found += [change for index, change in enumerate(other) if change not in (*one, *other[:index])]
    return tuple(found)


def _weight(change: ResourceChange, causes: Container[str]) -> tuple[int, int]:
    """Its place: by the worst danger, then what makes a permission wider, then by its effect."""
    order = list(Danger)
    harmless = len(order) + (change.logical_id not in causes)
    worst = min((order.index(danger) for danger in change.dangers), default=harmless)
    return worst, _BY_WEIGHT.index(change.effect)


def _other(both: Iterable[Pair]) -> Iterator[PropertyChange]:
    for pair in both:
        old, new = pair.before.template.body, pair.after.template.body
        for name in _AS_WRITTEN:
            yield from _told(old.get(name), new.get(name), name)
        outputs = [
            coded(resolved(stack.template.section("Outputs"), ("Outputs",), stack))
            for stack in pair
        ]
        yield from _told(outputs[0], outputs[1], "Outputs")


def _told(before: Json, after: Json, name: str) -> Iterator[PropertyChange]:
    for path, was, now in differences(before, after, (name,)):
        one, other = apart(was, now)
        yield PropertyChange(path=path, before=one, after=other)
