"""The words that every format of a diff shares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicdgen.diff import Danger, Effect, Note, Width
from cicdgen.diff.statements import is_document, is_statement, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path
    from cicdgen.cloudformation.values import Json
    from cicdgen.diff import Comparison, PropertyChange, ResourceChange, Verdict, Witness

SYMBOLS = {
    Effect.ADD: "+",
    Effect.CHANGE: "~",
    Effect.MAYBE_REPLACE: "-/+?",
    Effect.REPLACE: "-/+",
    Effect.DELETE: "-",
    Effect.IMPORT: "<-",
}

_DANGERS = {
    Danger.REPLACE_STATEFUL: "replaces a stateful resource",
    Danger.DELETE_STATEFUL: "deletes a stateful resource",
    Danger.BROADEN_PERMISSION: "broadens a permission",
    Danger.DROP_PROTECTION: "drops a protection",
}


def symbol(change: PropertyChange) -> str:
    """The symbol of a property: added, changed or removed."""
    if change.before is None:
        return "+"
    return "-" if change.after is None else "~"


def dangers(change: ResourceChange) -> str:
    """What is dangerous about a change; nothing if nothing is."""
    return ", ".join(_DANGERS[danger] for danger in Danger if danger in change.dangers)


def place(path: Path) -> str:
    """A path below a resource: `Policies[0].PolicyDocument`."""
    inside = path[3:] if path[2:3] == ("Properties",) else path[2:]
    inside = path[1:] if path[:1] != ("Resources",) else inside
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in inside)
    return words.lstrip(".") or str(path[-1])


def consequence(change: PropertyChange) -> str:
    """What a property's change brings about."""
    if change.forces_replacement:
        return "  # forces replacement"
    return "  # may force replacement" if change.may_replace else ""


def value(of: Json) -> str:
    """A value on one line; a note is no value, and has no quotes."""
    if isinstance(of, Note):
        return str(of)
    if is_statement(of):
        return statement(of)
    if is_document(of):
        return "; ".join(statement(each) for each in listed(of.get("Statement")))
    return json.dumps(of, ensure_ascii=False)


def statement(of: Json) -> str:
    """A statement in words: `Allow s3:GetObject on ... when ...`."""
    if not is_statement(of):
        return json.dumps(of, ensure_ascii=False)
    words = [f'"{of["Sid"]}":'] if of.get("Sid") else []
    words.append(str(of["Effect"]))
    words += [f"{who}" for who in elements(of, "Principal")]
    words += [f"all but {who}" for who in elements(of, "NotPrincipal")]
    if "Action" in of:
        words.append(_some(elements(of, "Action")))
    else:
        words.append(f"all but {_some(elements(of, 'NotAction'))}")
    if "Resource" in of:
        words.append(f"on {_some(elements(of, 'Resource'))}")
    elif "NotResource" in of:
        words.append(f"on all but {_some(elements(of, 'NotResource'))}")
    tests = list(elements(of, "Condition"))
    if tests:
        words.append(f"when {' and '.join(tests)}")
    return " ".join(words)


def elements(of: Json, element: str) -> Iterator[str]:
    """The members of a statement's element, each in words."""
    found = of.get(element)
    match element, found:
        case "Condition", dict():
            for operator, keys in found.items():
                for key, values in keys.items() if isinstance(keys, dict) else ():
                    yield f"{key} {operator} {_some(map(str, listed(values)), ' or ')}"
        case (("Principal" | "NotPrincipal"), dict()):
            for members in found.values():
                yield from map(str, listed(members))
        case _:
            yield from map(str, listed(found))


def _some(words: Iterator[str], joint: str = ", ") -> str:
    return joint.join(words)


def width(verdict: Verdict) -> str:
    """The verdict on one subject in a line."""
    because = f" ({verdict.because})" if verdict.because else ""
    return f"{verdict.subject}: {verdict.width.value}{because}"


def witness(of: Witness) -> str:
    """A request that is newly allowed: `Role: s3:GetObject on ... when ...`."""
    when = " and ".join(f"{key} = {value}" for key, value in of.context)
    return f"{of.principal}: {of.action} on {of.resource}" + (f" when {when}" if when else "")


def closing(comparison: Comparison) -> str:
    """One sentence with all counts."""
    if comparison.is_empty:
        return "No changes: the templates mean the same."
    effects = [change.effect for change in comparison.resources]
    perhaps = effects.count(Effect.MAYBE_REPLACE)
    imported = effects.count(Effect.IMPORT)
    replaced = effects.count(Effect.REPLACE)
    counts = [
        f"{effects.count(Effect.ADD)} to add",
        f"{effects.count(Effect.CHANGE)} to change",
        f"{replaced} to replace",
        *([f"{perhaps} to replace, perhaps"] if perhaps else []),
        f"{effects.count(Effect.DELETE)} to delete",
        *([f"{imported} to import"] if imported else []),
    ]
    return f"Plan: {', '.join(counts)}; permissions: {permissions(comparison)}"


def permissions(comparison: Comparison) -> str:
    """How many verdicts of which width: `1 broader`."""
    found = [verdict.width for verdict in comparison.verdicts]
    order = (Width.BROADER, Width.BOTH, Width.UNKNOWN, Width.NARROWER, Width.SAME)
    counts = [f"{found.count(each)} {_SHORT[each]}" for each in order if each in found]
    return ", ".join(counts) or "unchanged"


_SHORT = {
    Width.SAME: "same",
    Width.NARROWER: "narrower",
    Width.BROADER: "broader",
    Width.BOTH: "narrower and broader",
    Width.UNKNOWN: "unknown",
}
