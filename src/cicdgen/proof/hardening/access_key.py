"""A template makes no access keys.

They never expire, and whoever may read the stack's values may read them.
Source: IAM/best-practices (temporary credentials).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "access-key"


def check(stack: Stack) -> Iterator[Remark]:
    """Look for keys of users."""
    for key in stack.of_type("AWS::IAM::AccessKey"):
        yield Flaw(
            check=NAME,
            path=key.path,
            message=f"{key.logical_id} is a key that does not expire",
            fix="let whoever needs it assume a role",
            source="IAM/best-practices",
        )
