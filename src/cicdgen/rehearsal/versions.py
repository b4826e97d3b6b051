"""The functions of a stack, with their versions and aliases, as the template leaves them.

Source: lambda/configuration-versions, lambda/configuration-aliases.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.run import UnmodelledError

if TYPE_CHECKING:
    from cicdgen.cloudformation import Resource
    from cicdgen.rehearsal.run import Run

FUNCTION = "AWS::Lambda::Function"


@dataclass(eq=False, kw_only=True)
class Alias:
    """Where an alias points, and what share of its traffic goes to another version."""

    name: str
    version: str
    weights: dict[str, float] = field(default_factory=dict)

    @property
    def shares(self) -> dict[str, float]:
        """The share of the traffic of every version."""
        return {self.version: 1 - sum(self.weights.values()), **self.weights}


@dataclass(eq=False, kw_only=True)
class Function:
    """A function: the digests of its code, by version, and its aliases."""

    resource: Resource
    name: str
    arn: str
    latest: str
    published: dict[str, str]
    aliases: dict[str, Alias]


def function_of(run: Run, resource: Resource) -> Function:
    """A function as its template leaves it: version 1 with the alias on it."""
    code = Place.of(resource).at("Code", "ZipFile").text
    latest = digest(("" if code is None else str(code)).encode())
    published: dict[str, str] = {}
    for version in run.site.every("AWS::Lambda::Version"):
        if run.site.find(version.properties.get("FunctionName"), FUNCTION) is resource:
            number = str(len(published) + 1)
            published[number] = latest
            for token in version.attribute("Version").tokens:
                run.names.give(token, number)
    aliases = {
        alias.name: alias
        for each in run.site.every("AWS::Lambda::Alias")
        if run.site.find(each.properties.get("FunctionName"), FUNCTION) is resource
        for alias in (_alias(run, each),)
    }
    return Function(
        resource=resource,
        name=run.names.of(resource.name),
        arn=run.names.of(resource.arn),
        latest=latest,
        published=published,
        aliases=aliases,
    )


def _alias(run: Run, resource: Resource) -> Alias:
    place = Place.of(resource)
    name, version = place.at("Name").text, place.at("FunctionVersion").text
    if name is None or version is None:
        raise UnmodelledError(f"{resource.logical_id} has no name, or points at no version")
    weights: dict[str, float] = {}
    for each in place.at("RoutingConfig", "AdditionalVersionWeights").members():
        other, share = each.at("FunctionVersion").text, each.at("FunctionWeight").number
        if other is None or share is None:
            raise UnmodelledError(f"where {resource.logical_id} sends its traffic")
        weights[run.names.of(other)] = share
    return Alias(name=run.names.of(name), version=run.names.of(version), weights=weights)


def access_key(function: Resource) -> str:
    """The access key of a function's credentials: it tells who calls."""
    return "ASIA" + hashlib.sha256(function.logical_id.encode()).hexdigest()[:16].upper()


def digest(code: bytes) -> str:
    """A package's CodeSha256: base64 of its SHA-256."""
    return base64.b64encode(hashlib.sha256(code).digest()).decode()


def is_throttled(function: Resource) -> bool:
    """Whether it runs no call: 0 is the switch for that (lambda/configuration-concurrency)."""
    return Place.of(function).at("ReservedConcurrentExecutions").number == 0
