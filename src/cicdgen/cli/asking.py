"""What is asked before something is done, and who may answer it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cicdgen.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.aws.calling import Caller
    from cicdgen.deploying.classes import Need
    from cicdgen.deploying.happenings import Target
    from cicdgen.deploying.proposing import Proposal


def is_on_terminal() -> bool:
    """Whether somebody sits there who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def refuse_without_terminal(allowed: Sequence[str] = (), *, yes: bool) -> None:
    """Refuse at once what would ask nobody, and a class that is none.

    Raises:
        RefusedError: with the flag that answers.
        UsageError: with the classes that there are.
    """
    from cicdgen.deploying import gates  # noqa: PLC0415 - `--help` asks nothing

    for text in allowed:
        gates.allowance(text)
    if not yes and not is_on_terminal():
        raise RefusedError("there is no terminal to ask on", hint="--yes answers the question")


def agree(question: str, needs: Sequence[Need], allowed: Sequence[str], *, yes: bool) -> None:
    """Ask what has to be asked: each danger that no flag allows, then the ordinary question.

    Raises:
        RefusedError: somebody said no, or a danger is not allowed and nobody can be asked.
    """
    from cicdgen.deploying import gates  # noqa: PLC0415 - `--help` asks nothing

    missing = gates.unmet(needs, [gates.allowance(text) for text in allowed])
    if missing and not is_on_terminal():
        raise gates.refuse(missing)
    for need in missing:
        word = f"{need[0].value}:{need[1]}"
        answer = click.prompt(f"Type {word} to allow it", err=True, default="", show_default=False)
        if answer != word:
            raise gates.refuse([need])
    if not yes and not click.confirm(question, err=True, default=False):
        raise RefusedError("declined", hint="nothing was executed")


def agree_or_discard(
    caller: Caller, proposal: Proposal, allowed: Sequence[str], *, yes: bool
) -> None:
    """Ask whether to execute it; if the answer is no, take back what this run made.

    Raises:
        RefusedError: somebody said no, or a danger is not allowed.
    """
    from cicdgen.deploying.taking_back import take_back  # noqa: PLC0415 - `--help` asks nothing

    question = f"Execute it in {place(proposal.target)}?"
    try:
        agree(question, proposal.needs, allowed, yes=yes)
    except (RefusedError, UsageError, click.Abort, KeyboardInterrupt):
        take_back(caller, proposal.change_set, proposal.stack, is_own=proposal.is_own)
        raise


def place(target: Target) -> str:
    """Where a question is about; what stands in for AWS is named in each of them."""
    stands_in = f" (target: {target.endpoint})" if target.endpoint else ""
    return f"{target.account}, {target.region}{stands_in}"
