"""Every policy of a template can be read: what cannot be read is not judged by any other check.

A statement that a macro brings in, or that a parameter holds, may say anything. And one that AWS
does not understand, as `NotPrincipal` with Allow, is no protection.
Source: IAM/reference_policies_grammar, IAM/reference_policies_elements_notprincipal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam.parse import ALLOWS_ALL_BUT
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.granted import unread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "policy-read"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every policy that hangs on a role, a user or a resource."""
    for each in unread(stack):
        if each.why == ALLOWS_ALL_BUT:
            yield Flaw(
                check=NAME,
                path=each.origin.path,
                message=f"{each.origin} allows everyone in the world but those that it names",
                fix="name under Principal whom it is for",
                source="IAM/reference_policies_elements_notprincipal",
            )
        else:
            because = f"what {each.origin} says: {each.why}"
            yield Doubt(check=NAME, path=each.origin.path, because=because)
