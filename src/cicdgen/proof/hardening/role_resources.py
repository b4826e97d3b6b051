"""A role is allowed actions on resources by name, wherever AWS lets one name them.

`*` is every resource of the account. Actions that have no resource types can only be named on `*`
and are never a flaw (failure 2). Source: IAM/best-practices, service-authorization/reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Effect, action_facts
from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.granted import identity_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack
    from cicdgen.iam import Statement

NAME = "role-resources"
_FORCED = frozenset(
    {
        "cloudwatch:describealarms",
        "ec2:assignprivateipaddresses",
        "ec2:createnetworkinterface",
        "ec2:deletenetworkinterface",
        "ec2:unassignprivateipaddresses",
    }
)
"""Actions that have resource types, and that AWS's own pages still ask for on `*`.

DescribeAlarms tells of composite alarms only where it is allowed on `*` (AmazonCloudWatch
API_DescribeAlarms). A function in a VPC makes network interfaces whose ids nobody knows before
(lambda/configuration-vpc).
"""

_NAMELESS = frozenset(
    {"ce", "cloudwatch", "ec2messages", "health", "pricing", "ssmmessages", "tag", "xray"}
)
"""Services most of whose actions have no resource types: a pattern of theirs is left to
`role-actions`."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at what roles, users and groups are allowed on any resource."""
    for statement in identity_statements(stack):
        if statement.effect is Effect.ALLOW and (at := _everything(statement)) is not None:
            scoped = [str(each) for each in statement.actions.patterns if _can_be_scoped(str(each))]
            limited = any(test.key.lower().startswith("aws:res") for test in statement.tests)
            if scoped and not limited:
                yield Flaw(
                    check=NAME,
                    path=at,
                    message=f"{statement} allows {', '.join(scoped)} on every resource",
                    fix="name the resources, and give what can only be named on * a statement of"
                    " its own",
                    source="IAM/best-practices",
                )


def _everything(statement: Statement) -> Path | None:
    """Where a statement says `*`, or a whole service of the account."""
    if statement.resources is None or statement.resources.negated:
        return None
    pairs = zip(statement.resources.patterns, statement.resources.paths, strict=True)
    for pattern, path in pairs:
        last = str(pattern).split(":", 5)[-1]
        if str(pattern) == "*" or set(last) <= {"*", ":"}:
            return path
    return None


def _can_be_scoped(action: str) -> bool:
    """Whether an action works on resources that can be named; a pattern is taken to."""
    if action.lower() in _FORCED:
        return False
    if set(action) & {"*", "?"}:
        return action.lower().partition(":")[0] not in _NAMELESS
    facts = action_facts(action)
    return facts is not None and bool(facts.resource_types)
