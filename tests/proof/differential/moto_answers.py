"""Moto's answers: one line of JSON in, `[pattern, event]`, one line out, `true` or `false`.

Run by the interpreter of an environment that has moto, and nothing of this project.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Answer every line."""
    # It is in that environment only.
    from moto.events.models import (  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415
        EventPattern,
    )

    for line in sys.stdin:
        pattern, event = json.loads(line)
        answer = EventPattern.load(json.dumps(pattern)).matches_event(event)
        sys.stdout.write(json.dumps(bool(answer)) + "\n")


if __name__ == "__main__":
    main()
