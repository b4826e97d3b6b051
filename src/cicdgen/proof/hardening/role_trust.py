"""A service assumes a role for what is yours, and nobody else can assume it.

CodeBuild, CodeDeploy, EventBridge and others say for which project, group or rule they act: without
a condition on that, one of another account will do (confused deputy). `*` as a principal
is everyone.

Source: codebuild/setting-up-service-role, codedeploy/security_confused_deputy,
eventbridge/cross-service-confused-deputy-prevention.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Effect
from cicdgen.iam.grantees import EVERYONE
from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.granted import policies_of, resource_statements
from cicdgen.proof.parts.limits import limiting_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack

NAME = "role-trust"
_DOCUMENTED = {
    "codebuild.amazonaws.com": "codebuild/setting-up-service-role",
    "codedeploy.amazonaws.com": "codedeploy/security_confused_deputy",
    "events.amazonaws.com": "eventbridge/cross-service-confused-deputy-prevention",
}
_KEYS = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the trust policy of every role."""
    roles = {role.logical_id for role in stack.of_type("AWS::IAM::Role")}
    if not roles or not policies_of(stack).principals:
        return
    for statement in resource_statements(stack):
        if statement.origin.resource not in roles or statement.effect is not Effect.ALLOW:
            continue
        keys = limiting_keys(statement)
        for entry in statement.grantees.entries if statement.grantees else ():
            page = _DOCUMENTED.get(entry.value.known or "")
            if page is not None and not keys & _KEYS:
                message = f"{statement.origin.resource} lets {entry.value} act for anyone's sake"
                fix = "add ArnLike: {aws:SourceArn: …} and StringEquals: {aws:SourceAccount: …}"
                yield _flaw(entry.path, message, fix, page)
            elif entry.kind == "AWS" and entry.value == EVERYONE and not keys:
                message = f"{statement.origin.resource} can be assumed by everyone in the world"
                yield _flaw(entry.path, message, "name principals", "IAM/best-practices")


def _flaw(path: Path, message: str, fix: str, source: str) -> Flaw:
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
