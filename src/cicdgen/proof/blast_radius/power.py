"""What a role may change directly, as its policies say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import action_facts
from cicdgen.proof.blast_radius.step import Power

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource
    from cicdgen.proof.blast_radius.rights import Rights


def powers_of(role: Resource, rights: Rights) -> Iterator[Power]:
    """Each action that changes something, with each resource that it is allowed on."""
    for statement in rights.statements(role):
        for pattern in statement.actions.patterns:
            level = _level(str(pattern))
            if level is not None and statement.resources is not None:
                for resource in statement.resources.patterns:
                    yield Power(action=str(pattern), resource=str(resource), level=level)


def _level(action: str) -> str | None:
    """The access level of an action that changes something; None if it changes nothing."""
    if set(action) & {"*", "?"}:
        return "any"
    facts = action_facts(action)
    if facts is None:
        return "any"
    return None if facts.access_level in {"List", "Read"} else facts.access_level
