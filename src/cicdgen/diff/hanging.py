"""What hangs on the resources of a side, by the resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cicdgen.cloudformation.text import ANY_RUN
from cicdgen.diff.globs import overlap
from cicdgen.diff.holdings import Holding, holding
from cicdgen.iam.policies import Held

if TYPE_CHECKING:
    from cicdgen.diff.asking import Side
    from cicdgen.diff.atoms import Atom
    from cicdgen.iam.policies import ResourcePolicy

_ASKED = frozenset({"kms", "sts"})
"""Services where the policy of the resource has to allow, whatever policies of identities say."""


def held(side: Side, policies: list[ResourcePolicy], service: str) -> Holding:
    """What policies of a resource come to for the actions of a service."""
    found = holding(side.stack, [Held(each.document, each.certain) for each in policies])
    covers = [code for each in policies for code in each.covers]
    permits = found.permits._replace(
        allow=_on(found.permits.allow, covers, service),
        deny=_on(found.permits.deny, covers, service),
        by_identity=service not in _ASKED,
        home=side.policies.account.code,
    )
    return found._replace(permits=permits)


def _on(atoms: frozenset[Atom], covers: list[str], service: str) -> frozenset[Atom]:
    """The atoms that may be about what the policy hangs on: all others say nothing there."""
    its_actions = f"{service}:{ANY_RUN}"
    return frozenset(
        atom
        for atom in atoms
        if all(any(overlap(pattern, code) for code in covers) for pattern in atom.resources)
        and all(overlap(pattern, its_actions) for pattern in atom.actions)
    )


class Place(NamedTuple):
    """What policies hang on.

    Attributes:
        id: its logical id, or that of the policy if the template does not define it.
        service: the prefix of the actions that are decided.
        elsewhere: its code, if the template does not define it.
    """

    id: str
    service: str
    elsewhere: str


def hung(side: Side) -> dict[Place, list[ResourcePolicy]]:
    """What hangs on resources."""
    owners = {each.arn.code: name for name, each in side.stack.resources.items()}
    found: dict[Place, list[ResourcePolicy]] = {}
    for policy in side.policies.resource:
        owner = owners.get(policy.to.code)
        place = (
            Place(policy.document.origin.resource, policy.service, policy.to.code)
            if owner is None
            else Place(owner, policy.service, "")
        )
        found.setdefault(place, []).append(policy)
    return found
