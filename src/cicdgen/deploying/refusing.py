"""What no run does, whoever agrees: a stack in the wrong state, an alias that releases move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.deploying.judging import document_of
from cicdgen.deploying.order import aliases
from cicdgen.deploying.states import Step, state_of
from cicdgen.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.aws.stacks import Stack
    from cicdgen.deploying.classes import Classified


def refuse_state(stack: Stack | None, options: str) -> None:
    """Refuse a stack whose state takes no change set.

    Args:
        stack: None if there is none.
        options: what names it on a command line.

    Raises:
        RefusedError: with what to do instead.
    """
    state = state_of(stack.status if stack else None)
    if state.step not in {Step.CREATE, Step.UPDATE}:
        raise RefusedError(
            f"the stack is in {state.status}: {state.means}", hint=state.then(options)
        )


def refuse_moved_alias(
    changes: Sequence[Classified], deployed: str, names: tuple[str, ...]
) -> None:
    """Refuse to touch an alias that releases move.

    CloudFormation sends the template's version with any change of an alias, so traffic would go
    back to the placeholder; the stack policy would refuse it half way.

    Args:
        changes: of the change set.
        deployed: the template that is there; empty if nothing is.
        names: logical ids of the aliases in the template that comes.

    Raises:
        RefusedError: the change set would do that.
    """
    mine = {*names, *aliases(document_of(deployed))}
    for each in changes:
        # An alias has no tags, so that new ones of the stack do not reach it.
        is_harmless = each.change.action in {"Add", "Import"} or each.change.scope == ("Tags",)
        if each.change.logical_id in mine and not is_harmless:
            raise RefusedError(
                f"{each.change.logical_id} would be changed: releases move this alias, and "
                "CloudFormation would send its traffic back to the placeholder",
                hint="leave function name and alias as they are, or deploy a stack of another name",
            )
