"""A role that may be passed on is passed to the service that it is for, and to no other.

iam:PassRole with a service that runs code gives whoever has it that role's rights.
Source: IAM/id_roles_use_passrole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Effect
from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.granted import identity_statements, resource_statements
from cicdgen.proof.parts.limits import is_limited_where_said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack
    from cicdgen.iam import Statement

NAME = "pass-role"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at what roles, users and groups are allowed."""
    for statement in identity_statements(stack):
        if statement.effect is not Effect.ALLOW or statement.actions.negated:
            continue
        if statement.actions.match("iam:passrole") is not True:
            continue
        if not is_limited_where_said(statement, "iam:passedtoservice") and not _is_bound(
            stack, statement
        ):
            yield Flaw(
                check=NAME,
                path=statement.origin.path,
                message=f"{statement} lets roles be passed to any service",
                fix="add StringEquals: {iam:PassedToService: the service}",
                source="IAM/id_roles_use_passrole",
            )


def _is_bound(stack: Stack, statement: Statement) -> bool:
    """Whether each role that may be passed lets in one service alone: no other can take it."""
    if statement.resources is None or statement.resources.negated:
        return False
    roles = {role.arn: role.logical_id for role in stack.of_type("AWS::IAM::Role")}
    named = [roles.get(pattern.source) for pattern in statement.resources.patterns]
    return all(role is not None and _is_for_one_service(stack, role) for role in named)


def _is_for_one_service(stack: Stack, role: str) -> bool:
    entries = [
        entry
        for trust in resource_statements(stack)
        if trust.origin.resource == role and trust.effect is Effect.ALLOW and trust.grantees
        for entry in trust.grantees.entries
    ]
    services = {str(entry.value) if entry.kind == "Service" else None for entry in entries}
    return len(services) == 1 and None not in services
