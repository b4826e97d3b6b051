"""A role is allowed actions on resources by name, wherever AWS lets one name them.

`*` is every resource of the account. Actions that have no resource types can only be named on `*`
and are never a flaw (failure 2). Source: IAM/best-practices, service-authorization/reference.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Shape
from cicdgen.iam import Effect, action_facts
from cicdgen.iam.facts import actions_of
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.granted import identity_statements
from cicdgen.proof.parts.limits import limiting_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack
    from cicdgen.iam import Statement
    from cicdgen.iam.facts import ActionFacts

NAME = "role-resources"
_FORCED = frozenset(
    {
        "cloudwatch:describealarms",
        "cloudwatch:putmetricdata",
        "ec2:assignprivateipaddresses",
        "ec2:createnetworkinterface",
        "ec2:deletenetworkinterface",
        "ec2:unassignprivateipaddresses",
        "polly:synthesizespeech",
        "translate:translatetext",
    }
)
"""Actions that have resource types, and that AWS's own pages still ask for on `*`.

DescribeAlarms tells of composite alarms only where it is allowed on `*` (AmazonCloudWatch
API_DescribeAlarms). A function in a VPC makes network interfaces whose ids nobody knows before
(lambda/configuration-vpc). Metrics go to a data set, speech to a lexicon and texts to a terminology
only where a call names one (service-authorization/reference).
"""

_OF_RESOURCES = frozenset(
    {"cloudwatch:namespace", "ecs:cluster", "kms:requestalias", "kms:resourcealiases"}
)
"""Condition keys of services that say on which of their resources."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at what roles, users and groups are allowed on any resource."""
    for statement in identity_statements(stack):
        yield from _given(statement)
        if statement.effect is Effect.ALLOW and (at := _everything(statement)) is not None:
            scoped = [str(each) for each in statement.actions.patterns if _can_be_scoped(str(each))]
            limited = any(_is_about_resources(key) for key in limiting_keys(statement))
            if scoped and not limited:
                yield Flaw(
                    check=NAME,
                    path=at,
                    message=f"{statement} allows {', '.join(scoped)} on every resource",
                    fix="name the resources, and give what can only be named on * a statement of"
                    " its own",
                    source="IAM/best-practices",
                )


def _given(statement: Statement) -> Iterator[Remark]:
    """Resources that somebody gives at deployment: whether that is one or all, nobody knows."""
    resources = statement.resources
    if resources is None or statement.effect is not Effect.ALLOW:
        return
    for pattern, path in zip(resources.patterns, resources.paths, strict=True):
        token = pattern.source.only
        if token is not None and token.shape is Shape.GIVEN:
            because = f"on what {statement} allows: {token.because}"
            yield Doubt(check=NAME, path=path, because=because)


def _everything(statement: Statement) -> Path | None:
    """Where a statement says `*`, or a whole service of the account."""
    if statement.resources is None:
        return None
    if statement.resources.negated:
        return statement.origin.path
    pairs = zip(statement.resources.patterns, statement.resources.paths, strict=True)
    for pattern, path in pairs:
        last = str(pattern).split(":", 5)[-1]
        if str(pattern) == "*" or set(last) <= {"*", ":"}:
            return path
    return None


def _can_be_scoped(action: str) -> bool:
    """Whether an action works on resources that can be named; a pattern is taken to."""
    if action.lower() in _FORCED:
        return False
    if set(action) & {"*", "?"}:
        return _mostly_scoped(action.lower())
    facts = action_facts(action)
    return facts is not None and bool(facts.resource_types)


@cache
def _mostly_scoped(pattern: str) -> bool:
    """Whether at least half of the actions of a pattern have resources that can be named."""
    service, _, name = pattern.partition(":")
    found = [facts for each in actions_of(service) if (facts := _matching(each, service, name))]
    named = sum(bool(facts.resource_types) for facts in found)
    return not found or 2 * named >= len(found)


def _matching(action: str, service: str, name: str) -> ActionFacts | None:
    fits = fnmatchcase(action.removeprefix(f"{service}:"), name.replace("[", "[[]"))
    return action_facts(action) if fits else None


def _is_about_resources(key: str) -> bool:
    return key.startswith("aws:res") or ":resourcetag/" in key or key in _OF_RESOURCES
