"""A question to the evaluator: may this principal do this action on this resource?"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from cicdgen.cloudformation.text import Text
from cicdgen.iam.context import UNKNOWN, Context, Given, Presence
from cicdgen.iam.principal import Principal

_NOTHING: Mapping[str, Given] = MappingProxyType({})

EVERY_RESOURCE = Text("*")
"""What an action without resource types is asked on; else: any resource, whichever it is."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call to AWS, as far as policies see it.

    Attributes:
        principal: Who calls.
        action: As `s3:GetObject`; case does not matter.
        resource: The ARN, with tokens where it is not known: an answer holds for all their values.
        given: The context as the caller knows it, besides what follows from the principal.
    """

    principal: Principal
    action: str
    resource: Text
    given: Context

    @classmethod
    def of(
        cls,
        principal: Principal,
        action: str,
        resource: str | Text,
        context: Mapping[str, Given] = _NOTHING,
        *,
        unmentioned: Presence = UNKNOWN,
    ) -> "Request":
        """A request from plain values.

        Args:
            principal: Who calls.
            action: As `s3:GetObject`.
            resource: The ARN.
            context: Condition keys with their values, `ABSENT` or `UNKNOWN`.
            unmentioned: What the other keys are.
        """
        arn = resource if isinstance(resource, Text) else Text.literal(resource)
        given = Context.of(context, unmentioned=unmentioned)
        return cls(principal=principal, action=action, resource=arn, given=given)

    @cached_property
    def context(self) -> Context:
        """The whole context: what is given, and what follows from the principal."""
        return self.given.over(self.principal.context)

    @cached_property
    def folded_action(self) -> str:
        """The action in lower case."""
        return self.action.lower()

    @property
    def service(self) -> str:
        """The service that is called: `s3`."""
        return self.folded_action.partition(":")[0]

    def __str__(self) -> str:
        return f"{self.principal} {self.action} on {self.resource}"
