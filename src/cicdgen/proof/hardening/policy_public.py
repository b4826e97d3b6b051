"""No policy of a bucket, topic, queue or other resource allows everyone in the world.

Source: IAM/reference_policies_elements_principal (all principals),
AmazonS3/access-control-block-public-access (which conditions end being public).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Effect
from cicdgen.iam.grantees import EVERYONE
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.granted import resource_statements
from cicdgen.proof.parts.limits import is_limited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack
    from cicdgen.iam import Statement

NAME = "policy-public"
_OTHERS = ("AWS::KMS::", "AWS::IAM::", "AWS::Lambda::")
"""Types that have a check of their own."""
_LIMITS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
"""Keys by whose fixed values a policy is not public."""
_SAID_BY_ANYONE = (
    "aws:currenttime",
    "aws:epochtime",
    "aws:referer",
    "aws:securetransport",
    "aws:useragent",
    "s3:delimiter",
    "s3:max-keys",
    "s3:prefix",
    "s3:signatureversion",
    "s3:tlsversion",
    "s3:x-amz-",
)
"""Keys whose values a caller chooses."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every policy that hangs on a resource."""
    for statement in resource_statements(stack):
        if statement.effect is not Effect.ALLOW:
            continue
        if stack.resources[statement.origin.resource].type.startswith(_OTHERS):
            continue
        if is_limited(statement, _LIMITS):
            continue
        for entry in statement.grantees.entries if statement.grantees else ():
            if entry.kind == "AWS" and entry.value == EVERYONE:
                yield _open_to_all(statement, entry.path)


def _open_to_all(statement: Statement, path: Path) -> Remark:
    """What to say of a statement for everyone, with a condition on other keys, or none."""
    keys = ", ".join(test.key for test in statement.tests)
    if not keys:
        return _public(statement, path, "everyone in the world")
    if all(test.key.lower().startswith(_SAID_BY_ANYONE) for test in statement.tests):
        return _public(statement, path, f"everyone in the world: anybody can meet {keys}")
    because = f"whom {keys} lets through of everyone in the world"
    return Doubt(check=NAME, path=path, because=because)


def _public(statement: Statement, path: Path, whom: str) -> Flaw:
    return Flaw(
        check=NAME,
        path=path,
        message=f"{statement} allows {whom}",
        fix="name principals, or add a condition on aws:SourceAccount or aws:PrincipalOrgID",
        source="IAM/reference_policies_elements_principal",
    )
