"""What a role may do, as the evaluator answers it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cicdgen.iam import Allowed, Denied, Effect, Policies, Request, RoleSession, Service, decide
from cicdgen.proof.parts.granted import policies_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicdgen.cloudformation import Resource, Stack, Text
    from cicdgen.cloudformation.truth import Truth
    from cicdgen.iam import Answer, Statement
    from cicdgen.iam.context import Presence


class Rights:
    """The rights of the roles of a stack."""

    def __init__(self, stack: Stack) -> None:
        self._policies: Policies = policies_of(stack)

    def statements(self, role: Resource) -> Iterator[Statement]:
        """The statements that hang on a role and allow something on named resources."""
        for held in self._policies.of_principal(role.arn).identity:
            for statement in held.document.statements:
                if statement.effect is Effect.ALLOW and statement.resources is not None:
                    yield statement

    def mentions(self, role: Resource, action: str) -> bool:
        """Whether any policy of a role may allow an action: most questions end here.

        A role that a resource policy allows it directly is not left out: assuming a role and the
        policies of keys are asked about in any case.
        """
        if action in {"sts:AssumeRole", "kms:PutKeyPolicy"}:
            named = any(
                entry.value == role.arn
                for policy in self._policies.resource
                for statement in policy.document.statements
                if statement.grantees is not None
                for entry in statement.grantees.entries
            )
            if named:
                return True
        held = self._policies.of_principal(role.arn).identity
        return any(
            bool(each.document.unreadable)
            or any(
                statement.effect is Effect.ALLOW
                and statement.actions.match(action.lower()) is not False
                for statement in each.document.statements
            )
            for each in held
        )

    def may(
        self,
        role: Resource,
        action: str,
        resource: Text,
        context: Mapping[str, str | Presence] = MappingProxyType({}),
    ) -> Truth:
        """Whether a role's session may do it; None if the template does not decide."""
        request = Request.of(RoleSession(role.arn), action, resource, dict(context))
        return _truth(decide(request, self._policies))

    def trusts(self, role: Resource, service: str) -> Truth:
        """Whether a service may assume a role."""
        request = Request.of(Service(service), "sts:AssumeRole", role.arn)
        return _truth(decide(request, self._policies))


def _truth(answer: Answer) -> Truth:
    match answer:
        case Allowed():
            return True
        case Denied():
            return False
        case _:
            return None
