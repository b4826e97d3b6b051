"""No policy of a bucket, topic, queue or other resource allows everyone in the world.

Source: IAM/reference_policies_elements_principal (all principals).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Effect
from cicdgen.iam.grantees import EVERYONE
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.granted import resource_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "policy-public"
_OTHERS = ("AWS::KMS::", "AWS::IAM::", "AWS::Lambda::")
"""Types that have a check of their own."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every policy that hangs on a resource."""
    for statement in resource_statements(stack):
        if statement.effect is not Effect.ALLOW:
            continue
        if stack.resources[statement.origin.resource].type.startswith(_OTHERS):
            continue
        for entry in statement.grantees.entries if statement.grantees else ():
            if entry.kind != "AWS" or entry.value != EVERYONE:
                continue
            if statement.tests:
                keys = ", ".join(test.key for test in statement.tests)
                because = f"whom {keys} lets through of everyone in the world"
                yield Doubt(check=NAME, path=entry.path, because=because)
                continue
            yield Flaw(
                check=NAME,
                path=entry.path,
                message=f"{statement} allows everyone in the world",
                fix="name principals, or add a condition on aws:SourceAccount or"
                " aws:PrincipalOrgID",
                source="IAM/reference_policies_elements_principal",
            )
