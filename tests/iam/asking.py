"""Questions to the evaluator about policies written out beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from cicdgen.cloudformation import Text
from cicdgen.cloudformation.text import ANY_RUN
from cicdgen.iam import (
    ABSENT,
    Allowed,
    Answer,
    Denied,
    Document,
    Origin,
    Policies,
    Principal,
    Request,
    RoleSession,
    Root,
    User,
    decide,
)
from cicdgen.iam.parse import IDENTITY, RESOURCE, TRUST, Kind, read_document, read_json
from cicdgen.iam.policies import Boundary, IdentityPolicy, Owned, ResourcePolicy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicdgen.iam.context import Given, Presence

Json = Any

ACCOUNT, OTHER = "111122223333", "444455556666"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/worker"
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/monday"
USER_ARN = f"arn:aws:iam::{ACCOUNT}:user/carlos"
ROLE = RoleSession(Text(ROLE_ARN), "monday")
USER = User(Text(USER_ARN))
ROOT = Root(Text(ACCOUNT))
STRANGER = RoleSession(Text(f"arn:aws:iam::{OTHER}:role/stranger"), "monday")

Outcome = Literal["allowed", "denied", "denied explicitly", "unknown"]


def statement(
    effect: str,
    action: Json,
    resource: Json = "*",
    condition: Json = None,
    principal: Json = None,
    **others: Json,
) -> dict[str, Json]:
    """A statement as JSON; a keyword replaces or, if None, removes an element."""
    elements = {
        "Effect": effect,
        "Principal": principal,
        "Action": action,
        "Resource": resource,
        "Condition": condition,
        **others,
    }
    return {name: value for name, value in elements.items() if value is not None}


def allow(action: Json, resource: Json = "*", condition: Json = None, **others: Json) -> Json:
    """A statement that allows."""
    return statement("Allow", action, resource, condition, **others)


def deny(action: Json, resource: Json = "*", condition: Json = None, **others: Json) -> Json:
    """A statement that denies."""
    return statement("Deny", action, resource, condition, **others)


def document(
    statements: Sequence[Json], kind: Kind, name: str, version: str | None = "2012-10-17"
) -> Document:
    """A document with these statements."""
    body: dict[str, Json] = {"Statement": list(statements)}
    if version is not None:
        body["Version"] = version
    path = (name,)
    return read_document(read_json(body, path), Origin(resource=name, path=path), kind)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question, and the policies that it is about.

    Attributes:
        identity: Statements of the policies of the principal.
        on_resource: Statements of the policy of the resource; None if nobody knows it.
        boundary: Statements of the permissions boundary, if there is one.
        context: The condition keys of the request.
        unmentioned: What the other condition keys are.
        version: The version of all the documents.
        account: The account that the resource is in.
    """

    action: str
    resource: str | Text = "*"
    principal: Principal = ROLE
    identity: Sequence[Json] = ()
    on_resource: Sequence[Json] | None = ()
    boundary: Sequence[Json] | None = None
    context: Mapping[str, Given] = field(default_factory=dict)
    unmentioned: Presence = ABSENT
    version: str | None = "2012-10-17"
    account: str = ACCOUNT

    @property
    def request(self) -> Request:
        """The question itself."""
        return Request.of(
            self.principal, self.action, self.resource, self.context, unmentioned=self.unmentioned
        )

    @property
    def policies(self) -> Policies:
        """The policies it is about."""
        arn = self.principal.arn if isinstance(self.principal, RoleSession | User) else None
        identity = document(self.identity, IDENTITY, "Identity", self.version)
        boundary = document(self.boundary or (), IDENTITY, "Boundary", self.version)
        service = self.action.partition(":")[0].lower()
        target = self.request.resource
        on_resource = document(
            self.on_resource or (), TRUST if service == "sts" else RESOURCE, "OnIt", self.version
        )
        covers: tuple[str, ...] = (target.code,)
        if service == "s3":
            bucket = target.code.partition("/")[0]
            covers = (bucket, f"{bucket}/{ANY_RUN}")
        return Policies(
            account=Text(self.account),
            principals=frozenset({arn} if arn else ()),
            identity=(IdentityPolicy(to=arn, document=identity),) if arn else (),
            boundaries=(Boundary(to=arn, document=boundary),)
            if arn and self.boundary is not None
            else (),
            resource=(
                ResourcePolicy(to=target, document=on_resource, service=service, covers=covers),
            )
            if self.on_resource is not None
            else (),
            owned=(Owned(arn=target, service=service, covers=covers),)
            if self.on_resource is not None
            else (),
        )

    @property
    def answer(self) -> Answer:
        """What the evaluator says."""
        return decide(self.request, self.policies)

    @property
    def outcome(self) -> Outcome:
        """What the evaluator says, in a word."""
        return outcome(self.answer)


def outcome(answer: Answer) -> Outcome:
    """An answer in a word."""
    match answer:
        case Allowed():
            return "allowed"
        case Denied():
            return "denied explicitly" if answer.is_explicit else "denied"
        case _:
            return "unknown"
