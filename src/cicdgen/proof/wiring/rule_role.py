"""The role of a rule's target trusts EventBridge.

EventBridge starts a pipeline or a build as the role that the target names. The pipeline's own role
trusts CodePipeline, so EventBridge cannot assume it (failures 6, 13).
Source: eventbridge/eb-use-identity-based.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Denied, Request, Service, Unknown, decide
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.granted import policies_of
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent
from cicdgen.proof.parts.trigger import RULE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

NAME = "rule-role"
_PAGE = "eventbridge/eb-use-identity-based"
_NEEDING = ("codepipeline", "codebuild", "states")
"""Services that EventBridge only calls as a role."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every target of every rule."""
    for rule in stack.of_type(RULE):
        for target in Place.of(rule).at("Targets").members():
            arn, role = target.at("Arn").text, target.at("RoleArn")
            parts = [] if arn is None else arn.code.split(":", 3)
            service = parts[2] if len(parts) > len(("arn", "aws", "service")) else ""
            if role.is_given:
                yield from _trusts(stack, rule, role)
            elif service in _NEEDING:
                yield Flaw(
                    check=NAME,
                    path=target.path,
                    message=f"the target {arn} has no RoleArn: EventBridge may not start it",
                    fix="give the target a role that events.amazonaws.com may assume",
                    source=_PAGE,
                )


def _trusts(stack: Stack, rule: Resource, named: Place) -> Iterator[Remark]:
    role = referent(stack, named, "AWS::IAM::Role")
    if isinstance(role, Elsewhere):
        because = f"whom the role trusts: {role.because}"
        yield Doubt(check=NAME, path=named.path, because=because)
        return
    context = {
        "aws:SourceArn": rule.arn,
        "aws:SourceAccount": stack.pseudo_parameters["AWS::AccountId"],
    }
    events = Service("events.amazonaws.com")
    request = Request.of(events, "sts:AssumeRole", role.arn, context)
    match decide(request, policies_of(stack)):
        case Denied():
            yield Flaw(
                check=NAME,
                path=named.path,
                message=f"{role.logical_id} does not let events.amazonaws.com assume it for"
                f" {rule.logical_id}: the target is never called",
                fix="name a role of its own, with a trust policy for events.amazonaws.com",
                source=_PAGE,
            )
        case Unknown(because=reasons):
            yield Doubt(check=NAME, path=named.path, because="; ".join(reasons))
        case _:
            pass
