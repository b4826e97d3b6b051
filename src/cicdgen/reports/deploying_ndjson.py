"""A deployment for machines: one JSON object a line, the last of type `result`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cicdgen.deploying.happenings import Ended, Happened, Noted, Proposed, Target

if TYPE_CHECKING:
    from cicdgen.deploying.happenings import Happening
    from cicdgen.errors import CicdgenError


def lines(happening: Happening) -> list[str]:
    """The happening's lines."""
    return [json.dumps(row, sort_keys=True) for row in _rows(happening)]


def _rows(happening: Happening) -> list[dict[str, Any]]:
    match happening:
        case Target():
            return [
                {
                    "type": "info",
                    "env": happening.env,
                    "stack": happening.stack,
                    "account": happening.account,
                    "region": happening.region,
                    "endpoint": happening.endpoint,
                }
            ]
        case Proposed():
            return [_changeset(happening)]
        case Happened(event=event):
            return [
                {
                    "type": "event",
                    "time": event.at,
                    "resource": event.logical_id,
                    "resource_type": event.type,
                    "physical_id": event.physical_id,
                    "status": event.status,
                    "reason": event.reason,
                    "done": happening.done,
                    "total": happening.total,
                }
            ]
        case Noted():
            kind = "warning" if happening.is_warning else "info"
            return [{"type": kind, "message": happening.text}]
        case Ended():
            stays = {"stays": list(happening.details)} if happening.details else {}
            return [{"type": "outputs", "outputs": dict(happening.outputs), **stays}]


def _changeset(found: Proposed) -> dict[str, Any]:
    return {
        "type": "changeset",
        "arn": found.arn,
        "is_new_stack": found.is_new_stack,
        "capabilities": list(found.capabilities),
        "changes": [
            {
                "resource": each.change.logical_id,
                "resource_type": each.change.type,
                "effect": each.effect.value,
                "dangers": [danger.value for danger in each.dangers],
            }
            for each in found.changes
        ],
        "validations": [
            {"resource": each.logical_id, "path": each.path, "reason": each.reason,
             "fails": each.fails}
            for each in found.validations
        ],
    }  # fmt: skip


def result(error: CicdgenError | None, *, interrupted: bool = False) -> str:
    """The last line: how it ended."""
    row: dict[str, Any] = {"type": "result", "status": "succeeded"}
    if interrupted:
        row["status"] = "interrupted"
    if error is not None:
        row["status"] = "failed"
        row["error"] = {
            "type": type(error).__name__,
            "message": error.message,
            "hint": error.hint,
            "exit_code": int(error.exit_code),
        }
    return json.dumps(row, sort_keys=True)
