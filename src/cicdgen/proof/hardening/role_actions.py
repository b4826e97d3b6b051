"""A role is allowed actions by name, and no service as a whole.

`s3:*` includes what AWS adds next year. Managed policies for administrators do the same from
outside (failure 2). Source: IAM/best-practices (least privilege).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Effect
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.granted import identity_statements
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack

NAME = "role-actions"
_MANAGED = {
    "AWS::IAM::Role": "ManagedPolicyArns",
    "AWS::IAM::User": "ManagedPolicyArns",
    "AWS::IAM::Group": "ManagedPolicyArns",
    "AWS::Serverless::Function": "Policies",
    "AWS::Serverless::StateMachine": "Policies",
}
_WIDE = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")


def check(stack: Stack) -> Iterator[Remark]:
    """Look at what roles, users and groups are allowed."""
    for statement in identity_statements(stack):
        if statement.effect is not Effect.ALLOW:
            continue
        if statement.actions.negated:
            message = f"{statement} allows everything but a few actions"
            yield _flaw(statement.origin.path, message, "list what is needed under Action")
            continue
        for pattern, path in zip(statement.actions.patterns, statement.actions.paths, strict=True):
            if str(pattern) == "*" or str(pattern).endswith(":*"):
                message = f"{statement} allows {pattern}"
                yield _flaw(path, message, "list the actions that are needed")
            elif pattern.source.only is not None:
                because = f"which actions {statement} allows: {pattern} is not known"
                yield Doubt(check=NAME, path=path, because=because)
    for identity in stack.of_type(*_MANAGED):
        for named in Place.of(identity).at(_MANAGED[identity.type]).members():
            last = str(named).rpartition("/")[2]
            # SAM takes the name alone for one of AWS's.
            is_of_aws = ":aws:policy/" in str(named) or last == str(named)
            if last in _WIDE or (last.endswith("FullAccess") and is_of_aws):
                message = f"{identity.logical_id} has {last}"
                yield _flaw(named.path, message, "write a policy with the actions it needs")


def _flaw(path: Path, message: str, fix: str) -> Flaw:
    source = "IAM/best-practices"
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
