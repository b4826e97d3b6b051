"""What is made goes to stdout, alone and in UTF-8; what is told goes to stderr."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import click

from cicdgen.errors import OutputError


def put(text: str) -> None:
    """Write what was made: the same bytes whatever the terminal's encoding.

    A reader that has left has what it wanted: the run goes on to its own exit code.

    Raises:
        OutputError: the shell has closed stdout.
    """
    if sys.stdout is None:
        raise OutputError("stdout is closed", hint="leave it open, or send it to a file")
    try:
        # A file's name may hold bytes that are no text.
        click.echo(text.encode(errors="backslashreplace"), nl=False)
    except BrokenPipeError:
        forget_stdout()


def tell(text: str, *, color: bool | None = None) -> None:
    """Say something to the person. Where nobody listens, what is made is made all the same."""
    with suppress(OSError):
        click.echo(text, err=True, color=color)


def forget_stdout() -> None:
    """Let go of what is still to be written: Python would complain of it when it leaves."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
