"""Blueprint to template to text. Tags are stamped here, on everything that can carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Tags

from cicdgen.blueprint import Blueprint
from cicdgen.outputs import conditions, outputs
from cicdgen.writer import write

if TYPE_CHECKING:
    from troposphere import AWSObject

    from cicdgen.config.schema import BlastRadius, Config

INLINE_LIMIT = 51_200
"""Bytes that CloudFormation takes without a bucket (CloudFormation/API_CreateChangeSet)."""


def assemble(config: Config) -> dict[str, object]:
    """The template as CloudFormation's sections, each value still an object.

    Raises:
        ValueError: two parts define one logical id.
    """
    blueprint = Blueprint.define(config)
    resources: dict[str, AWSObject] = {}
    for resource in blueprint.resources():
        title = str(resource.title)
        if title in resources:
            message = f"two resources are called {title}"
            raise ValueError(message)
        resources[title] = resource
        if config.tags and "Tags" in resource.props:
            resource.Tags = Tags(dict(config.tags))
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{config.project} {config.env}: a Lambda function and its pipeline",
        **_metadata(config.blast_radius),
        "Conditions": conditions(),
        "Resources": resources,
        "Outputs": {output.title: output for output in outputs(blueprint, config)},
    }


def _metadata(radius: BlastRadius) -> dict[str, object]:
    """The limit travels in the template: whoever checks it there asks for the same."""
    limit: dict[str, object] = {}
    if radius.steps is not None:
        limit["Steps"] = radius.steps
    if radius.never:
        limit["Never"] = list(radius.never)
    return {"Metadata": {"cicdgen": {"BlastRadius": limit}}} if limit else {}


def render(config: Config, *, indent: int | None = 2) -> str:
    """The template's JSON text: the same config gives the same bytes on any machine.

    Args:
        config: one environment, resolved.
        indent: spaces for each level; compact without.
    """
    return write(assemble(config), indent=indent)
