"""Needs, folded into the statements of a policy."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Account, stacks
from cicdgen.permissions import callers, resources
from cicdgen.permissions.arns import Arns
from cicdgen.permissions.callers import Place, TemplateBucket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cicdgen.cloudformation import Stack, Template
    from cicdgen.permissions.need import Condition, Need

_VIA: Condition = (
    "ForAnyValue:StringEquals",
    "aws:CalledVia",
    ("cloudformation.amazonaws.com",),
)
"""What CloudFormation does with a person's rights, the person need not be able to do alone.

Sources: IAM/reference_policies_condition-keys (aws:CalledVia), and
AWSCloudFormation/fas-requests-and-permission-evaluation: each operation on a resource is a forward
access session, which has the keys of one.
"""


class Command(StrEnum):
    """A command that works on a stack."""

    DEPLOY = "deploy"
    PUBLISH = "publish"
    DESTROY = "destroy"


class Caller(StrEnum):
    """Who calls AWS: whoever runs the command, or the role that CloudFormation has."""

    PERSON = "person"
    SERVICE_ROLE = "service-role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement of the policy, which allows.

    Attributes:
        sid: its id.
        actions: sorted.
        resources: sorted.
        conditions: that hold together.
        why: what does not work without it; several lines where it has several reasons.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a policy is asked for.

    Attributes:
        command: that it is for.
        caller: who gets it.
        account: where the stack is; what is not known becomes a star.
        stack: the stack's name.
        source_key: the key of the source object.
        role: the service role that the stack gets, by its ARN.
        template_bucket: the bucket through which a large template goes.
    """

    command: Command
    caller: Caller
    account: Account
    stack: str
    source_key: str
    role: str | None = None
    template_bucket: TemplateBucket | None = None

    @property
    def place(self) -> Place:
        """Where the stack is."""
        return Place(
            partition=self.account.partition or "*",
            region=self.account.region or "*",
            account=self.account.account or "*",
            stack=self.stack,
        )


def least(template: Template, asked: Asked) -> tuple[Statement, ...]:
    """The least policy.

    A template with conditions can become several stacks: the policy is enough for each.

    Raises:
        CicdgenError: what a resource needs is not known.
    """
    account = replace(asked.account, stack=asked.stack)
    needs: dict[Need, None] = {}
    for stack in stacks(template, account):
        needs.update(dict.fromkeys(_needs(stack, asked)))
    return tuple(_folded(needs))


def _needs(stack: Stack, asked: Asked) -> Iterator[Need]:
    arns = Arns(stack, asked.stack)
    is_person = asked.caller is Caller.PERSON
    match asked.command:
        case Command.PUBLISH:
            yield from callers.to_publish(asked.place, stack, arns, asked.source_key)
            return
        case Command.DEPLOY:
            own = callers.to_deploy(asked.place, asked.template_bucket, asked.role)
            made = resources.to_deploy(stack, arns)
        case Command.DESTROY:
            own = callers.to_destroy(asked.place, stack, arns, asked.role)
            made = resources.to_destroy(stack, arns)
    if not is_person:
        yield from made
        return
    yield from own
    if asked.role is None:
        yield from (replace(need, conditions=(*need.conditions, _VIA)) for need in made)


def _folded(needs: Iterable[Need]) -> Iterator[Statement]:
    """One statement for all actions of a service that share resources and conditions."""
    gathered: dict[tuple[str, tuple[Condition, ...]], list[Need]] = defaultdict(list)
    for need in needs:
        gathered[need.action, need.conditions].append(need)
    alike: dict[tuple[str, tuple[str, ...], tuple[Condition, ...]], list[Need]] = defaultdict(list)
    for (action, conditions), same in gathered.items():
        wanted = {each for need in same for each in need.resources}
        wanted -= _granted_anyway(action, conditions, gathered)
        if wanted:
            service = action.partition(":")[0]
            alike[service, tuple(sorted(wanted)), conditions].extend(same)
    counted: dict[str, int] = defaultdict(int)
    for (_, wanted_all, conditions), same in alike.items():
        topic = same[0].topic
        counted[topic] += 1
        yield Statement(
            sid=topic + (str(counted[topic]) if counted[topic] > 1 else ""),
            actions=tuple(sorted({need.action for need in same})),
            resources=wanted_all,
            conditions=conditions,
            why=tuple(dict.fromkeys(need.why for need in same)),
        )


def _granted_anyway(
    action: str,
    conditions: tuple[Condition, ...],
    gathered: Mapping[tuple[str, tuple[Condition, ...]], Sequence[Need]],
) -> set[str]:
    """The resources on which an action is needed under fewer of these conditions, too."""
    return {
        resource
        for (other, fewer), needs in gathered.items()
        if other == action and set(fewer) < set(conditions)
        for need in needs
        for resource in need.resources
    }
