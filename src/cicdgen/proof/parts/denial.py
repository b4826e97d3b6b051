"""Whether plain HTTP is refused: asked of the evaluator, not read from the text of a policy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.iam import ABSENT, Anonymous, Denied, Request, Unknown, decide
from cicdgen.proof.parts.granted import policies_of

if TYPE_CHECKING:
    from cicdgen.cloudformation import Stack
    from cicdgen.cloudformation.truth import Truth


def refuses_plain_http(stack: Stack, action: str, resource: str) -> Truth:
    """Whether a call without TLS is refused to everyone, by a statement that says so.

    Args:
        stack: the stack.
        action: the call.
        resource: the code of the ARN that it is on.
    """
    context = {"aws:SecureTransport": "false"}
    request = Request.of(Anonymous(), action, Text(resource), context, unmentioned=ABSENT)
    policies = policies_of(stack)
    if policies.lacking:
        # A connector writes what allows, and what a macro makes is told as a whole.
        policies = replace(policies, lacking=())
    match decide(request, policies):
        case Denied(is_explicit=True):
            return True
        case Unknown():
            return None
        case _:
            return False
