"""A deployment in words: each happening as the lines that a person reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.deploying.happenings import Ended, Happened, Noted, Proposed, Target
from cicdgen.diff.change import Danger, Effect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.aws.change_sets import Detail
    from cicdgen.deploying.classes import Classified
    from cicdgen.deploying.destroying import Remains
    from cicdgen.deploying.happenings import Happening
    from cicdgen.deploying.inquiring import Found

# What a terminal would obey: what AWS says may hold somebody's text.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")

SYMBOLS = {
    Effect.ADD: "+",
    Effect.CHANGE: "~",
    Effect.MAYBE_REPLACE: "?/+",
    Effect.REPLACE: "-/+",
    Effect.DELETE: "-",
    Effect.IMPORT: ">",
}
_DANGERS = {
    Danger.REPLACE_STATEFUL: "replaces what holds state",
    Danger.DELETE_STATEFUL: "deletes what holds state",
    Danger.BROADEN_PERMISSION: "broadens a permission",
    Danger.DROP_PROTECTION: "drops a protection",
}
_LONGEST_VALUE = 100


def clean(text: str) -> str:
    """The text without what a terminal would obey."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def lines(happening: Happening) -> list[str]:
    """What is told of it."""
    match happening:
        case Target():
            found = list(target(happening))
        case Proposed():
            found = list(_proposed(happening))
        case Happened(event=event, done=done, total=total):
            reason = f"  {event.reason}" if event.reason else ""
            count = f"{done}/{total}"
            found = [f"{event.at}  {count:>7}  {event.status:<20}  {event.logical_id}{reason}"]
        case Noted(text=text, is_warning=is_warning):
            found = [f"{'warning: ' if is_warning else ''}{text}"]
        case Ended():
            found = [f"{happening.status}", *(f"stays: {each}" for each in happening.details)]
    return [clean(line) for line in found]


def target(where: Target) -> Iterator[str]:
    """Where the run goes; the endpoint before all, if it is not AWS."""
    if where.endpoint is not None:
        yield f"target: {where.endpoint} (not AWS)"
    yield f"stack {where.stack} in account {where.account}, {where.region}, as {where.who}"


def _proposed(found: Proposed) -> Iterator[str]:
    used = [each.effect for each in found.changes]
    yield "  ".join(f"{mark} {effect.value}" for effect, mark in SYMBOLS.items() if effect in used)
    for each in found.changes:
        yield from _change(each)
    for verdict in found.comparison.verdicts:
        if verdict.witness is not None:
            witness = verdict.witness
            yield (
                f"! {verdict.subject}: {verdict.width.value}, e.g. {witness.principal} may "
                f"{witness.action} on {witness.resource}"
            )
    for validation in found.validations:
        kind = "error" if validation.fails else "warning"
        yield f"{kind}: {validation.logical_id}{validation.path}: {validation.reason}"
    if found.capabilities:
        yield f"capabilities: {', '.join(found.capabilities)}"
    yield f"change set: {found.arn}"
    yield closing(found)


def _change(each: Classified) -> Iterator[str]:
    dangers = "; ".join(_DANGERS[danger] for danger in each.dangers)
    mark = f"  ! {dangers}" if dangers else ""
    yield f"{SYMBOLS[each.effect]:>3} {each.change.logical_id} ({each.change.type}){mark}"
    if each.effect in {Effect.ADD, Effect.DELETE}:
        return
    for detail in dict.fromkeys(each.change.details):
        yield f"      {_detail(detail)}"


def _detail(detail: Detail) -> str:
    before, after = (_short(value) for value in (detail.before, detail.after))
    values = f": {before} -> {after}" if before or after else ""
    cause = f" (follows {detail.cause})" if detail.cause else ""
    forces = {"Always": "  # forces replacement", "Conditionally": "  # may force replacement"}
    return f"{detail.path}{values}{cause}{forces.get(detail.recreation, '')}"


def _short(value: str | None) -> str:
    if value is None:
        return ""
    if len(value) <= _LONGEST_VALUE or value.startswith("arn:"):
        return value
    return f"{value[:_LONGEST_VALUE]}... ({len(value)} characters)"


def closing(found: Proposed) -> str:
    """`Plan: 2 to add, 1 to change, 0 to replace, 0 to delete; 1 needs to be allowed`."""
    effects = [each.effect for each in found.changes]
    replaced = effects.count(Effect.REPLACE) + effects.count(Effect.MAYBE_REPLACE)
    parts = [
        f"{effects.count(Effect.ADD)} to add",
        f"{effects.count(Effect.CHANGE)} to change",
        f"{replaced} to replace",
        f"{effects.count(Effect.DELETE)} to delete",
    ]
    if imported := effects.count(Effect.IMPORT):
        parts.append(f"{imported} to import")
    dangerous = sum(bool(each.dangers) for each in found.changes)
    return f"Plan: {', '.join(parts)}" + (f"; {dangerous} dangerous" if dangerous else "")


def remains(found: Remains) -> list[str]:
    """What deleting a stack comes to, before anybody is asked."""
    told = [f"  - {each.logical_id} ({each.type})" for each in found.goes]
    told += [
        f"  = {each.logical_id} ({each.type}) stays: {each.physical_id}" for each in found.kept
    ]
    told += [f"  ! {each.logical_id} is not empty: {each.physical_id}" for each in found.full]
    told.append(
        f"Destroy: {len(found.goes)} to delete, {len(found.kept)} stay, {len(found.full)} not empty"
    )
    return [clean(line) for line in told]


def status(found: Found) -> str:
    """How a stack is, what failed, what to do next."""
    told = [f"{found.state.status}: {found.state.means}"]
    if found.stack is not None and found.stack.reason:
        told.append(f"reason: {found.stack.reason}")
    if found.first is not None:
        first = found.first
        told.append(f"first failed: {first.logical_id} ({first.type}): {first.reason}")
    if found.stack is not None:
        guard = "on" if found.stack.is_protected else "off"
        told.append(f"termination protection: {guard}")
    told.append(f"next: {found.next}")
    return "".join(f"{clean(line)}\n" for line in told)


def outputs(pairs: Sequence[tuple[str, str]]) -> str:
    """The outputs, a line each."""
    return "".join(f"{name}={clean(value)}\n" for name, value in pairs)
