"""A permission as a value: what, on what, under which condition, and why.

`why` is for the reviewer who would delete it: it says what breaks. It is not rendered (it would
double the template); `cicdgen explain` and docs/permissions.md are made from it. What is rendered,
beside its `*`, is the reason of a wildcard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from awacs.aws import (
    Allow,
    Condition,
    Deny,
    PolicyDocument,
    Principal,
    Statement,
)
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from awacs.aws import Action, ConditionElement

Arn = Any
"""An ARN: a text, or a troposphere function that CloudFormation turns into one."""


class Everything(Struct, frozen=True):
    """The only spelling of `Resource: "*"`; it has to say why."""

    because: str


class Grant(Struct, frozen=True, kw_only=True):
    """What somebody may do.

    Attributes:
        sid: the statement's id, unique in its policy.
        actions: exact actions: a grant has no wildcard.
        on: the ARNs, or everything with its reason.
        why: what breaks without it.
        when: conditions, each operator once.
        to: who, in a resource's own policy; a role's policy has none.
    """

    sid: str
    actions: tuple[Action, ...]
    on: tuple[Arn, ...] | Everything
    why: str
    when: tuple[ConditionElement, ...] = ()
    to: Principal | None = None

    effect: ClassVar[str] = Allow

    @property
    def resources(self) -> tuple[Arn, ...]:
        """The `Resource` element's values."""
        return _resources(self.on)

    def __post_init__(self) -> None:
        _refuse_slips(self)
        for action in self.actions:
            if "*" in action.JSONrepr():
                message = f"{self.sid}: a grant names its actions, got {action.JSONrepr()}"
                raise ValueError(message)


class Refusal(Struct, frozen=True, kw_only=True):
    """What nobody may do. It may refuse all actions of a service at once."""

    sid: str
    actions: tuple[Action, ...]
    on: tuple[Arn, ...] | Everything
    why: str
    when: tuple[ConditionElement, ...]
    to: Principal | None = None

    effect: ClassVar[str] = Deny

    @property
    def resources(self) -> tuple[Arn, ...]:
        """The `Resource` element's values."""
        return _resources(self.on)

    def __post_init__(self) -> None:
        _refuse_slips(self)


def _resources(on: tuple[Arn, ...] | Everything) -> tuple[Arn, ...]:
    return on if isinstance(on, tuple) else ("*",)


def _refuse_slips(grant: Grant | Refusal) -> None:
    if isinstance(grant.on, tuple) and ("*" in grant.on or not grant.on):
        message = f"{grant.sid}: say Everything(because=...) instead of `*`"
        raise ValueError(message)
    operators = [element.condition for element in grant.when]
    if len(operators) != len(set(operators)):
        # awacs keeps the last of two elements with one operator and drops the first.
        message = f"{grant.sid}: one element per condition operator, got {operators}"
        raise ValueError(message)


def policy(grants: Iterable[Grant | Refusal]) -> PolicyDocument:
    """The policy document of these grants, in their order."""
    return PolicyDocument(Version="2012-10-17", Statement=[_statement(g) for g in grants])


def wildcards(grants: Iterable[Grant | Refusal]) -> dict[str, list[str]]:
    """Each reason for a `*` among these grants, with the Sids that rest on it."""
    reasons: dict[str, list[str]] = {}
    for grant in grants:
        if isinstance(grant.on, Everything):
            reasons.setdefault(grant.on.because, []).append(grant.sid)
    return reasons


def _statement(grant: Grant | Refusal) -> Statement:
    statement = Statement(
        Sid=grant.sid,
        Effect=grant.effect,
        Action=list(grant.actions),
        Resource=list(grant.resources),
    )
    if grant.when:
        statement.Condition = Condition(list(grant.when))
    if grant.to is not None:
        statement.Principal = grant.to
    return statement
