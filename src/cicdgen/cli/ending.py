"""Every way in which a run can end early: what is told on stderr, and the exit code."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import click

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
            click.echo("interrupted", err=True)
            return Exit.INTERRUPTED
        case BrokenPipeError():
            # The reader has what it wanted.
            _forget_stdout()
            return Exit.DONE
        case _ if debug:
            raise error
        case OSError(filename=name, strerror=str(reason)):
            # Only stdout has no name.
            if name is None:
                _forget_stdout()
            _tell(CicdgenError(f"{name or 'stdout'}: {reason}"), color=color)
        case _:
            what = f"{type(error).__name__}: {error}"
            hint = "this is a bug of cicdgen: `cicdgen --debug COMMAND` shows where"
            _tell(CicdgenError(what, hint=hint), color=color)
    return Exit.FAILED


def _forget_stdout() -> None:
    """Let go of what is still to be written: Python would complain of it when it leaves."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(error: CicdgenError, *, color: bool | None) -> None:
    # Where stderr is a pipe that nobody reads, the exit code still tells.
    with suppress(OSError):
        label = click.style("error", fg="red", bold=True)
        click.echo(f"{label}: {error.message}", err=True, color=color)
        if error.hint:
            label = click.style("hint", fg="cyan")
            click.echo(f"{label}: {error.hint}", err=True, color=color)
