"""No resource waits for itself by way of others.

CloudFormation creates a resource after those that it refers to; round in a circle there is no
first one, and the stack is refused. Roles and what their policies name are the usual two
(failure 20). Source: AWSCloudFormation/troubleshooting (circular dependency).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import is_of_macro, written_references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicdgen.cloudformation import Stack

NAME = "circular"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at what each resource refers to."""
    edges = {
        resource.logical_id: sorted(_needed(stack, resource.logical_id))
        for resource in stack.resources.values()
        # What it refers to, a macro deals out among several.
        if not is_of_macro(resource)
    }
    reported: set[frozenset[str]] = set()
    for start in edges:
        circle = _circle(start, edges)
        if circle and frozenset(circle) not in reported:
            reported.add(frozenset(circle))
            yield Flaw(
                check=NAME,
                path=("Resources", start),
                message=f"{' needs '.join([*circle, start])}: none can be created first",
                fix="give one of them a name and spell its ARN with Fn::Sub, or move the policy to"
                " an AWS::IAM::RolePolicy",
                source="AWSCloudFormation/troubleshooting",
            )


def _needed(stack: Stack, logical_id: str) -> set[str]:
    written = stack.template.resources[logical_id]
    depends = Place.beside(stack.resources[logical_id], "DependsOn").members()
    names = {name for each in depends if (name := each.known)}
    names.update(written_references(written.get("Properties")))
    return names & set(stack.resources)


def _circle(start: str, edges: Mapping[str, list[str]]) -> list[str]:
    """The shortest way from a resource back to itself, if there is one."""
    ways, seen = [[start]], set[str]()
    for way in ways:
        for needed in edges.get(way[-1], ()):
            if needed == start:
                return way
            if needed not in seen:
                seen.add(needed)
                ways.append([*way, needed])
    return []
