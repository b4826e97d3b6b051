"""Whom a verdict is about: identities, what policies hang on, and what acts with a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cicdgen.cloudformation import Text
from cicdgen.diff.acting import acting, roles_of
from cicdgen.diff.containment import Permits, gaps
from cicdgen.diff.hanging import held, hung
from cicdgen.diff.holdings import NOTHING, Holding, holding
from cicdgen.iam import RoleSession, User

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from cicdgen.cloudformation import Resource
    from cicdgen.diff.asking import Side
    from cicdgen.diff.renaming import Renaming
    from cicdgen.iam import Principal

_IDENTITIES = ("AWS::IAM::Role", "AWS::IAM::User")
_NOBODY = Text("arn:aws:iam::111122223333:role/nobody")


class Subject(NamedTuple):
    """Somebody or something that policies hang on, on both sides of a change.

    Attributes:
        id: the logical id.
        before: what is permitted before, in the names of after.
        literally: the same in the names of before.
        after: what is permitted after.
        arn: the ARN in the names of after.
        service: the prefix of the actions that are decided, for a resource; else empty.
        identity: who acts, for an identity.
        swapped: who acts before and after, where somebody acts with another role.
        is_new: whether it is only there after.
        is_gone: whether it is only there before.
        because: what a verdict rests on, in words.
        via: the logical ids of the resources that say something else than before.
    """

    id: str
    before: Permits
    literally: Permits
    after: Permits
    arn: Text
    service: str = ""
    identity: Principal | None = None
    swapped: tuple[Principal, Principal] | None = None
    is_new: bool = False
    is_gone: bool = False
    because: str = ""
    via: tuple[str, ...] = ()

    def principal(self, side: Side) -> Principal | None:
        """Who asks on a side, if not whoever the request names."""
        if self.swapped is None:
            return None
        return self.swapped[1] if side.is_after else self.swapped[0]


def subjects(
    before: Side, after: Side, names: Renaming, changed: AbstractSet[str]
) -> Iterator[Subject]:
    """Every subject whose policies are different, or are written differently.

    Args:
        before: the side before the change.
        after: the side after it.
        names: from the names of before to those of after.
        changed: the resources that are changed: what none of them says, says the same as before.
    """
    yield from _identities(before, after, names, changed)
    yield from _resources(before, after, names, changed)
    yield from _actors(before, after, names, changed)


def _identities(
    before: Side, after: Side, names: Renaming, changed: AbstractSet[str]
) -> Iterator[Subject]:
    old, new = ({r.logical_id: r for r in s.stack.of_type(*_IDENTITIES)} for s in (before, after))
    gone = {name: each for name, each in old.items() if name not in new}
    for name, role in new.items():
        if changed.isdisjoint({name, *_origins(before, old.get(name)), *_origins(after, role)}):
            continue
        had = _of_identity(before, old[name]) if name in old else NOTHING
        has = _of_identity(after, role)
        if name in old and _same(had, has, names):
            continue
        permits = had.permits
        because = ""
        if name not in old:
            if not before.stack.resources:
                continue
            for other in gone.values():
                theirs = _of_identity(before, other).permits
                if other.type == role.type and not any(gaps(has.permits, names.permits(theirs))):
                    permits, because = theirs, f"it takes the place of {other.logical_id}"
                    break
        yield Subject(
            id=name,
            before=names.permits(permits),
            literally=permits,
            after=has.permits,
            arn=role.arn,
            identity=_acts(role),
            swapped=None if name in old else (RoleSession(_NOBODY), _acts(role)),
            is_new=name not in old,
            because=because,
            via=_via(had, has, names),
        )
    for name, role in gone.items():
        permits = _of_identity(before, role).permits
        yield Subject(
            id=name,
            before=names.permits(permits),
            literally=permits,
            after=Permits(),
            arn=role.arn,
            identity=_acts(role),
            swapped=(_acts(role), RoleSession(_NOBODY)),
            is_gone=True,
            because="it is gone",
            via=(name,),
        )


def _origins(side: Side, identity: Resource | None) -> Iterator[str]:
    """Where the policies of an identity are written."""
    if identity is not None:
        found = side.policies.of_principal(identity.arn)
        for document, _ in (*found.identity, *found.boundaries):
            yield document.origin.resource
        if identity.type == "AWS::IAM::User":
            # By which it is in a group, and has what the group has.
            for addition in side.stack.of_type("AWS::IAM::UserToGroupAddition"):
                yield addition.logical_id


def _acts(identity: Resource) -> Principal:
    return RoleSession(identity.arn) if identity.type == "AWS::IAM::Role" else User(identity.arn)


def _of_identity(side: Side, identity: Resource) -> Holding:
    found = side.policies.of_principal(identity.arn)
    return holding(side.stack, found.identity, found.boundaries)


def _same(one: Holding, other: Holding, names: Renaming) -> bool:
    """Whether both say the same in the same words."""
    return names.permits(one.permits) == other.permits and _renamed(one, names) == other.words


def _renamed(one: Holding, names: Renaming) -> tuple[tuple[str, str], ...]:
    return tuple((where, names.code(said)) for where, said in one.words)


def _via(one: Holding, other: Holding, names: Renaming) -> tuple[str, ...]:
    """Where something is said that was not said before, or no longer."""
    changed = set(_renamed(one, names)) ^ set(other.words)
    return tuple(sorted({where for where, _ in changed}))


def _resources(
    before: Side, after: Side, names: Renaming, changed: AbstractSet[str]
) -> Iterator[Subject]:
    old, new = hung(before), hung(after)
    for at in dict.fromkeys((*old, *new)):
        name, service, elsewhere = at
        said = (*old.get(at, ()), *new.get(at, ()))
        if changed.isdisjoint({name, *(each.document.origin.resource for each in said)}):
            continue
        had, has = (
            held(side, of.get(at, []), service) for side, of in ((before, old), (after, new))
        )
        if _same(had, has, names) or not before.stack.resources:
            continue
        was, now = (side.stack.resources.get(name) for side in (before, after))
        if not elsewhere and (now is None or (service == "sts" and was is None)):
            # It is gone with all that hung on it; or whom a new role trusts is told with the role.
            continue
        yield Subject(
            id=name,
            before=names.permits(had.permits),
            literally=had.permits,
            after=has.permits,
            arn=said[0].to if elsewhere or now is None else now.arn,
            service=service,
            is_new=was is None and not elsewhere,
            via=_via(had, has, names),
        )


def _actors(
    before: Side, after: Side, names: Renaming, changed: AbstractSet[str]
) -> Iterator[Subject]:
    """Resources that act with another role than before."""
    old, new = roles_of(before.stack), roles_of(after.stack)
    for name, resource in after.stack.resources.items():
        other = before.stack.resources.get(name)
        if name not in changed or other is None or other.type != resource.type:
            continue
        had, has = acting(other, old), acting(resource, new)
        for place in dict.fromkeys((*had, *has)):
            one, two = had.get(place), has.get(place)
            if (one and names.code(one.code)) == (two and two.code):
                continue
            permits = _of_role(before, one)
            yield Subject(
                id=name,
                before=names.permits(permits),
                literally=permits,
                after=_of_role(after, two),
                arn=resource.arn,
                identity=RoleSession(two or _NOBODY),
                swapped=(RoleSession(one or _NOBODY), RoleSession(two or _NOBODY)),
                via=(name,),
                because=f"{place} is {two or 'nobody'}, and was {one or 'nobody'}",
            )


def _of_role(side: Side, arn: Text | None) -> Permits:
    if arn is None:
        return Permits()
    found = side.policies.of_principal(arn)
    if not found.is_known:
        return Permits(opaque=frozenset({f"what {arn} may do is not in the template"}))
    return holding(side.stack, found.identity, found.boundaries).permits
