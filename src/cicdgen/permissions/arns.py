"""A stack's ARNs as patterns of a policy: what AWS makes up is a star.

A role without a name is called after stack and logical id by CloudFormation, with something random
at the end (AWSCloudFormation/cfn-arn-formats does not say how it is cut; it fits uncut while it
has 64 characters at most, IAM's limit).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Items, Shape, Text
from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack, Token, Value

_NAME_ROOM, _RANDOM = 64, 13
_STAR = Text("*")

_HANGS_ON = {
    "AWS::IAM::Policy": ("Roles", "AWS::IAM::Role"),
    "AWS::Lambda::Alias": ("FunctionName", "AWS::Lambda::Function"),
    "AWS::Lambda::EventInvokeConfig": ("FunctionName", "AWS::Lambda::Function"),
    "AWS::Lambda::Version": ("FunctionName", "AWS::Lambda::Function"),
    "AWS::S3::BucketPolicy": ("Bucket", "AWS::S3::Bucket"),
    "AWS::SNS::Subscription": ("TopicArn", "AWS::SNS::Topic"),
    "AWS::SNS::TopicPolicy": ("Topics", "AWS::SNS::Topic"),
    "AWS::SQS::QueuePolicy": ("Queues", "AWS::SQS::Queue"),
}
"""The property that names what such a resource's calls are made on, and the type of that."""


class Arns:
    """The ARNs of a stack's resources.

    Args:
        stack: the stack, with its name where it is known.
        name: the stack's name.
    """

    def __init__(self, stack: Stack, name: str) -> None:
        self._stack = stack
        self._name = name
        # A function and an application may have the same name.
        self._by_ref = {(each.type, each.ref.code): each for each in stack.resources.values()}
        self._made = set(stack.resources)

    def of(self, resource: Resource) -> tuple[str, ...]:
        """What calls for a resource are made on: itself, or what it hangs on."""
        hangs_on = _HANGS_ON.get(resource.type)
        if hangs_on is None:
            return self._forms(resource)
        owners = self._owners(resource, *hangs_on)
        found = tuple(
            form
            for owner in owners
            if owner is not None
            for form in (*self._forms(owner), *self._qualified(owner))
        )
        if not found or None in owners:
            raise UsageError(
                f"{resource.logical_id} hangs on something outside the template",
                hint="its rights cannot be told from here",
            )
        return found

    def boundary_of(self, resource: Resource) -> str | None:
        """The permissions boundary of a role, or of every role that a policy hangs on."""
        roles: list[Resource | None] = [resource]
        if resource.type == "AWS::IAM::Policy":
            roles = self._owners(resource, *_HANGS_ON[resource.type])
        given = {role and role.properties.get("PermissionsBoundary") for role in roles}
        if len(given) != 1:
            return None
        (boundary,) = given
        return self.pattern(boundary) if isinstance(boundary, Text) else None

    def service(self, name: str) -> str:
        """A service's principal in the stack's region, as `lambda.eu-central-1.amazonaws.com`."""
        pseudo = self._stack.pseudo_parameters
        parts = Text(name), pseudo["AWS::Region"], pseudo["AWS::URLSuffix"]
        return self.pattern(Text.joined(parts, "."))

    def pattern(self, text: Text) -> str:
        """A text with a star for what AWS makes up."""
        for token in text.tokens:
            text = text.replaced(token, self._filled(token))
        return text.code

    def _owners(self, resource: Resource, name: str, kind: str) -> list[Resource | None]:
        """What a property names, each of a type; None for what is outside the template."""
        named = _texts(resource.properties.get(name))
        return [self._by_ref.get((kind, each.code)) for each in named]

    def _filled(self, token: Token) -> Text:
        if token.name not in self._made or token.shape is Shape.ID:
            return _STAR
        if len(self._name) + len(token.name) + len("--") + _RANDOM > _NAME_ROOM:
            raise UsageError(
                f"CloudFormation cuts the name that it makes of {self._name} and {token.name}",
                hint="give the stack a shorter name",
            )
        return Text(f"{self._name}-{token.name}-*")

    def _qualified(self, resource: Resource) -> tuple[str, ...]:
        """A function's versions and aliases."""
        is_function = resource.type == "AWS::Lambda::Function"
        return (f"{self.pattern(resource.arn)}:*",) if is_function else ()

    def _forms(self, resource: Resource) -> tuple[str, ...]:
        arn = self.pattern(resource.arn)
        match resource.type:
            case "AWS::Logs::LogGroup":
                # Tags are on the group without the star (logs/iam-access-control-overview).
                bare = arn.removesuffix(":*")
                return bare, f"{bare}:*"
            case "AWS::CodeDeploy::DeploymentGroup":
                config = resource.properties.get("DeploymentConfigName")
                front = arn.partition(":deploymentgroup:")[0]
                named = self.pattern(config) if isinstance(config, Text) else "*"
                return arn, f"{front}:deploymentconfig:{named}"
        return (arn,)


def _texts(value: Value | None) -> Iterator[Text]:
    match value:
        case Text():
            yield value
        case Items():
            for each in value:
                yield from _texts(each)
