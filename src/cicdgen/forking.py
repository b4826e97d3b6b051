"""Work in several processes, each forked with everything loaded already.

The standard library's pools do the same and more, and spend more on being imported than a hundred
templates are worth.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from cicdgen.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Share = TypeVar("Share")


def in_processes(shares: Sequence[Share], work: Callable[[Share], None]) -> None:
    """Do the work on the first share, and on each other in a process of its own.

    Args:
        shares: what there is to do, in parts.
        work: does a part.

    Raises:
        OutputError: a part could not be written, or its process ended early.
    """
    children = [_start(share, work) for share in shares[1:]]
    try:
        work(shares[0])
    finally:
        failures = [_wait(*child) for child in children]
    for message, hint in filter(None, failures):
        raise OutputError(message, hint=hint)


def _start(share: Share, work: Callable[[Share], None]) -> tuple[int, int]:
    """Fork a child that does the share; its id, and where it says what went wrong."""
    heard, said = os.pipe()
    child = os.fork()
    if child:
        os.close(said)
        return child, heard
    failed = 1
    try:
        work(share)
        failed = 0
    except OutputError as error:
        os.write(said, f"{error.message}\0{error.hint or ''}".encode())
    finally:
        # Not the interpreter's end: what the parent has buffered is the parent's to write.
        os._exit(failed)


def _wait(child: int, heard: int) -> tuple[str, str] | None:
    """Wait for a child; what went wrong with it, and what would do."""
    with os.fdopen(heard, encoding="utf-8") as stream:
        text = stream.read()
    _, status = os.waitpid(child, 0)
    if not status:
        return None
    message, _, hint = text.partition("\0")
    return message or "a process ended early", hint or "try again with `--jobs 1`"
