"""The evaluator's answer on one side of a change.

A request may be about what the template does not define. Then the same is taken for granted on both
sides: a principal from elsewhere has the rights it is given here, and a resource elsewhere leaves
the decision to the principal's account, so that the answer hangs on the template alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.diff.exposures import exposures
from cicdgen.diff.renaming import Renaming
from cicdgen.iam import Origin, Request, RoleSession, User, action_facts, collect, decide
from cicdgen.iam.context import Context
from cicdgen.iam.parse import IDENTITY, RESOURCE, read_document, read_json
from cicdgen.iam.policies import Owned, Policies, ResourcePolicy
from cicdgen.iam.request import EVERY_RESOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from cicdgen.cloudformation import Stack
    from cicdgen.diff.pairing import Pair
    from cicdgen.iam import Answer, Document, Principal

_ELSEWHERE = Origin(resource="elsewhere", path=("elsewhere",))


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a change.

    Attributes:
        stack: what the template becomes.
        policies: its policies, exposures included.
        names: from the names that requests use to the ones of this side.
        is_after: whether it is the side after the change.
    """

    stack: Stack
    policies: Policies
    names: Renaming
    is_after: bool

    @classmethod
    def both(cls, pair: Pair, names: Renaming, changed: AbstractSet[str]) -> tuple[Side, Side]:
        """Both sides of a change.

        A resource that is there on one side only is on the other side one that nothing hangs on.

        Args:
            pair: the stacks.
            names: from the names of the one to those of the other.
            changed: the logical ids of the resources that are changed.
        """
        old, new = (collect(stack) for stack in pair)
        mine = {each.arn for each in old.owned} | {
            Text(names.code(each.arn.code)) for each in old.owned
        }
        more = tuple(each for each in new.owned if each.arn not in mine)
        theirs = {each.arn for each in new.owned}
        gone = tuple(
            each for each in old.owned if not {each.arn, Text(names.code(each.arn.code))} & theirs
        )
        return (
            cls(
                stack=pair.before,
                policies=_with(old, more, exposures(pair.before, changed)),
                names=names.reversed,
                is_after=False,
            ),
            cls(
                stack=pair.after,
                policies=_with(new, gone, exposures(pair.after, changed)),
                names=Renaming({}),
                is_after=True,
            ),
        )

    def asked(self, request: Request, principal: Principal | None = None) -> Request:
        """A request in the names of this side.

        Args:
            request: the request.
            principal: who asks on this side, if it is somebody else.
        """
        values = {
            key: value if not isinstance(value, tuple) else tuple(map(self._named, value))
            for key, value in request.given.values.items()
        }
        return Request(
            principal=principal or self._principal(request.principal),
            action=request.action,
            resource=self._named(request.resource),
            given=Context(values, request.given.unmentioned),
        )

    def ground(self, request: Request, *, rights: bool) -> Policies:
        """The policies that a request of this side is decided by.

        Args:
            request: the request, in the names of this side.
            rights: whether a principal that the template does not define may do anything.
        """
        policies, principal = self.policies, request.principal
        if isinstance(principal, RoleSession | User) and principal.arn not in policies.principals:
            policies = policies.granting(principal.arn, [_anything()] if rights else [])
        return _with_resource(policies, request)

    def answer(self, request: Request, *, rights: bool) -> Answer:
        """Whether a request of this side is allowed; arguments as those of `ground`."""
        return decide(request, self.ground(request, rights=rights))

    def _named(self, text: Text) -> Text:
        return Text(self.names.code(text.code))

    def _principal(self, principal: Principal) -> Principal:
        match principal:
            case RoleSession(role=role, session=session):
                return RoleSession(self._named(role), session)
            case User(arn=arn):
                return User(self._named(arn))
            case _:
                return principal


def _with(policies: Policies, owned: tuple[Owned, ...], more: Iterable[ResourcePolicy]) -> Policies:
    return replace(policies, owned=(*policies.owned, *owned), resource=(*policies.resource, *more))


def _with_resource(policies: Policies, request: Request) -> Policies:
    """The policies, and those of a resource that the template does not define."""
    facts = action_facts(request.action)
    if (
        facts is None
        or not facts.resource_types
        or request.resource == EVERY_RESOURCE
        or policies.of_resource(request.service, request.resource).is_known
    ):
        return policies
    code, account = request.resource.code, request.principal.account
    there = Owned(arn=Text(code), service=request.service, covers=(code,))
    more = () if account is None else (_leaving_it_to(account, request.service, code),)
    return replace(policies, owned=(*policies.owned, there), resource=(*policies.resource, *more))


def _leaving_it_to(account: Text, service: str, code: str) -> ResourcePolicy:
    """The policy of a resource that leaves the decision to an account."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": account.code},
        "Action": f"{service}:*",
        "Resource": "*",
    }
    body = {"Version": "2012-10-17", "Statement": [statement]}
    return ResourcePolicy(
        to=Text(code),
        document=read_document(read_json(body, _ELSEWHERE.path), _ELSEWHERE, RESOURCE),
        service=service,
        covers=(code,),
    )


def _anything() -> Document:
    body = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
    return read_document(read_json(body, _ELSEWHERE.path), _ELSEWHERE, IDENTITY)
