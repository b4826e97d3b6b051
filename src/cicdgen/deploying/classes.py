"""The changes of a change set, and the classes of danger they fall under.

What is replaced and deleted is CloudFormation's to say; what is permitted and protected is ours,
by comparing the templates. What neither can tell counts as dangerous.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cicdgen.diff.change import Danger, Effect, Width
from cicdgen.diff.dangers import holds_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cicdgen.aws.described import Change
    from cicdgen.cloudformation import Account
    from cicdgen.cloudformation.values import Json
    from cicdgen.diff.change import Comparison

    class Classify(Protocol):
        """Compare two templates, as `cicdgen.diff.compare` does."""

        def __call__(
            self,
            before: Mapping[str, Json],
            after: Mapping[str, Json],
            *,
            account: Account,
            before_parameters: Mapping[str, str],
            after_parameters: Mapping[str, str],
        ) -> Comparison:
            """What is different."""


_KEPT = frozenset({"Retain", "Snapshot"})
_OF_PERMISSION = frozenset({Danger.BROADEN_PERMISSION, Danger.DROP_PROTECTION})
_WIDER = frozenset({Width.BROADER, Width.BOTH, Width.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """One resource's change.

    Attributes:
        change: in AWS's words.
        effect: in ours.
        dangers: the classes it falls under, in the order of Danger.
    """

    change: Change
    effect: Effect
    dangers: tuple[Danger, ...] = ()


Need = tuple[Danger, str]
"""A class that has to be allowed, and the logical id that it is about."""


def classified(
    changes: Sequence[Change], comparison: Comparison, *, is_new_stack: bool
) -> tuple[Classified, ...]:
    """Every change with its dangers, the most dangerous first."""
    of_ours: dict[str, set[Danger]] = {}
    for danger, name in () if is_new_stack else _compared(comparison):
        of_ours.setdefault(name, set()).add(danger)
    found = []
    for change in changes:
        effect = effect_of(change)
        mine = {*_of_state(change, effect), *of_ours.get(change.logical_id, ())}
        dangers = tuple(danger for danger in Danger if danger in mine)
        found.append(Classified(change=change, effect=effect, dangers=dangers))
    return tuple(sorted(found, key=_weight))


def needs(
    changes: Sequence[Classified], comparison: Comparison, *, is_new_stack: bool
) -> tuple[Need, ...]:
    """Everything that has to be allowed: of the change set, and of what it does not list.

    A policy of deletion can change without a change of the resource.
    """
    found = [(danger, each.change.logical_id) for each in changes for danger in each.dangers]
    if not is_new_stack:
        found += _compared(comparison)
    return tuple(dict.fromkeys(sorted(found, key=lambda need: (list(Danger).index(need[0]), need))))


def _compared(comparison: Comparison) -> Iterator[Need]:
    """What comparing the templates says of permissions and protections."""
    for danger, name in comparison.dangers:
        if danger in _OF_PERMISSION:
            yield danger, name
    for verdict in comparison.verdicts:
        if verdict.width in _WIDER:
            yield Danger.BROADEN_PERMISSION, verdict.subject


def effect_of(change: Change) -> Effect:
    """What CloudFormation does, in our words; what it leaves open may be a replacement."""
    match change.action, change.replacement:
        case "Add", _:
            return Effect.ADD
        case "Import", _:
            return Effect.IMPORT
        case "Remove", _:
            return Effect.DELETE
        case _, "True":
            return Effect.REPLACE
        case "Modify", "False":
            return Effect.CHANGE
        case _:
            return Effect.MAYBE_REPLACE


def _of_state(change: Change, effect: Effect) -> Iterator[Danger]:
    match effect:
        case Effect.REPLACE | Effect.MAYBE_REPLACE if holds_state(change.type):
            yield Danger.REPLACE_STATEFUL
        case Effect.DELETE if holds_state(change.type) and change.policy_action not in _KEPT:
            yield Danger.DELETE_STATEFUL
        case _:
            pass


def _weight(each: Classified) -> tuple[int, int, str]:
    order = list(Danger)
    worst = order.index(each.dangers[0]) if each.dangers else len(order)
    effects = (
        Effect.REPLACE,
        Effect.MAYBE_REPLACE,
        Effect.DELETE,
        Effect.CHANGE,
        Effect.IMPORT,
        Effect.ADD,
    )
    return worst, effects.index(each.effect), each.change.logical_id
