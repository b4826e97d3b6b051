"""`cicdgen deploy`: plan, show, ask and apply in one."""

from __future__ import annotations

import cicdgen.lean  # noqa: F401 - before anything that imports troposphere

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from cicdgen.cli import asking, deploying, in_sandbox, ordering
from cicdgen.cli.example import example
from cicdgen.cli.options import config_option, env_option
from cicdgen.cli.telling import telling
from cicdgen.errors import AwsError, Exit, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cicdgen.aws.calling import Caller
    from cicdgen.aws.stacks import Stack
    from cicdgen.deploying.happenings import Observer
    from cicdgen.deploying.order import Order
    from cicdgen.deploying.proposing import NoChanges, Proposal
    from cicdgen.deploying.watching import Watch


@click.command("deploy", epilog=example("cicdgen deploy --env prod --yes"))
@env_option
@config_option
@deploying.where
@deploying.agreed
@ordering.proposed
@click.option(
    "--execute-changeset/--no-execute-changeset",
    "executes",
    default=True,
    help="Execute the change set, or leave it there.",
)
@click.option(
    "--fail-on-empty-changeset/--no-fail-on-empty-changeset",
    "fails_on_empty",
    default=False,
    help="Fail if nothing changes.",
)
@click.option(
    "--sandbox",
    "wants_sandbox",
    is_flag=True,
    help="Deploy into an AWS on this machine, which ends with the command.",
)
@click.option("--recover", is_flag=True, help="Roll back a stack that is stuck, and no more.")
@click.option(
    "--skip", multiple=True, metavar="ID", help="With --recover: leave this resource out."
)
@deploying.outputs_file
@deploying.formats
@deploying.watched
def command(
    *,
    env: str | None,
    config_path: Path | None,
    yes: bool,
    allowed: tuple[str, ...],
    executes: bool,
    fails_on_empty: bool,
    wants_sandbox: bool,
    recover: bool,
    skip: tuple[str, ...],
    outputs_file: Path | None,
    form: str,
    progress: str | None,
    timeout: float | None,
    poll_interval: float | None,
    **given: Any,  # noqa: ANN401 - what `ordering.proposed` takes
) -> int:
    """Take an environment's template into its account.

    A change set is made and shown; once agreed to it is executed and watched to its end. --yes
    answers the ordinary question only: what replaces or deletes state, broadens a permission or
    drops a protection needs --allow.
    """
    with telling(form, progress) as observe:
        _refuse_contradictions(skip, recover=recover, executes=executes)
        if executes:
            asking.refuse_without_terminal(allowed, yes=yes)
        config = deploying.config_of(config_path, env)
        if wants_sandbox and given["s3_bucket"] is None:
            given["s3_bucket"] = in_sandbox.BUCKET
        order = ordering.order_of(config, given)
        how = deploying.watch_of(order.address.options, timeout, poll_interval)
        access = deploying.access_of(config, given)
        with in_sandbox.sandboxed(access, config, wanted=wants_sandbox):
            caller = deploying.caller_of(access, observe)
            if recover:
                stack: Stack | None = _recovered(caller, order, how, observe, skip=skip, yes=yes)
            else:
                agree = partial(asking.agree_or_discard, caller, allowed=allowed, yes=yes)
                stack = _deployed(
                    caller,
                    order,
                    how,
                    observe,
                    agree=agree if executes else None,
                    fails_on_empty=fails_on_empty,
                )
        if stack is not None:
            deploying.write_outputs(outputs_file, order.address.stack, stack.outputs)
    return Exit.DONE


def _refuse_contradictions(skip: tuple[str, ...], *, recover: bool, executes: bool) -> None:
    if skip and not recover:
        raise UsageError("--skip is for --recover", hint="leave it out")
    if recover and not executes:
        raise UsageError(
            "--recover proposes nothing that could be left", hint="leave one of them out"
        )


def _deployed(
    caller: Caller,
    order: Order,
    how: Watch,
    observe: Observer,
    *,
    agree: Callable[[Proposal], None] | None,
    fails_on_empty: bool,
) -> Stack | None:
    """The stack as it is deployed; None if the change set is left there."""
    from cicdgen.deploying.proposing import NoChanges, propose  # noqa: PLC0415 - `--help`
    from cicdgen.diff import compare  # noqa: PLC0415 - `--help` compares nothing

    found = propose(caller, order, compare, observe)
    if isinstance(found, NoChanges):
        stack = _settled(caller, found, order, observe)
        if fails_on_empty:
            raise AwsError(
                "no changes, and --fail-on-empty-changeset is given", hint="leave it out"
            )
        return stack
    if agree is None:
        return None
    agree(found)
    return _executed(caller, found, order, how, observe)


def _recovered(
    caller: Caller,
    order: Order,
    how: Watch,
    observe: Observer,
    *,
    skip: tuple[str, ...],
    yes: bool,
) -> Stack:
    from cicdgen.deploying import recovering  # noqa: PLC0415 - a stack is rarely stuck

    stuck = recovering.find(caller, order, observe)
    asking.agree(recovering.question(stuck), (), (), yes=yes)
    return recovering.recover(caller, stuck, how, observe, skip=skip)


def _settled(caller: Caller, found: NoChanges, order: Order, observe: Observer) -> Stack:
    from cicdgen.deploying.executing import settle  # noqa: PLC0415 - `--help`

    return settle(caller, found, observe, aliases=order.aliases, is_kept=order.is_kept)


def _executed(
    caller: Caller, found: Proposal, order: Order, how: Watch, observe: Observer
) -> Stack:
    from cicdgen.deploying.executing import execute  # noqa: PLC0415 - `--help`

    return execute(
        caller,
        found,
        how,
        observe,
        aliases=order.aliases,
        is_kept=order.is_kept,
        keeps_what_succeeded=order.keeps_what_succeeded,
    )
