"""A deployment in words: each happening as the lines that a person reads."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cicdgen.deploying.happenings import Ended, Happened, Noted, Proposed, Target
from cicdgen.diff.cascade import KNOWN_LATER
from cicdgen.diff.change import Comparison, Effect, Note, PropertyChange, ResourceChange
from cicdgen.reports import diff
from cicdgen.reports import diff_words as words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.aws.described import Detail
    from cicdgen.deploying.classes import Classified
    from cicdgen.deploying.destroying import Remains
    from cicdgen.deploying.happenings import Happening
    from cicdgen.deploying.inquiring import Found

# What a terminal would obey: what AWS says may hold somebody's text.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")

_NOT_TOLD = Note("(as it is)")
# What AWS writes where it makes the value when the change set is executed.
_LATER = "{{changeSet:KNOWN_AFTER_APPLY}}"


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
    whole = compared(found)
    yield diff.legend([whole])
    for hunk in diff.hunks(whole):
        yield ""
        yield from hunk.splitlines()
    yield ""
    for validation in found.validations:
        kind = "error" if validation.fails else "warning"
        yield f"{kind}: {validation.logical_id}{validation.path}: {validation.reason}"
    if found.capabilities:
        yield f"capabilities: {', '.join(found.capabilities)}"
    yield f"change set: {found.arn}"
    yield words.closing(whole)


def closing(found: Proposed) -> str:
    """`Plan: 2 to add, 1 to change, 0 to replace, 0 to delete; permissions: 1 broader`."""
    return words.closing(compared(found))


def compared(found: Proposed) -> Comparison:
    """The change set as a comparison: what CloudFormation does, and what the templates say of it.

    It is shown by what shows the comparison of two files.
    """
    ours = {each.logical_id: each for each in found.comparison.resources}
    listed = [_merged(each, ours.pop(each.change.logical_id, None)) for each in found.changes]
    # A policy of deletion, or metadata, can change without a change of the resource.
    unlisted = [replace(each, effect=Effect.CHANGE) for each in ours.values()]
    resources = tuple(listed + unlisted)
    if found.is_new_stack:
        resources = tuple(replace(each, properties=(), unchanged=0) for each in resources)
    return replace(found.comparison, resources=resources)


def _merged(each: Classified, ours: ResourceChange | None) -> ResourceChange:
    change = each.change
    made = ours or ResourceChange(
        logical_id=change.logical_id, type=change.type, effect=each.effect
    )
    recreation = {_name(detail): detail.recreation for detail in change.details}
    known = {_below(each) for each in made.properties}
    properties = [
        replace(
            of,
            forces_replacement=recreation[_below(of)] == "Always",
            may_replace=recreation[_below(of)] == "Conditionally",
        )
        if _below(of) in recreation
        else of
        for of in made.properties
    ]
    if each.effect not in {Effect.ADD, Effect.DELETE, Effect.IMPORT}:
        more = [detail for detail in change.details if _name(detail) not in known]
        properties += [_told(change.logical_id, detail) for detail in dict.fromkeys(more)]
    return replace(
        made, effect=each.effect, properties=tuple(properties), dangers=frozenset(each.dangers)
    )


def _told(logical_id: str, detail: Detail) -> PropertyChange:
    """A change that the templates do not show: it follows from another, or from AWS's side."""
    follows = Note(f"(follows {detail.cause})") if detail.cause else KNOWN_LATER
    return PropertyChange(
        path=("Resources", logical_id, "Properties", _name(detail)),
        before=_NOT_TOLD if detail.before is None else detail.before,
        after=follows if detail.after in {None, _LATER} else _later(str(detail.after)),
        forces_replacement=detail.recreation == "Always",
        may_replace=detail.recreation == "Conditionally",
    )


def _later(value: str) -> str:
    """A value with what AWS makes in it, in our words."""
    return value.replace(_LATER, KNOWN_LATER)


def _name(detail: Detail) -> str:
    """The property of a detail: `/Properties/BucketName` is about BucketName."""
    return detail.path.removeprefix("/Properties/").partition("/")[0].lstrip("/")


def _below(change: PropertyChange) -> str:
    """The property of a resource that a place is in."""
    inside = change.path[3:] if change.path[2:3] == ("Properties",) else change.path[2:]
    return str(inside[0]) if inside else ""


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
