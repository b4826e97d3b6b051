"""What keeps a stack from harm: termination protection, and a policy that leaves the alias alone.

CreateChangeSet takes neither, so both are set when the stack is there; every later run sets what is
missing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cicdgen.aws import stacks
from cicdgen.deploying.happenings import Noted

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller
    from cicdgen.aws.stacks import Stack
    from cicdgen.deploying.happenings import Observer

_ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}


def guard(
    caller: Caller,
    stack: Stack,
    aliases: tuple[str, ...],
    observe: Observer,
    *,
    is_kept: bool,
    is_new: bool = False,
) -> None:
    """Switch on what is missing.

    Args:
        caller: who calls.
        stack: as it is now.
        aliases: logical ids of the aliases that releases move.
        observe: hears of what is switched on.
        is_kept: whether the stack is to be protected from deletion.
        is_new: whether it was just made, so that it has no policy.
    """
    if is_kept and not stack.is_protected:
        stacks.protect(caller, stack.id, on=True)
        observe(Noted(text="termination protection is on"))
    if aliases:
        before = None if is_new else stacks.policy(caller, stack.id)
        after = policy(before, aliases)
        if after is not None:
            stacks.set_policy(caller, stack.id, after)
            names = ", ".join(aliases)
            observe(Noted(text=f"the stack policy keeps {names} where the releases move it"))


def policy(before: str | None, aliases: tuple[str, ...]) -> str | None:
    """The stack policy with the aliases denied to updates; None if it denies them already.

    Statements that are there stay. Without a policy everything may be updated, with one only what
    it allows (AWSCloudFormation/latest/UserGuide/protect-stack-resources).
    """
    document: dict[str, Any] = json.loads(before) if before else {"Statement": [_ALLOW]}
    given = document.get("Statement", [])
    statements = given if isinstance(given, list) else [given]
    missing = [denial for name in aliases if (denial := _denial(name)) not in statements]
    if not missing:
        return None
    return json.dumps({**document, "Statement": [*statements, *missing]}, separators=(",", ":"))


def _denial(alias: str) -> dict[str, str]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "Update:*",
        "Resource": f"LogicalResourceId/{alias}",
    }
