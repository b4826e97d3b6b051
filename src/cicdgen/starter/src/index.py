"""The function: AWS Lambda calls `handler` once for every event."""

from __future__ import annotations

from typing import Any

SMOKE_SOURCE = "cicdgen.smoke"


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Answer one event.

    Before a new version serves anyone, it is sent the smoke event. What is raised then stops the
    release, so this is the place to try what must work: a connection, a secret, a table.
    """
    if event.get("source") == SMOKE_SOURCE:
        return {"status": "ready"}
    return {"message": f"Hello, {event.get('name', 'world')}."}
