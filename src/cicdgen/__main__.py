"""The program: `cicdgen`, or `python -m cicdgen`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line and end the process with its code."""
    # A run makes objects and leaves. What the collector would look through, and what the
    # interpreter would take apart at the end, goes with the process: a tenth of a render.
    gc.disable()
    from cicdgen.cli import run  # noqa: PLC0415 - after the collector is off

    code = run()
    for stream in (sys.stdout, sys.stderr):
        # There is none where the shell has closed it.
        if stream is not None:
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
