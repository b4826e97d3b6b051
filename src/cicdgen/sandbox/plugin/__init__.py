"""Runs inside ministack's process: the types it lacks, and the leash to the process that began it.

It imports nothing of cicdgen, which that environment does not have. It reaches into parts of
ministack that promise nothing, so both are pinned to each other: another version does not start.
"""

from __future__ import annotations

import sys
from importlib.metadata import version

VERSION = "1.5.33"
"""The version of ministack whose parts are known: requirements/sandbox.in pins the same."""


def serve() -> None:
    """Teach, and serve until the leash is let go."""
    found = version("ministack")
    if found != VERSION:
        sys.exit(f"this is ministack {found}; the plug-in knows the parts of {VERSION}")
    from ministack import app  # noqa: PLC0415 - the version is known first

    from . import (  # noqa: PLC0415 - as above
        alarms,
        boundaries,
        codedeploy,
        codepipeline,
        conditions,
        leash,
        verdicts,
    )

    leash.hold()
    for module in (alarms, boundaries, codedeploy, codepipeline, conditions, verdicts):
        module.teach()
    # It reads its own arguments.
    sys.argv = ["ministack"]
    app.main()
