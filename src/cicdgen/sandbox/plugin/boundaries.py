"""Permissions boundaries of roles: ministack's CloudFormation takes them, and forgets them."""

from __future__ import annotations

from typing import Any

from ministack.services import iam
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

_KEY = "PermissionsBoundary"


def teach() -> None:
    """Keep the boundary of a role that a template makes."""
    handlers = _RESOURCE_HANDLERS["AWS::IAM::Role"]
    create, update = handlers["create"], handlers["update"]

    def created(logical_id: str, properties: Any, stack: str) -> Any:  # noqa: ANN401 - its own
        made = create(logical_id, properties, stack)
        iam._roles[made[0]][_KEY] = properties.get(_KEY)  # noqa: SLF001 - it has no other door
        return made

    def updated(physical_id: str, old: Any, new: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401
        made = update(physical_id, old, new, *rest, **more)
        iam._roles[made[0]][_KEY] = new.get(_KEY)  # noqa: SLF001 - as above
        return made

    handlers["create"], handlers["update"] = created, updated
