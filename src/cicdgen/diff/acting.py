"""With which role a resource acts: another role means other permissions, whatever its policies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.diff.spelling import coded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicdgen.cloudformation import Resource, Stack
    from cicdgen.cloudformation.values import Json

# The names that the resource schemas have for it, from RoleArn to JobFlowRole and IamRoles.
_ROLE = re.compile(r"Roles?(Arns?|ARNs?|Names?|Id)?\Z")
_PROFILE = re.compile(r"InstanceProfile(Arn|Name|Identifier)?\Z")
# API Gateway's.
_CREDENTIALS = frozenset(
    {"AuthorizerCredentials", "AuthorizerCredentialsArn", "Credentials", "CredentialsArn"}
)
# What a function is told, and how a resource is labelled, is nobody's role, whatever it is called.
_LABELS = frozenset({"Metadata", "Tags", "Variables"})
# Of AWS the names of roles that are none, such as `READ_ONLY` and a column's `DIMENSION`.
_CONSTANT = re.compile(r"[A-Z][A-Z_]*\Z")
_ONLY_ROLES = frozenset({"ExecutionRole", "IamRole", "JobFlowRole", "Role", "ServiceRole"})


def names_role(name: str) -> bool:
    """Whether a property of this name holds the role of whatever it stands in."""
    return bool(_ROLE.search(name) or _PROFILE.search(name)) or name in _CREDENTIALS


def acting(resource: Resource, roles: Mapping[str, Text]) -> dict[str, Text]:
    """The ARN of each role that a resource acts with, by the place where it is named.

    Args:
        resource: the resource.
        roles: of its stack, as `roles_of` has them.
    """
    if resource.type.startswith("AWS::IAM::") and resource.type != "AWS::IAM::InstanceProfile":
        return {}
    written = resource.stack.template.resources[resource.logical_id]
    if not any(map(names_role, members(written))):
        # So it need not be resolved.
        return {}
    return {
        place: roles.get(code, Text(code)) for place, code in _named(coded(resource.properties), "")
    }


def members(value: Json) -> Iterator[str]:
    """The name of every member, however deep."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from members(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from members(member)


def roles_of(stack: Stack) -> dict[str, Text]:
    """The ARN of a role by whatever it is called, the profile of an instance included."""
    roles = {
        code: role.arn
        for role in stack.of_type("AWS::IAM::Role")
        for code in (role.arn.code, role.name.code)
    }
    for profile in stack.of_type("AWS::IAM::InstanceProfile"):
        for _, code in _named(coded(profile.properties), ""):
            names = {profile.arn.code, profile.name.code, profile.ref.code}
            roles |= dict.fromkeys(names, roles.get(code, Text(code)))
    return roles


def _named(value: Json, place: str) -> Iterator[tuple[str, str]]:
    """Every place that holds a role, with what it holds."""
    if isinstance(value, dict):
        for name, member in value.items():
            at = f"{place}.{name}".lstrip(".")
            # That one is the profile's own name.
            if name in _LABELS or name == "InstanceProfileName":
                continue
            if names_role(name):
                yield from _held(member, at, name)
            else:
                yield from _named(member, at)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _named(member, f"{place}[{index}]")


def _held(value: Json, place: str, name: str) -> Iterator[tuple[str, str]]:
    """The roles that a property holds: one, a list, or one by the kind of who takes it."""
    match value:
        case str() if name in _ONLY_ROLES or not _CONSTANT.match(value):
            yield place, value
        case dict() if name not in _CREDENTIALS:
            for inner, member in value.items():
                yield from _held(member, f"{place}.{inner}", name)
        case list():
            for index, member in enumerate(value):
                yield from _held(member, f"{place}[{index}]", name)
        case _:
            pass
