"""Questions about the policies of small templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.iam.asking import Outcome, outcome

from cicdgen.cloudformation import EXAMPLE, Template, Text, stacks
from cicdgen.iam import ABSENT, Policies, Principal, Request, RoleSession, collect, decide

if TYPE_CHECKING:
    from cicdgen.cloudformation import Stack

Json = Any
HERE = "111122223333"
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "b"}}


def only_stack(resources: dict[str, Json]) -> Stack:
    """The one stack that these resources make."""
    (stack,) = stacks(Template.read({"Resources": resources}), EXAMPLE)
    return stack


def policies_of(resources: dict[str, Json]) -> Policies:
    """The policies of these resources."""
    return collect(only_stack(resources))


def role_of(resources: dict[str, Json], name: str = "Role") -> RoleSession:
    """A session of a role among them."""
    return RoleSession(only_stack(resources).resources[name].arn)


def ask(
    resources: dict[str, Json],
    action: str = "s3:GetObject",
    resource: str | Text = "arn:aws:s3:::b/x",
    principal: Principal | None = None,
    **context: str,
) -> Outcome:
    """Whether a principal, or else the role among the resources, may do something."""
    given = {key.replace("_", ":", 1): value for key, value in context.items()}
    who = principal or role_of(resources)
    request = Request.of(who, action, resource, given, unmentioned=ABSENT)
    return outcome(decide(request, policies_of(resources)))
