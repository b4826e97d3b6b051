"""What hangs on the roles and users of a stack: their policies and permissions boundaries.

A policy hangs on a role inline (`Policies`, `AWS::IAM::Policy`, `AWS::IAM::RolePolicy`), or as a
managed policy, told by the role (`ManagedPolicyArns`) or by the policy (`Roles`); and on a user
also through its groups. Source: AWSCloudFormation/AWS_IAM.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cicdgen.cloudformation.intrinsics import as_text
from cicdgen.cloudformation.stack import Resource, Stack
from cicdgen.cloudformation.text import Text
from cicdgen.cloudformation.values import Fields, Items, Path, Value
from cicdgen.iam.managed import is_managed_by_aws, managed_document
from cicdgen.iam.parse import IDENTITY, read_document, unknown_document
from cicdgen.iam.policies import Boundary, IdentityPolicy
from cicdgen.iam.statement import Document, Origin

_IDENTITIES = {"AWS::IAM::Role": "Roles", "AWS::IAM::User": "Users", "AWS::IAM::Group": "Groups"}
"""The property of a policy that lists identities of a type."""

_SINGLE = {
    "AWS::IAM::RolePolicy": ("AWS::IAM::Role", "RoleName"),
    "AWS::IAM::UserPolicy": ("AWS::IAM::User", "UserName"),
    "AWS::IAM::GroupPolicy": ("AWS::IAM::Group", "GroupName"),
}
_LISTING = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")


_SERVERLESS = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")


class _Hung(NamedTuple):
    """A document, and whether it surely hangs where it was found."""

    document: Document
    certain: bool


class Identities:
    """The roles and users of a stack, with all that hangs on them.

    Args:
        stack: The stack.
        documents: Documents of managed policies that are not in the template, by ARN.
    """

    def __init__(self, stack: Stack, documents: Mapping[Text, Document]) -> None:
        self._stack = stack
        self._documents = documents
        self._managed = {
            each.arn: self._own(each, "PolicyDocument")
            for each in stack.of_type("AWS::IAM::ManagedPolicy")
        }
        self._attached = [*self._by_policy()]

    @property
    def principals(self) -> frozenset[Text]:
        """The ARNs of the roles and users."""
        return frozenset(
            each.arn for each in self._stack.of_type("AWS::IAM::Role", "AWS::IAM::User")
        )

    def policies(self) -> Iterator[IdentityPolicy]:
        """Everything that hangs on a role or user, directly or through a group."""
        for identity in self._stack.of_type("AWS::IAM::Role", "AWS::IAM::User"):
            for hung in self._on(identity):
                yield IdentityPolicy(to=identity.arn, document=hung.document, certain=hung.certain)
            if identity.type == "AWS::IAM::User":
                for group, certain in self._groups(identity):
                    for hung in self._on(group):
                        sure = certain and hung.certain
                        yield IdentityPolicy(to=identity.arn, document=hung.document, certain=sure)

    def documents(self) -> Iterator[Document]:
        """What every policy of the template says, wherever it hangs.

        What groups are given is among it, and what SAM writes into the roles that it makes.
        """
        yield from self._managed.values()
        yield from (hung.document for _, _, hung in self._attached)
        for group in self._stack.of_type("AWS::IAM::Group"):
            yield from (hung.document for hung in self._on(group))
        for maker in self._stack.of_type(*_SERVERLESS):
            yield from _given_to_macro(maker)

    def boundaries(self) -> Iterator[Boundary]:
        """The permissions boundaries."""
        for identity in self._stack.of_type("AWS::IAM::Role", "AWS::IAM::User"):
            if "PermissionsBoundary" in identity.properties:
                at = (*identity.path, "PermissionsBoundary")
                arn = as_text(identity.properties["PermissionsBoundary"])
                hung = self._managed_by(arn, identity, at)
                yield Boundary(to=identity.arn, document=hung.document, certain=hung.certain)

    def _on(self, identity: Resource) -> Iterator[_Hung]:
        """What hangs on a role, a user or a group itself."""
        for index, (at, policy) in enumerate(_list(identity.properties, "Policies")):
            yield _Hung(_inline(identity, at, policy, index), certain=True)
        for at, arn in _list(identity.properties, "ManagedPolicyArns"):
            yield self._managed_by(as_text(arn), identity, at)
        for kind, name, hung in self._attached:
            if kind == identity.type and (same := name.equals(identity.name)) is not False:
                yield hung._replace(certain=hung.certain and same is True)

    def _by_policy(self) -> Iterator[tuple[str, Text, _Hung]]:
        """What policies say themselves about where they hang: type and name of the identity."""
        for policy in self._stack.of_type(*_LISTING):
            document = self._managed.get(policy.arn) or self._own(policy, "PolicyDocument")
            for kind, listed in _IDENTITIES.items():
                for _, name in _list(policy.properties, listed):
                    yield kind, _named(name), _Hung(document, policy.exists is True)
        for policy in self._stack.of_type(*_SINGLE):
            kind, listed = _SINGLE[policy.type]
            name = _named(policy.properties.get(listed))
            yield kind, name, _Hung(self._own(policy, "PolicyDocument"), policy.exists is True)

    def _groups(self, user: Resource) -> Iterator[tuple[Resource, bool]]:
        """The groups of the template that a user is in, and whether that is sure."""
        names = [_named(name) for _, name in _list(user.properties, "Groups")]
        for addition in self._stack.of_type("AWS::IAM::UserToGroupAddition"):
            added = (_named(name) for _, name in _list(addition.properties, "Users"))
            if any(name.equals(user.name) is not False for name in added):
                names.append(_named(addition.properties.get("GroupName")))
        for group in self._stack.of_type("AWS::IAM::Group"):
            same = [name.equals(group.name) for name in names]
            if any(each is not False for each in same):
                yield group, True in same

    def _managed_by(self, arn: Text | None, identity: Resource, at: Path) -> _Hung:
        """The document of a managed policy that an identity names."""
        origin = Origin(resource=identity.logical_id, path=at)
        if arn is None:
            return _Hung(unknown_document(origin, "it is no ARN of a policy"), certain=True)
        if arn in self._managed:
            return _Hung(self._managed[arn], certain=True)
        if arn in self._documents:
            return _Hung(self._documents[arn], certain=True)
        if is_managed_by_aws(arn):
            return _Hung(managed_document(arn), certain=True)
        return _Hung(unknown_document(origin, f"{arn} is not in the template"), certain=True)

    @staticmethod
    def _own(policy: Resource, name: str) -> Document:
        at = (*policy.path, name)
        origin = Origin(resource=policy.logical_id, path=at)
        return read_document(policy.properties.get(name), origin, IDENTITY)


def _given_to_macro(maker: Resource) -> Iterator[Document]:
    """The statements that SAM is to put into the role of a function or a state machine.

    The names of managed policies and of its policy templates it fills in itself.
    Source: serverless-application-model/sam-resource-function (Policies).
    """
    for index, (at, policy) in enumerate(_list(maker.properties, "Policies")):
        if isinstance(policy, Fields) and "Statement" in policy:
            origin = Origin(resource=maker.logical_id, path=at, index=index)
            yield read_document(policy, origin, IDENTITY)


def _inline(identity: Resource, at: Path, policy: Value, index: int) -> Document:
    if not isinstance(policy, Fields):
        origin = Origin(resource=identity.logical_id, path=at, index=index)
        return unknown_document(origin, "what it says is not known")
    path = policy.paths.get("PolicyDocument", at)
    origin = Origin(resource=identity.logical_id, path=path, index=index)
    return read_document(policy.get("PolicyDocument"), origin, IDENTITY)


def _list(properties: Fields, name: str) -> Iterator[tuple[Path, Value]]:
    """The members of a list; a list that is not known is one member that is not known."""
    value = properties.get(name)
    if isinstance(value, Items):
        yield from value.located()
    elif value is not None:
        yield properties.paths[name], value


def _named(value: Value) -> Text:
    return as_text(value) or Text("")
