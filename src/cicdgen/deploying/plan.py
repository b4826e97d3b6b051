"""`cicdgen.plan/1`: what was agreed to, as a file that binds the agreement to its content.

Values of parameters and tags are in it as a hash alone: a plan may lie about in a build's log.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec

from cicdgen import __version__
from cicdgen.deploying.order import digest, fingerprint
from cicdgen.deploying.proposing import NoChanges
from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from cicdgen.aws.described import ChangeSet
    from cicdgen.deploying.classes import Need
    from cicdgen.deploying.order import Order
    from cicdgen.deploying.proposing import Proposal

FORMAT = "cicdgen.plan/1"


# One without an offset could be anywhere's.
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Format(msgspec.Struct, frozen=True):
    """What every version of a plan has."""

    format: str


class PlannedChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One resource's change as it was classified."""

    logical_id: str
    type: str
    effect: str
    dangers: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that has to be as it was when the plan was made.

    Attributes:
        change_set: its ARN; empty if nothing changes.
        template: hash of the template that the change set brings.
        parameters: hash of the change set's parameters.
        tags: hash of the change set's tags.
        deployed: hash of the template that the stack has; empty if there is none.
        described: hash of every change that the change set lists.
        expires: UTC, ISO 8601.
        needs: what has to be allowed, as `CLASS:ID`.
        aliases: logical ids of the aliases that releases move.
    """

    format: str
    version: str
    made: _Moment
    expires: _Moment
    env: str
    stack: str
    stack_id: str
    account: str
    region: str
    endpoint: str | None
    change_set: str
    template: str
    parameters: str
    tags: str
    deployed: str
    described: str
    changes: tuple[PlannedChange, ...]
    needs: tuple[str, ...]
    aliases: tuple[str, ...]
    is_kept: bool
    keeps_what_succeeded: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing was to change."""
        return not self.change_set

    @property
    def is_expired(self) -> bool:
        """Whether it holds no longer."""
        return self.expires <= datetime.now(UTC)


def planned(found: Proposal | NoChanges, order: Order, *, hours: float) -> Plan:
    """The plan of a proposal; that nothing changes is one too, so that applying it is no error."""
    now = datetime.now(UTC).replace(microsecond=0)
    change_set = None if isinstance(found, NoChanges) else found.change_set
    return Plan(
        format=FORMAT,
        version=__version__,
        made=now,
        expires=now + timedelta(hours=hours),
        env=order.address.env,
        stack=order.address.stack,
        stack_id=found.stack.id if isinstance(found, NoChanges) else found.change_set.stack_id,
        account=found.target.account,
        region=found.target.region,
        endpoint=found.target.endpoint,
        change_set=change_set.id if change_set else "",
        template=fingerprint(order.body),
        parameters=digest(change_set.parameters) if change_set else "",
        tags=digest(change_set.tags) if change_set else "",
        deployed=fingerprint(found.deployed) if found.deployed else "",
        described=described(change_set) if change_set else "",
        changes=() if isinstance(found, NoChanges) else _changes(found),
        needs=() if isinstance(found, NoChanges) else tuple(map(named, found.needs)),
        aliases=order.aliases,
        is_kept=order.is_kept,
        keeps_what_succeeded=order.keeps_what_succeeded,
    )


def _changes(proposal: Proposal) -> tuple[PlannedChange, ...]:
    return tuple(
        PlannedChange(
            each.change.logical_id,
            each.change.type,
            each.effect.value,
            tuple(danger.value for danger in each.dangers),
        )
        for each in proposal.changes
    )


def named(need: Need) -> str:
    """What has to be allowed, as `CLASS:ID`."""
    return f"{need[0].value}:{need[1]}"


def described(change_set: ChangeSet) -> str:
    """The hash of what a change set does, in whatever order AWS lists it."""
    rows = [
        (
            each.action,
            each.logical_id,
            each.type,
            each.physical_id,
            each.replacement,
            each.policy_action,
            sorted(each.scope),
            sorted(
                (one.path, one.before or "", one.after or "", one.recreation, one.cause)
                for one in each.details
            ),
        )
        for each in change_set.changes
    ]
    return digest(sorted(rows))


def document(plan: Plan) -> str:
    """The plan as JSON, with sorted keys."""
    text = msgspec.json.format(msgspec.json.encode(plan, order="sorted"), indent=2)
    return f"{text.decode()}\n"


def read(text: str, name: str) -> Plan:
    """The plan of a file.

    Raises:
        UsageError: it is none, or of another version.
    """
    try:
        # Another version may have other members: its format is read before them.
        if (form := msgspec.json.decode(text, type=_Format).format) != FORMAT:
            raise UsageError(
                f"{name} has the format {form}, and this is for {FORMAT}",
                hint="make the plan with this version: `cicdgen plan -o plan.json`",
            )
        return msgspec.json.decode(text, type=Plan)
    except msgspec.DecodeError as error:
        raise UsageError(
            f"{name} is no plan: {error}", hint="`cicdgen plan -o plan.json` makes one"
        ) from error
