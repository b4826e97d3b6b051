"""Policy documents compared as IAM reads them: statement by statement, in no order.

Source: IAM/reference_policies_elements (lists in a statement have no order, action names and
condition keys no case).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cicdgen.diff.spelling import key, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.cloudformation.values import Json

Meaning: TypeAlias = frozenset[tuple[str, str]]
"""What a statement says, each element once, whatever the order and the `Sid`."""

_CLOSE = 0.3
"""How much two statements have to share to be told as one that was changed."""


def is_document(value: Json) -> bool:
    """Whether a value is a policy document."""
    return isinstance(value, dict) and any(
        isinstance(statement, dict) and "Effect" in statement
        for statement in listed(value.get("Statement"))
    )


def is_statement(value: Json) -> bool:
    """Whether a value is a statement of one."""
    return (
        isinstance(value, dict)
        and "Effect" in value
        and ("Action" in value or "NotAction" in value)
    )


def listed(value: Json) -> list[Json]:
    """A value that may be a list or one member."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def meaning(statement: Json) -> Meaning:
    """What a statement says."""
    if not isinstance(statement, dict):
        return frozenset({("", key(statement))})
    found: set[tuple[str, str]] = set()
    for element, value in statement.items():
        if element != "Sid":
            found |= _of_element(element, value)
    return frozenset(found)


def _of_element(element: str, value: Json) -> set[tuple[str, str]]:
    match element, value:
        case (("Action" | "NotAction"), _):
            return {(element, str(scalar(each)).lower()) for each in listed(value)}
        case (("Principal" | "NotPrincipal"), dict()):
            return {(f"{element} {kind}", key(e)) for kind, of in value.items() for e in listed(of)}
        case "Condition", dict():
            return {
                (f"{element} {operator} {name.lower()}", key(each))
                for operator, keys in value.items()
                if isinstance(keys, dict)
                for name, of in keys.items()
                for each in listed(of)
            }
        case (("Principal" | "NotPrincipal"), "*"):
            return {(f"{element} AWS", key("*"))}
        case _:
            return {(element, key(each)) for each in listed(value)}


def matched(
    before: Sequence[Json], after: Sequence[Json]
) -> Iterator[tuple[int | None, int | None]]:
    """Which statement became which, by index: those of the same meaning, `Sid`, or the closest.

    What has no counterpart stands beside None.
    """
    old = {i: meaning(each) for i, each in enumerate(before)}
    new = {i: meaning(each) for i, each in enumerate(after)}
    partner: dict[int, int] = {}

    def take(one: int, other: int) -> None:
        partner[other] = one
        del old[one], new[other]

    for other, said in list(new.items()):
        one = next((i for i, each in old.items() if each == said), None)
        if one is not None:
            take(one, other)
    for other in list(new):
        sid = _sid(after[other])
        one = next((i for i in old if sid is not None and _sid(before[i]) == sid), None)
        if one is not None:
            take(one, other)
    for score, one, other in sorted(
        ((_likeness(o, n), i, j) for i, o in old.items() for j, n in new.items()), reverse=True
    ):
        if score >= _CLOSE and one in old and other in new:
            take(one, other)
    yield from ((partner.get(index), index) for index in range(len(after)))
    yield from ((index, None) for index in old)


def _sid(statement: Json) -> Json:
    return statement.get("Sid") if isinstance(statement, dict) else None


def _likeness(one: Meaning, other: Meaning) -> float:
    """The share of elements in common; none for an Allow and a Deny."""
    effects = [{said for said in each if said[0] == "Effect"} for each in (one, other)]
    if effects[0] != effects[1]:
        return 0
    first, second = one - effects[0], other - effects[1]
    return len(first & second) / (len(first | second) or 1)
