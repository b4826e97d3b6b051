"""Who may do what, on what, and why: from the same grants that made the policies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicdgen.policies.grant import Everything
from cicdgen.writer import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.blueprint import Blueprint
    from cicdgen.policies.grant import Grant, Refusal
    from cicdgen.proof.proof import Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One statement, in words.

    Attributes:
        sid: the statement's id.
        effect: `Allow` or `Deny`.
        who: the principals, in a resource's own policy.
        actions: e.g. `s3:GetObject`.
        on: the resources, as CloudFormation writes them.
        when: conditions, e.g. `kms:ViaService StringEquals lambda.${AWS::Region}...`.
        why: what breaks without it.
        wildcard: the reason of a `*`.
        hops: the ids of the run-time hops that need it, where they were asked for.
    """

    sid: str
    effect: str
    who: tuple[str, ...]
    actions: tuple[str, ...]
    on: tuple[str, ...]
    when: tuple[str, ...]
    why: str
    wildcard: str | None
    hops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A role, or a resource with a policy of its own.

    Attributes:
        name: the role's actor, e.g. `deployer`, or the resource's logical id.
        trusted: for a role, who may assume it and under which condition.
        statements: what it may do, or what may be done to it.
    """

    name: str
    trusted: str | None
    statements: tuple[Explained, ...]


def explain(blueprint: Blueprint, proof: Proof | None = None) -> Iterator[Subject]:
    """Every role, then every guarded resource.

    Args:
        blueprint: the pipeline.
        proof: the proof of its template, from which each statement learns the hops that need it.
    """
    for actor, role in blueprint.roles.by_actor():
        title = role.title
        statements = tuple(
            _explained(grant, proof, permissions.title)
            for permissions in blueprint.permissions()
            if any(reference.data["Ref"] == title for reference in permissions.roles)
            for grant in permissions.grants
        )
        yield Subject(
            name=actor, trusted=_trusted(role.AssumeRolePolicyDocument), statements=statements
        )
    for guard in blueprint.guards():
        # A key has its policy in itself; the others have it beside them.
        titles = (guard.title, f"{guard.title}Policy")
        statements = tuple(_explained(grant, proof, *titles) for grant in guard.grants)
        yield Subject(name=guard.title, trusted=None, statements=statements)


def _explained(grant: Grant | Refusal, proof: Proof | None, *titles: str) -> Explained:
    return Explained(
        sid=grant.sid,
        effect=grant.effect,
        who=_principals(_plain(grant.to)) if grant.to is not None else (),
        actions=tuple(action.JSONrepr() for action in grant.actions),
        on=tuple(spelt(_plain(arn)) for arn in grant.resources),
        when=tuple(
            f"{key} {element.condition} {spelt(_plain(value))}"
            for element in grant.when
            for key, value in element.get_dict().items()
        ),
        why=grant.why,
        wildcard=grant.on.because if isinstance(grant.on, Everything) else None,
        hops=tuple(hop for title in titles for hop in proof.needed_by(title, grant.sid))
        if proof
        else (),
    )


def _trusted(document: object) -> str:
    plain = _plain(document)
    statement = plain["Statement"][0]
    service = ", ".join(_principals(statement["Principal"]))
    keys = [
        f"{key} {operator} {spelt(value)}"
        for operator, tests in statement.get("Condition", {}).items()
        for key, value in tests.items()
    ]
    return " when ".join([service, " and ".join(keys)]) if keys else service


def _principals(principal: object) -> tuple[str, ...]:
    if isinstance(principal, dict):
        return tuple(spelt(value) for value in principal.values())
    return (spelt(principal),)


def spelt(value: object) -> str:
    """A value as `Fn::Sub` would write it: `${Function.Arn}:*`, `${Notices}`."""
    match value:
        case {"Fn::Sub": str(text)}:
            return text
        case {"Fn::GetAtt": [logical_id, attribute]}:
            return f"${{{logical_id}.{attribute}}}"
        case {"Ref": logical_id}:
            return f"${{{logical_id}}}"
        case list():
            return ", ".join(spelt(item) for item in value)
        case str():
            return value
    return json.dumps(value)


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """The value as JSON has it."""
    return json.loads(write(value))
