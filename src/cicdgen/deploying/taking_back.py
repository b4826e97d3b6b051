"""What a run made and nobody wants, taken back; and nothing that it did not make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.aws import change_sets, stacks
from cicdgen.deploying.order import digest

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller
    from cicdgen.aws.described import ChangeSet
    from cicdgen.aws.stacks import Stack


def take_back(caller: Caller, change_set: ChangeSet, stack: Stack | None, *, is_own: bool) -> None:
    """Delete the change set, and a stack that is nothing but that.

    Args:
        caller: who calls.
        change_set: what nobody wants.
        stack: as it was before this run; None if there was none.
        is_own: whether this run made the change set.
    """
    if not is_own:
        return
    change_sets.discard(caller, change_set)
    if stack is not None and stack.status != "DELETE_COMPLETE":
        return
    now = stacks.find(caller, change_set.stack_id)
    if now is None or now.status != "REVIEW_IN_PROGRESS":
        return
    if [arn for arn in change_sets.others(caller, now.id) if arn != change_set.id]:
        # Somebody else has proposed something to it meanwhile.
        return
    stacks.delete(caller, now.id, f"discard-{digest(change_set.id)[:32]}")
