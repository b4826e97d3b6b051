"""The account may use a key through the services that need it, and not directly.

A statement for the account hands on to whatever IAM policies say. With kms:ViaService it hands on
what S3 or Lambda ask for on somebody's behalf; without, code that got hold of a role can call KMS
itself, for anything under the key. Source: kms/conditions-kms (ViaService), kms/key-policy-default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Effect
from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.granted import in_template, policies_of
from cicdgen.proof.parts.limits import limiting_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack
    from cicdgen.iam import Statement

NAME = "key-through"
_USES = ("kms:decrypt", "kms:encrypt", "kms:generatedatakey", "kms:reencryptfrom")
_UNASKED = frozenset({"kms:calleraccount", "aws:principalaccount"})
"""Conditions that say no more than the account itself."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every statement of a key's policy that is for the account."""
    keys = {key.logical_id for key in stack.of_type("AWS::KMS::Key", "AWS::KMS::ReplicaKey")}
    for policy in policies_of(stack).resource:
        if policy.service != "kms":
            continue
        statements = tuple(in_template(stack, tuple(policy.document.statements)))
        if any(_is_whole(statement) for statement in statements):
            # `key-wide` tells that: while it stands, nothing is won by narrowing another.
            continue
        for statement in statements:
            if statement.origin.resource in keys and _is_open(statement):
                yield Flaw(
                    check=NAME,
                    path=statement.origin.path,
                    message=f"{statement} lets the account use the key directly, and not only"
                    " through the services that need it",
                    fix="add StringEquals: {kms:ViaService: …}",
                    source="kms/conditions-kms",
                )


def _is_whole(statement: Statement) -> bool:
    """Whether it hands out all that there is to do with the key."""
    names = {str(pattern).lower() for pattern in statement.actions.patterns}
    is_allowed = statement.effect is Effect.ALLOW
    return is_allowed and (statement.actions.negated or not names.isdisjoint({"*", "kms:*"}))


def _is_open(statement: Statement) -> bool:
    if statement.effect is not Effect.ALLOW or statement.actions.negated:
        return False
    if limiting_keys(statement) - _UNASKED:
        return False
    uses = any(statement.actions.match(action) is True for action in _USES)
    entries = statement.grantees.entries if statement.grantees else ()
    return uses and any(
        entry.kind == "AWS" and not any(kind in entry.value.code for kind in (":role/", ":user/"))
        for entry in entries
    )
