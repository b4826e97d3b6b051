"""The program: `cicdgen`, or `python -m cicdgen`."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # A run makes objects and leaves; what the collector looks for here, the exit frees faster.
    # A tenth of a start; `render --all` switches it on again between templates.
    gc.disable()
    from cicdgen.cli import run  # noqa: PLC0415 - after the collector is off

    sys.exit(run())


if __name__ == "__main__":
    main()
