"""The policies of a stack, and which of them take part in a request.

A `Policies` is a value: leaving out a statement makes another one. That is how a checker asks what
a statement is needed for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeVar

from cicdgen.cloudformation.text import Text
from cicdgen.cloudformation.truth import Truth, any_of
from cicdgen.iam.pattern import matches
from cicdgen.iam.statement import Document, Statement


@dataclass(frozen=True, kw_only=True)
class IdentityPolicy:
    """A policy that hangs on a role or user.

    Attributes:
        to: The ARN of the role or user.
        document: What it says.
        certain: Whether it surely hangs there.
    """

    to: Text
    document: Document
    certain: bool = True


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """A permissions boundary; as `IdentityPolicy`."""

    to: Text
    document: Document
    certain: bool = True


@dataclass(frozen=True, kw_only=True)
class ResourcePolicy:
    """A policy that hangs on a resource.

    Attributes:
        to: The ARN of the resource.
        document: What it says.
        service: The prefix of the actions that it decides about.
        covers: Codes of patterns for the resources that it decides about.
        certain: Whether it surely hangs there.
        whole: Whether it is all that hangs there, and not one statement of several.
    """

    to: Text
    document: Document
    service: str
    covers: tuple[str, ...]
    certain: bool = True
    whole: bool = True


@dataclass(frozen=True, kw_only=True)
class Owned:
    """A resource of the stack: every policy on it is in the template.

    Attributes:
        arn: Its ARN.
        service: The prefix of the actions on it.
        covers: Codes of patterns for it and what is in it.
    """

    arn: Text
    service: str
    covers: tuple[str, ...]

    def holds(self, arn: Text) -> Truth:
        """Whether an ARN is its own, or that of something in it."""
        return any_of(matches(code, arn.code) for code in self.covers)


class Held(NamedTuple):
    """A document that takes part in a request, unless it turns out to hang elsewhere."""

    document: Document
    certain: bool


class OfPrincipal(NamedTuple):
    """What hangs on a principal; `is_known` tells whether the template defines it."""

    identity: Sequence[Held]
    boundaries: Sequence[Held]
    is_known: bool


class OfResource(NamedTuple):
    """What hangs on a resource.

    Attributes:
        policies: The documents.
        is_owned: Whether the template defines the resource.
        is_known: Whether these documents are all that hangs on it.
    """

    policies: Sequence[Held]
    is_owned: Truth
    is_known: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Policies:
    """Every policy of a stack.

    Attributes:
        account: The account that the stack's resources are in.
        principals: The ARNs of the roles and users whose policies are all here.
        identity: What hangs on roles and users.
        boundaries: Their permissions boundaries.
        resource: What hangs on resources, trust policies included.
        owned: The resources of the stack.
        assuming: What every answer rests on besides.
        loose: What policies say that hang on nobody in the template, as far as it shows.
        lacking: Why policies may be missing here, if they may: then nothing is denied for want of
            one.
    """

    account: Text
    principals: frozenset[Text] = frozenset()
    identity: tuple[IdentityPolicy, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    resource: tuple[ResourcePolicy, ...] = ()
    owned: tuple[Owned, ...] = ()
    assuming: tuple[str, ...] = ()
    loose: tuple[Document, ...] = ()
    lacking: tuple[str, ...] = ()

    def of_principal(self, arn: Text) -> OfPrincipal:
        """What hangs on a role or user."""
        found = self._by_principal.get(arn)
        if found is None:
            identity, boundaries = self._on(arn, self.identity), self._on(arn, self.boundaries)
            found = OfPrincipal(identity, boundaries, arn in self.principals)
            self._by_principal[arn] = found
        return found

    def of_resource(self, service: str, arn: Text) -> OfResource:
        """What hangs on a resource and decides about a service's actions."""
        found = self._by_resource.get((service, arn))
        if found is None:
            owned = [(each.arn, each.holds(arn)) for each in self.owned if each.service == service]
            # Two resources of one stack are never the same, whatever they are called.
            others = {each for each, holds in owned if holds is not True}
            ruled_out = others if any(holds is True for _, holds in owned) else set()
            held = [
                (policy, any_of(matches(code, arn.code) for code in policy.covers))
                for policy in self.resource
                if policy.service == service and policy.to not in ruled_out
            ]
            is_owned = any_of(holds for _, holds in owned)
            found = OfResource(
                tuple(
                    Held(policy.document, policy.certain and hangs is True)
                    for policy, hangs in held
                    if hangs is not False
                ),
                is_owned,
                is_owned is True or any(p.whole and p.certain and hangs for p, hangs in held),
            )
            self._by_resource[service, arn] = found
        return found

    def _on(self, arn: Text, policies: Sequence[IdentityPolicy | Boundary]) -> tuple[Held, ...]:
        """The documents that hang on a principal, or may."""
        others = self.principals - {arn} if arn in self.principals else frozenset()
        return tuple(
            Held(policy.document, policy.certain and hangs is True)
            for policy in policies
            if policy.to not in others and (hangs := policy.to.equals(arn)) is not False
        )

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement, each once, as the template has them."""
        documents = [policy.document for policy in self.identity]
        documents += [policy.document for policy in self.boundaries]
        documents += [policy.document for policy in self.resource]
        return tuple(dict.fromkeys(each for document in documents for each in document.statements))

    def replaced(self, old: Statement, new: Statement | None) -> "Policies":
        """The policies with one statement replaced wherever its document hangs, or left out."""

        def changed(document: Document) -> Document:
            return document.replaced(old, new) if old in document.statements else document

        return replace(
            self,
            identity=tuple(_with(policy, changed(policy.document)) for policy in self.identity),
            boundaries=tuple(_with(policy, changed(policy.document)) for policy in self.boundaries),
            resource=tuple(_with(policy, changed(policy.document)) for policy in self.resource),
        )

    def without(self, statement: Statement) -> "Policies":
        """The policies without one statement."""
        return self.replaced(statement, None)

    def granting(self, arn: Text, documents: Iterable[Document]) -> "Policies":
        """The policies, and beside them those of a principal that is not in the template."""
        more = tuple(IdentityPolicy(to=arn, document=document) for document in documents)
        return replace(self, principals=self.principals | {arn}, identity=(*self.identity, *more))

    @cached_property
    def _by_principal(self) -> dict[Text, OfPrincipal]:
        return {}

    @cached_property
    def _by_resource(self) -> dict[tuple[str, Text], OfResource]:
        return {}


_Policy = TypeVar("_Policy", IdentityPolicy, Boundary, ResourcePolicy)


def _with(policy: _Policy, document: Document) -> _Policy:
    return policy if document is policy.document else replace(policy, document=document)
