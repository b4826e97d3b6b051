"""A role that may be passed on is passed to the service that it is for, and to no other.

iam:PassRole with a service that runs code gives whoever has it that role's rights.
Source: IAM/id_roles_use_passrole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Effect
from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.granted import identity_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "pass-role"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at what roles, users and groups are allowed."""
    for statement in identity_statements(stack):
        if statement.effect is not Effect.ALLOW or statement.actions.negated:
            continue
        if statement.actions.match("iam:passrole") is not True:
            continue
        if not any(test.key.lower() == "iam:passedtoservice" for test in statement.tests):
            yield Flaw(
                check=NAME,
                path=statement.origin.path,
                message=f"{statement} lets roles be passed to any service",
                fix="add StringEquals: {iam:PassedToService: the service}",
                source="IAM/id_roles_use_passrole",
            )
