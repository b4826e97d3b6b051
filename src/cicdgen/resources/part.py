"""A part: a frozen set of named resources, in the order in which they refer to each other."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeVar

from troposphere import AWSObject
from troposphere.iam import PolicyType

from cicdgen.policies.grant import policy, wildcards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awacs.aws import PolicyDocument
    from troposphere import Ref

    from cicdgen.policies.grant import Grant, Refusal

R = TypeVar("R", bound=AWSObject)


@dataclass(frozen=True, slots=True)
class Permissions:
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
            PolicyName=self.title,
            Roles=list(self.roles),
            PolicyDocument=policy(self.grants),
        )
        return with_reasons(resource, self.grants)


@dataclass(frozen=True, slots=True)
class Guard:
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
        resource.Metadata = {"cicdgen": {"wildcards": reasons}}
    return resource


class Part:
    """Resources as fields. A field may be empty where the config does not ask for it."""

    def resources(self) -> Iterator[AWSObject]:
        """Every resource, in the order of the fields."""
        for field in fields(self):  # type: ignore[arg-type]  # every part is a dataclass
            value = getattr(self, field.name)
            for item in value if isinstance(value, tuple) else (value,):
                match item:
                    case AWSObject():
                        yield item
                    case Permissions():
                        yield item.resource()

    def granted(self) -> Iterator[Permissions]:
        """Every set of permissions, in the order of the fields."""
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(value, Permissions):
                yield value

    def guarded(self) -> Iterator[Guard]:
        """Every resource policy, in the order of its resource."""
        yield from getattr(self, "guards", ())
