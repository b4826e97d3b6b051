"""A comparison for the terminal: danger first, symbols with a legend, one closing sentence."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from cicdgen.diff import WIDER, Effect
from cicdgen.diff.statements import is_document, is_statement, listed
from cicdgen.reports import diff_words as words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cicdgen.cloudformation.values import Json
    from cicdgen.diff import Comparison, PropertyChange, ResourceChange

# What a terminal would obey: a template from anywhere may hold it.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_NONE: Mapping[str, str] = MappingProxyType({})
_ELEMENTS = (
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


def text(comparison: Comparison) -> str:
    """The whole comparison, ending in a sentence."""
    return document(hunks(comparison), legend([comparison]), words.closing(comparison))


def document(parts: Sequence[str], symbols: str, ending: str) -> str:
    """Hunks, below a legend and above a closing sentence."""
    whole = "\n\n".join([*([symbols] if symbols else []), *parts, ending])
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", whole) + "\n"


def folded(comparisons: Mapping[str, Comparison], prefixes: Mapping[str, str] = _NONE) -> str:
    """Several comparisons: what is the same in some of them is told once, with their names.

    Args:
        comparisons: by the name of the environment.
        prefixes: what the names of an environment's resources begin with. Two hunks are the same
            if they differ only in that: it is told as `shop-ENV`.
    """
    told: dict[str, list[tuple[str, str]]] = {}
    for name, comparison in comparisons.items():
        prefix = prefixes.get(name, "")
        shared = prefix.replace(name, "ENV")
        for hunk in hunks(comparison):
            general = hunk.replace(prefix, shared) if prefix else hunk
            told.setdefault(general, []).append((name, hunk))
    groups: dict[tuple[str, ...], list[str]] = {}
    for general, found in told.items():
        names = tuple(name for name, _ in found)
        same = len({hunk for _, hunk in found}) == 1
        groups.setdefault(names, []).append(found[0][1] if same else general)
    parts = ["\n\n".join([f"== {', '.join(names)} ==", *of]) for names, of in groups.items()]
    endings = [f"{name}: {words.closing(each)}" for name, each in comparisons.items()]
    return document(parts, legend(list(comparisons.values())), "\n".join(endings))


def legend(comparisons: Sequence[Comparison]) -> str:
    """The symbols that are used, and what they mean; empty if none is."""
    used = [change.effect for comparison in comparisons for change in comparison.resources]
    return "  ".join(
        f"{symbol} {effect.value}" for effect, symbol in words.SYMBOLS.items() if effect in used
    )


def hunks(comparison: Comparison) -> list[str]:
    """The permissions that widen, each resource, the rest: a block of lines each."""
    found = []
    permissions = list(_permissions(comparison))
    if permissions:
        found.append("\n".join(permissions))
    found += ["\n".join(_resource(change)) for change in comparison.resources]
    if comparison.other:
        lines = ["Outside of resources:"]
        lines += [line for change in comparison.other for line in _property(change)]
        found.append("\n".join(lines))
    if comparison.unchanged and not comparison.is_empty:
        found.append(f"({_count(comparison.unchanged, 'unchanged resource')} not shown)")
    return found


def _permissions(comparison: Comparison) -> Iterator[str]:
    verdicts = sorted(comparison.verdicts, key=lambda verdict: verdict.width not in WIDER)
    if verdicts:
        yield "Permissions:"
    for verdict in verdicts:
        mark = "!" if verdict.width in WIDER else " "
        yield f"  {mark} {words.width(verdict)}"
        if verdict.witness is not None:
            yield f"      newly allowed: {words.witness(verdict.witness)}"


def _resource(change: ResourceChange) -> Iterator[str]:
    danger = words.dangers(change)
    yield (
        f"{words.SYMBOLS[change.effect]} {change.logical_id} ({change.type})"
        f"{f'  ! {danger}' if danger else ''}"
    )
    for each in change.properties:
        yield from _property(each)
    if change.unchanged and change.effect is not Effect.DELETE:
        many = "properties" if change.unchanged > 1 else "property"
        yield f"    ({change.unchanged} unchanged {many} not shown)"


def _property(change: PropertyChange) -> Iterator[str]:
    head = f"    {words.symbol(change)} {words.place(change.path)}"
    before, after, ending = change.before, change.after, words.consequence(change)
    if is_statement(before) and is_statement(after):
        yield from _statement(head, before, after, ending)
    elif is_document(before) and is_document(after):
        yield f"{head}: the same, in other words{ending}"
    elif is_document(before or after):
        yield f"{head}:{ending}"
        for each in listed((before or after).get("Statement")):
            yield f"        {words.symbol(change)} {words.statement(each)}"
    elif _has_lines(before) and _has_lines(after):
        yield f"{head}:{ending}"
        yield from _lines(before, after)
    elif before is None or after is None:
        yield from _whole(head, after if before is None else before, ending)
    else:
        yield f"{head}: {words.value(before)} -> {words.value(after)}{ending}"


def _statement(head: str, before: Json, after: Json, ending: str) -> Iterator[str]:
    """What a statement gains and loses, element by element."""
    names = [each.get("Sid") for each in (before, after)]
    sid = f' "{names[1]}"' if names[1] else ""
    renamed = f' (was "{names[0]}")' if names[0] and names[0] != names[1] else ""
    yield f"{head}{sid}{renamed}: {after['Effect']}{ending}"
    for element in _ELEMENTS:
        old, new = (list(words.elements(each, element)) for each in (before, after))
        yield from (f"        - {element} {each}" for each in old if each not in new)
        yield from (f"        + {element} {each}" for each in new if each not in old)


def _has_lines(value: Json) -> bool:
    return isinstance(value, str) and "\n" in value


def _lines(before: str, after: str) -> Iterator[str]:
    """Text of several lines, compared line by line."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - most values have one line

    old, new = before.splitlines(), after.splitlines()
    for tag, i, j, k, m in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield f"          ({_count(j - i, 'unchanged line')} not shown)"
            continue
        yield from (f"        - {line}" for line in old[i:j])
        yield from (f"        + {line}" for line in new[k:m])


def _whole(head: str, value: Json, ending: str, indent: str = "        ") -> Iterator[str]:
    """A value that comes or goes, a line for each of its scalars."""
    match value:
        case _ if is_statement(value):
            yield f"{head}: {words.statement(value)}{ending}"
        case dict() if value:
            yield f"{head}:{ending}"
            for name, member in value.items():
                yield from _whole(f"{indent}{name}", member, "", f"{indent}    ")
        case str() if _has_lines(value):
            yield f"{head}:{ending}"
            yield from (f"{indent}| {line}" for line in value.splitlines())
        case list() if any(isinstance(member, dict | list) for member in value):
            yield f"{head}:{ending}"
            for member in value:
                yield from _whole(f"{indent}*", member, "", f"{indent}    ")
        case _:
            yield f"{head}: {words.value(value)}{ending}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
