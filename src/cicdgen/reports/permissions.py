"""Permissions in words: for the terminal, and as the page docs/permissions.md."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.explanation import Explained, Subject

_HEAD = """\
# Permissions

Who may do what, on what, and why: made from the grants that make the policies, for the `{env}`
environment of the sample config. `cicdgen explain` prints the same for yours.
"""


def text(subjects: Sequence[Subject]) -> str:
    """Indented lines."""
    lines: list[str] = []
    for subject in subjects:
        assumed = f" (assumed by {subject.trusted})" if subject.trusted else " (its own policy)"
        lines.append(f"{subject.name}{assumed}")
        for statement in subject.statements:
            lines += ["", *(f"  {line}" for line in _statement(statement))]
        lines.append("")
    return "\n".join(lines)


def _statement(statement: Explained) -> list[str]:
    verb = "may" if statement.effect == "Allow" else "may not"
    who = f"{', '.join(statement.who)} " if statement.who else ""
    lines = [f"{statement.sid}: {who}{verb} {', '.join(statement.actions)}"]
    lines += [f"  on {resource}" for resource in statement.on]
    lines += [f"  when {condition}" for condition in statement.when]
    if statement.wildcard:
        lines.append(f"  * because {statement.wildcard}")
    lines.append(f"  why: {statement.why}")
    if statement.hops:
        lines.append(f"  needed by: {', '.join(statement.hops)}")
    return lines


def markdown(subjects: Sequence[Subject], env: str) -> str:
    """A page: a heading a role or resource, a row a statement."""
    lines = [_HEAD.format(env=env)]
    for subject in subjects:
        kind = "Role" if subject.trusted else "Policy of"
        lines.append(f"## {kind} `{subject.name}`\n")
        if subject.trusted:
            lines.append(f"Assumed by `{subject.trusted}`.\n")
        lines += ["| | may | on | why |", "| --- | --- | --- | --- |"]
        lines += [_row(statement) for statement in subject.statements]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _row(statement: Explained) -> str:
    actions = _code(statement.actions)
    if statement.effect != "Allow":
        actions = f"**not** {actions}"
    if statement.who:
        actions = f"{_code(statement.who)}: {actions}"
    on = _code(statement.on)
    if statement.when:
        on += f" when {_code(statement.when, ' and ')}"
    if statement.wildcard:
        on += f" ({statement.wildcard})"
    return f"| {statement.sid} | {actions} | {on} | {statement.why} |"


def document(subjects: Sequence[Subject]) -> str:
    """One JSON document, versioned."""
    content = {
        "format": "cicdgen.explain/1",
        "subjects": [asdict(subject) for subject in subjects],
    }
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def _code(words: Sequence[str], joint: str = ", ") -> str:
    return joint.join(f"`{word}`" for word in words)
