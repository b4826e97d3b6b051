"""A key policy hands out no more than somebody needs.

`kms:*` to the account is AWS's default and lets every administrator of IAM use the key;
`kms:Create*` includes grants, with which whoever has them gives themselves the rest; `*` as a
principal is everyone in the world (failure 1). Source: kms/key-policy-default, kms/grants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Effect
from cicdgen.iam.grantees import EVERYONE
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.granted import in_template, policies_of
from cicdgen.proof.parts.limits import limiting_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack
    from cicdgen.iam import Statement

NAME = "key-wide"
_NARROWING = {
    "aws:principalaccount",
    "aws:sourceaccount",
    "aws:sourcearn",
    "kms:calleraccount",
    "kms:viaservice",
    "aws:principalarn",
    "aws:principalorgid",
    "kms:grantisforawsresource",
    "kms:grantconstrainttype",
}


_OF_ACCOUNT = frozenset(
    {"aws:principalaccount", "aws:principalorgid", "aws:sourceaccount", "kms:calleraccount"}
)
"""Keys that say no more than whose account it is: they narrow who, and not what."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the policy of every key."""
    keys = {key.logical_id for key in stack.of_type("AWS::KMS::Key", "AWS::KMS::ReplicaKey")}
    for policy in policies_of(stack).resource:
        if policy.service == "kms":
            for statement in in_template(stack, tuple(policy.document.statements)):
                if statement.origin.resource in keys and statement.effect is Effect.ALLOW:
                    yield from _wide(statement)


def _wide(statement: Statement) -> Iterator[Remark]:
    keys = limiting_keys(statement)
    if statement.actions.negated:
        message = f"{statement} allows everything but a few actions"
        fix = "list under Action what is needed"
        yield _flaw(statement.origin.path, message, fix, "kms/key-policy-default")
        return
    for pattern, path in zip(statement.actions.patterns, statement.actions.paths, strict=True):
        if pattern.source.only is not None:
            because = f"which actions {statement} allows: {pattern} is not known"
            yield Doubt(check=NAME, path=path, because=because)
        action = str(pattern).lower()
        if action in {"*", "kms:*"} and not keys & _NARROWING - _OF_ACCOUNT:
            message = f"{statement} allows {pattern} to {statement.grantees}"
            fix = "list the actions of an administrator, and let the services' callers use the key"
            yield _flaw(path, message, fix, "kms/key-policy-default")
        elif action == "kms:create*" and not keys & _NARROWING:
            message = f"{statement} allows {pattern}, and with it CreateGrant, to anyone there"
            fix = "list CreateAlias, and give CreateGrant a condition of kms:GrantIsForAWSResource"
            yield _flaw(path, message, fix, "kms/grants")
        elif action == "kms:creategrant" and not keys & _NARROWING and _is_for_account(statement):
            message = f"{statement} allows {pattern} to the account without a condition"
            fix = "list CreateAlias, and give CreateGrant a condition of kms:GrantIsForAWSResource"
            yield _flaw(path, message, fix, "kms/grants")
    for entry in statement.grantees.entries if statement.grantees else ():
        if entry.value == EVERYONE and not keys & _NARROWING:
            message = f"{statement} allows everyone in the world"
            yield _flaw(entry.path, message, "name principals, or add a condition", "kms/grants")


def _is_for_account(statement: Statement) -> bool:
    """Whether it hands on to whomever the account's own policies name."""
    entries = statement.grantees.entries if statement.grantees else ()
    return any(
        entry.kind == "AWS" and not any(kind in entry.value.code for kind in (":role/", ":user/"))
        for entry in entries
    )


def _flaw(path: Path, message: str, fix: str, source: str) -> Flaw:
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
