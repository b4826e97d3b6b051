"""What is different in a resource's properties, as far down as a reader wants to know."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from cicdgen.diff.spelling import key, same
from cicdgen.diff.statements import is_document, listed, matched, meaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.cloudformation import Path
    from cicdgen.cloudformation.values import Json

_IDENTITIES = ("Key", "Name", "PolicyName", "Id", "AttributeName", "IndexName", "Sid")
"""Members that tell one object of a list from another."""


class Difference(NamedTuple):
    """One place that is different, in coded JSON; None where it is absent."""

    path: Path
    before: Json
    after: Json


def differences(
    before: Json, after: Json, path: Path, unordered: Sequence[str] = ()
) -> Iterator[Difference]:
    """The outermost differences that a reader understands.

    Args:
        before: coded JSON, or None.
        after: the same.
        path: where both stand.
        unordered: properties whose lists have no order.
    """
    if same(before, after):
        return
    match before, after:
        case dict(), dict() if is_document(before) and is_document(after):
            yield from _of_documents(before, after, path)
        case dict(), dict():
            yield from _of_objects(before, after, path, unordered)
        case list(), list():
            yield from _of_lists(before, after, path, unordered)
        case _:
            yield Difference(path, before, after)


def _of_objects(
    before: dict[str, Json], after: dict[str, Json], path: Path, unordered: Sequence[str]
) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        yield from differences(before.get(name), after.get(name), (*path, name), unordered)


def _of_documents(
    before: dict[str, Json], after: dict[str, Json], path: Path
) -> Iterator[Difference]:
    found = list(
        _of_objects(
            {name: value for name, value in before.items() if name != "Statement"},
            {name: value for name, value in after.items() if name != "Statement"},
            path,
            (),
        )
    )
    old, new = listed(before.get("Statement")), listed(after.get("Statement"))
    for one, other in matched(old, new):
        was = None if one is None else old[one]
        now = None if other is None else new[other]
        at = (*path, "Statement", one if other is None else other)
        if was is None or now is None or meaning(was) != meaning(now) or _sid(was) != _sid(now):
            found.append(Difference(tuple(step for step in at if step is not None), was, now))
    # The same in other words, or in another order: CloudFormation updates it all the same.
    yield from found or [Difference(path, before, after)]


def _sid(statement: Json) -> Json:
    return statement.get("Sid") if isinstance(statement, dict) else None


def _of_lists(
    before: list[Json], after: list[Json], path: Path, unordered: Sequence[str]
) -> Iterator[Difference]:
    name = _identity(before, after)
    if name is not None:
        yield from _of_named(before, after, path, unordered, name)
        return
    old, new = [key(each) for each in before], [key(each) for each in after]
    if Counter(old) == Counter(new):
        if not _has_no_order(path, unordered):
            yield Difference(path, before, after)
        return
    if _has_no_order(path, unordered):
        yield from _of_sets(before, after, path)
        return
    from difflib import SequenceMatcher  # noqa: PLC0415 - most lists have names, or no order

    for tag, i, j, k, m in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for offset in range(max(j - i, m - k)):
            was = before[i + offset] if i + offset < j else None
            now = after[k + offset] if k + offset < m else None
            at = (*path, k + offset if now is not None else i + offset)
            yield from differences(was, now, at, unordered)


def _of_sets(before: list[Json], after: list[Json], path: Path) -> Iterator[Difference]:
    more = Counter(key(each) for each in after)
    more.subtract(key(each) for each in before)
    for index, each in enumerate(before):
        if more[key(each)] < 0:
            more[key(each)] += 1
            yield Difference((*path, index), each, None)
    for index, each in enumerate(after):
        if more[key(each)] > 0:
            more[key(each)] -= 1
            yield Difference((*path, index), None, each)


def _of_named(
    before: list[Json], after: list[Json], path: Path, unordered: Sequence[str], name: str
) -> Iterator[Difference]:
    old = {key(each[name]): (index, each) for index, each in enumerate(before)}
    new = {key(each[name]): (index, each) for index, each in enumerate(after)}
    for label in dict.fromkeys((*old, *new)):
        index, was = old.get(label, (0, None))
        index, now = new.get(label, (index, None))
        yield from differences(was, now, (*path, index), unordered)
    kept = [[label for label in one if label in other] for one, other in ((old, new), (new, old))]
    if kept[0] != kept[1] and not _has_no_order(path, unordered):
        yield Difference(path, [each[name] for each in before], [each[name] for each in after])


def _identity(before: list[Json], after: list[Json]) -> str | None:
    """The member by which the objects of both lists are told apart."""
    for name in _IDENTITIES:
        for members in (before, after):
            found = [each.get(name) if isinstance(each, dict) else None for each in members]
            if None in found or len({key(each) for each in found}) < len(found):
                break
        else:
            return name
    return None


def _has_no_order(path: Path, unordered: Sequence[str]) -> bool:
    return bool(path) and path[-1] in {*unordered, "DependsOn", "Tags"}
