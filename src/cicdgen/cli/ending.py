"""Every way in which a run can end early: what is told on stderr, and the exit code."""

from __future__ import annotations

from contextlib import suppress

import click

from cicdgen.cli.streams import forget_stdout, tell
from cicdgen.errors import CicdgenError, Exit


def end(error: BaseException, *, color: bool | None, debug: bool) -> Exit:
    """Tell what ended the run.

    Args:
        error: what was raised.
        color: whether to use colour; where it is None, a terminal gets it.
        debug: raise what is a bug, so that Python shows where.
    """
    match error:
        case CicdgenError():
            _tell(error, color=color)
            return error.exit_code
        case click.ClickException():
            with suppress(OSError):
                error.show()
            return Exit.USAGE
        case click.Abort() | KeyboardInterrupt():
            tell("interrupted")
            return Exit.INTERRUPTED
        case BrokenPipeError():
            # The reader has what it wanted.
            forget_stdout()
            return Exit.DONE
        case _ if debug:
            raise error
        case OSError(filename=name, strerror=str(reason)):
            # Only stdout has no name.
            if name is None:
                forget_stdout()
            _tell(CicdgenError(f"{name or 'stdout'}: {reason}"), color=color)
        case _:
            what = f"{type(error).__name__}: {error}"
            hint = "this is a bug of cicdgen: `cicdgen --debug COMMAND` shows where"
            _tell(CicdgenError(what, hint=hint), color=color)
    return Exit.FAILED


def _tell(error: CicdgenError, *, color: bool | None) -> None:
    tell(f"{click.style('error', fg='red', bold=True)}: {error.message}", color=color)
    if error.hint:
        tell(f"{click.style('hint', fg='cyan')}: {error.hint}", color=color)
