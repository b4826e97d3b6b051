"""A stack's resources, found by whatever a template calls them: a name, an id, a URL or an ARN."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cicdgen.cloudformation import Items, Path, Resource, Stack, Text, Value
from cicdgen.iam import ABSENT, Principal, Request, RoleSession
from cicdgen.iam.context import Given
from cicdgen.proof.hop import Call

_SERVICES_OWN: Mapping[str, Given] = {
    "aws:SecureTransport": True,
    "aws:SourceAccount": ABSENT,
    "aws:SourceArn": ABSENT,
    "aws:MultiFactorAuthPresent": ABSENT,
    "lambda:SourceFunctionArn": ABSENT,
    "sts:ExternalId": ABSENT,
}
"""What is known of every request that a service makes, as itself or as a role, with TLS."""


@dataclass(frozen=True, eq=False)
class Site:
    """A stack as the catalogue sees it."""

    stack: Stack
    _found: dict[tuple[str, str], Resource | None] = field(default_factory=dict)

    @cached_property
    def account(self) -> Text:
        """The account that the stack is in."""
        return self.stack.pseudo_parameters["AWS::AccountId"]

    @cached_property
    def region(self) -> Text:
        """The region that the stack is in."""
        return self.stack.pseudo_parameters["AWS::Region"]

    def arn(self, service: str, rest: str | Text) -> Text:
        """The ARN of something of a service in the stack's account and region."""
        return self._front(service) + rest

    def object_arn(self, bucket: Text, key: str | Text) -> Text:
        """The ARN of an object."""
        return bucket + "/" + key

    def bucket_arn(self, name: Text) -> Text:
        """The ARN of a bucket, given by name or by ARN."""
        if name.code.startswith("arn:"):
            return name
        return Text("arn:") + self.stack.pseudo_parameters["AWS::Partition"] + ":s3:::" + name

    def endpoint(self, service: str) -> Text:
        """A service as `kms:ViaService` and regional principals name it."""
        suffix = self.stack.pseudo_parameters["AWS::URLSuffix"]
        return Text(f"{service}.") + self.region + "." + suffix

    def find(self, value: Value, *types: str) -> Resource | None:
        """The resource of these types that a value names, if it is in the template."""
        if not isinstance(value, Text):
            return None
        for kind in types:
            if kind not in self._indexed:
                self._index(kind)
            found = self._found.get((kind, value.code))
            if found is not None:
                return found
        return None

    def every(self, *types: str) -> Iterator[Resource]:
        """The resources of these types."""
        return self.stack.of_type(*types)

    def label(self, arn: Text) -> str:
        """What the template's author calls something: its logical id, and what is in it."""
        head, slash, rest = arn.code.partition("/")
        for code, more in ((arn.code, ""), (head, slash + rest)):
            logical_id = self._labels.get(code)
            if logical_id is not None:
                return logical_id + str(Text(more))
        parts = arn.code.split(":", 5)
        if len(parts) > 5:  # noqa: PLR2004 - an ARN has six parts
            for end in range(len(parts[5]), 0, -1):
                if end == len(parts[5]) or parts[5][end] == ":":
                    code = ":".join((*parts[:5], parts[5][:end]))
                    if code in self._labels:
                        return self._labels[code] + str(Text(parts[5][end:]))
            return f"{parts[2]} {Text(parts[5])}"
        return str(arn)

    def request(
        self,
        who: Principal,
        action: str,
        resource: Text,
        context: Mapping[str, Given] | None = None,
    ) -> Request:
        """A request as a service makes it."""
        known: dict[str, Given] = dict(_SERVICES_OWN)
        known["aws:RequestedRegion"] = self.region
        owner = self._owner(resource)
        if owner is not None:
            known["aws:ResourceAccount"] = owner
        if context:
            known.update(context)
        return Request.of(who, action, resource, known)

    def call(
        self,
        who: Principal,
        action: str | tuple[str, ...],
        resource: Text | tuple[Text, ...],
        context: Mapping[str, Given] | None = None,
    ) -> Call:
        """A call; several actions or resources are the ways in which AWS may ask for it."""
        actions = (action,) if isinstance(action, str) else action
        resources = (resource,) if isinstance(resource, Text) else resource
        ways = tuple(self.request(who, a, r, context) for r in resources for a in actions)
        return Call(ways=ways, on=self.label(resources[0]))

    def role(self, value: Value) -> RoleSession | None:
        """A session of the role that a value names, if the role is in the template."""
        found = self.find(value, "AWS::IAM::Role")
        return RoleSession(found.arn) if found is not None else None

    def who(self, principal: Principal) -> str:
        """What the template's author calls a principal."""
        if isinstance(principal, RoleSession):
            return self._labels.get(principal.role.code, str(principal))
        return str(principal)

    def _front(self, service: str) -> Text:
        partition = self.stack.pseudo_parameters["AWS::Partition"].code
        return Text(f"arn:{partition}:{service}:{self.region.code}:{self.account.code}:")

    def _owner(self, resource: Text) -> Text | None:
        """The account that owns a resource, where the ARN or the template tells."""
        parts = resource.code.split(":", 5)
        if len(parts) > 4 and parts[4]:  # noqa: PLR2004 - the account is the fifth part
            return Text(parts[4])
        return self.account if resource.code.partition("/")[0] in self._labels else None

    def _index(self, kind: str) -> None:
        self._indexed.add(kind)
        for resource in self.stack.of_type(kind):
            for text in (resource.arn, resource.ref, resource.name):
                self._found.setdefault((kind, text.code), resource)

    @cached_property
    def _indexed(self) -> set[str]:
        return set()

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return {each.arn.code: each.logical_id for each in self.stack.resources.values()}


def members(value: Value) -> Iterator[Value]:
    """The members of a list; of one value, that."""
    if isinstance(value, Items):
        yield from value
    elif value is not None:
        yield value


def service_in(arn: Text) -> str:
    """The service that an ARN is of, as `sqs`; nothing if it does not say."""
    parts = arn.code.split(":")
    return parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - the service is the third part


def at(resource: Resource, *steps: str | int) -> Path:
    """A place in a resource, as a path from the template's root."""
    return (*resource.path, *steps)
