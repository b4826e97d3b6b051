"""A part: a frozen set of named resources, in the order in which they refer to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from troposphere import AWSObject
from troposphere.iam import PolicyType

from cicdgen.policies.grant import policy, wildcards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awacs.aws import PolicyDocument
    from troposphere import Ref

    from cicdgen.policies.grant import Grant, Refusal

R = TypeVar("R", bound=AWSObject)


class Permissions(Struct, frozen=True):
    """What one or more roles may do: a resource apart from the roles, after all that it names.

    Attributes:
        title: the logical id.
        roles: references to the roles.
        grants: what they may do, and why.
    """

    title: str
    roles: tuple[Ref, ...]
    grants: tuple[Grant | Refusal, ...]

    def resource(self) -> PolicyType:
        """The policy as CloudFormation has it, each wildcard with its reason beside it."""
        resource = PolicyType(
            self.title,
            PolicyName=self.title.removesuffix("Policy"),
            Roles=list(self.roles),
            PolicyDocument=policy(self.grants),
        )
        return with_reasons(resource, self.grants)


class Guard(Struct, frozen=True):
    """What a resource's own policy lets in and keeps out.

    Attributes:
        title: the logical id of the resource.
        grants: who may do what to it, and why.
    """

    title: str
    grants: tuple[Grant | Refusal, ...]

    def document(self) -> PolicyDocument:
        """The policy as CloudFormation has it."""
        return policy(self.grants)


def with_reasons(resource: R, grants: tuple[Grant | Refusal, ...]) -> R:
    """The resource, with the reason of each `*` of its policy in its metadata."""
    reasons = wildcards(grants)
    if reasons:
        resource.Metadata = {"Wildcards": reasons}
    return resource


class Part(Struct, frozen=True):
    """Resources as fields. A field may be empty where the config does not ask for it."""

    def resources(self) -> Iterator[AWSObject]:
        """Every resource, in the order of the fields."""
        for field in self.__struct_fields__:
            value = getattr(self, field)
            for item in value if isinstance(value, tuple) else (value,):
                match item:
                    case AWSObject():
                        yield item
                    case Permissions():
                        yield item.resource()

    def granted(self) -> Iterator[Permissions]:
        """Every set of permissions, in the order of the fields."""
        for field in self.__struct_fields__:
            value = getattr(self, field)
            if isinstance(value, Permissions):
                yield value

    def guarded(self) -> Iterator[Guard]:
        """Every resource policy, in the order of its resource."""
        yield from getattr(self, "guards", ())
