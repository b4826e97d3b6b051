"""A change set that was agreed to, executed and watched to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.aws import change_sets
from cicdgen.deploying import watching
from cicdgen.deploying.guarding import guard
from cicdgen.deploying.happenings import Ended, Noted
from cicdgen.deploying.order import digest
from cicdgen.deploying.states import state_of
from cicdgen.errors import AwsError

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller
    from cicdgen.aws.stacks import Stack
    from cicdgen.deploying.happenings import Observer
    from cicdgen.deploying.proposing import NoChanges, Proposal
    from cicdgen.deploying.watching import Outcome, Watch

AS_IT_SHOULD_BE = "no changes: the stack is as the template says"
# A creation that failed may end in DELETE_COMPLETE, which is another operation's success.
_DEPLOYED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})


def execute(
    caller: Caller,
    proposal: Proposal,
    how: Watch,
    observe: Observer,
    *,
    aliases: tuple[str, ...],
    is_kept: bool,
    keeps_what_succeeded: bool = False,
) -> Stack:
    """Execute it, watch it, and protect what it made.

    Args:
        caller: who calls.
        proposal: what was agreed to.
        how: how often to look.
        observe: hears of everything.
        aliases: logical ids of the aliases that releases move.
        is_kept: whether the stack gets termination protection.
        keeps_what_succeeded: on a failure, leave what succeeded as it is.

    Raises:
        AwsError: it failed; the message is about the first resource that did.
    """
    if proposal.stack is not None and not proposal.is_new_stack:
        guard(caller, proposal.stack, aliases, observe, is_kept=is_kept)
    since = watching.mark(caller, proposal.change_set.stack_id)
    # The same change set has the same token: a call that is repeated executes nothing twice.
    token = f"cicdgen-{digest(proposal.change_set.id)[:32]}"
    try:
        change_sets.execute(
            caller, proposal.change_set, token, keeps_what_succeeded=keeps_what_succeeded
        )
    except KeyboardInterrupt:
        # Whether AWS has the call is not known: if it has, the stack goes on.
        observe(Noted(text=how.follow, is_warning=True))
        raise
    outcome = watching.watch(
        caller,
        proposal.change_set.stack_id,
        since,
        len(proposal.changes),
        how,
        observe,
    )
    if outcome.stack.status not in _DEPLOYED:
        raise failure(outcome, how.options)
    if proposal.is_new_stack:
        try:
            guard(caller, outcome.stack, aliases, observe, is_kept=is_kept, is_new=True)
        except AwsError as error:
            raise AwsError(
                f"the stack is made, but not protected: {error.message}",
                hint=f"`cicdgen deploy {how.options}` switches on what is missing",
            ) from error
    observe(Ended(status=outcome.stack.status, outputs=outcome.stack.outputs))
    return outcome.stack


def failure(outcome: Outcome, options: str) -> AwsError:
    """What went wrong, and what to do in the state that it left."""
    status = outcome.stack.status
    if outcome.first is None:
        what = outcome.stack.reason or "AWS gives no reason"
    else:
        what = f"{outcome.first.logical_id} ({outcome.first.type}): {outcome.first.reason}"
    return AwsError(
        f"{status}: {what}",
        hint=state_of(status).then(options),
    )


def settle(
    caller: Caller,
    found: NoChanges,
    observe: Observer,
    *,
    aliases: tuple[str, ...],
    is_kept: bool,
) -> Stack:
    """There is nothing to change: success, unless the stack is in a failed state.

    Raises:
        AwsError: it is, so it is not what its template says.
    """
    refuse_failed_stack(found)
    guard(caller, found.stack, aliases, observe, is_kept=is_kept)
    observe(Noted(text=AS_IT_SHOULD_BE))
    observe(Ended(status=found.stack.status, outputs=found.stack.outputs, changed=False))
    return found.stack


def refuse_failed_stack(found: NoChanges) -> None:
    """Where nothing changes a stack that failed, it is not what its template says.

    Raises:
        AwsError: with what to do.
    """
    state = state_of(found.stack.status)
    if state.is_failed:
        raise AwsError(
            f"no changes, but the stack is in {state.status}: {state.means}",
            hint=state.then(found.options),
        )
