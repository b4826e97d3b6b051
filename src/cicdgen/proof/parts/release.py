"""How CodeDeploy is told to release a function.

Source: codedeploy/deployment-groups-create, codedeploy/deployment-configurations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

GROUP = "AWS::CodeDeploy::DeploymentGroup"
APPLICATION = "AWS::CodeDeploy::Application"


def platform(stack: Stack, group: Resource) -> str | None:
    """The compute platform of a group: `Lambda`, `Server` or `ECS`; None if it is not known."""
    place = Place.of(group)
    application = referent(stack, place.at("ApplicationName"), APPLICATION)
    if not isinstance(application, Elsewhere):
        stated = Place.of(application).at("ComputePlatform")
        return stated.known if stated.is_given else "Server"
    config = place.at("DeploymentConfigName").known or ""
    return "Lambda" if config.startswith("CodeDeployDefault.Lambda") else None


def lambda_groups(stack: Stack) -> Iterator[Resource]:
    """The deployment groups that release functions."""
    return (group for group in stack.of_type(GROUP) if platform(stack, group) == "Lambda")
