"""What is made goes to stdout, alone and in UTF-8; what is told goes to stderr."""

from __future__ import annotations

import sys

import click

from cicdgen.errors import OutputError


def put(text: str) -> None:
    """Write what was made: the same bytes whatever the terminal's encoding.

    Raises:
        OutputError: the shell has closed stdout.
    """
    if sys.stdout is None:
        raise OutputError("stdout is closed", hint="leave it open, or send it to a file")
    # A file's name may hold bytes that are no text.
    click.echo(text.encode(errors="backslashreplace"), nl=False)
