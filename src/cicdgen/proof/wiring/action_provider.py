"""A deploy action has a provider that can deploy what it is given.

The CodeDeploy provider hands CodeDeploy a zip, and a deployment to Lambda or ECS takes an AppSpec:
every run ends in InvalidRevisionException (failure 9).
Source: codepipeline/action-reference-CodeDeploy, codedeploy/limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.pipeline import PIPELINE, actions, actions_of_kind
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "action-provider"
_INSTEAD = {
    "Lambda": "use Deploy/AWS/Lambda in a V2 pipeline, or invoke a function that creates the"
    " deployment with an AppSpec",
    "ECS": "use Deploy/AWS/CodeDeployToECS",
}


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every action with the CodeDeploy provider, or with one that nobody knows."""
    for pipeline in stack.of_type(PIPELINE):
        for action in actions(pipeline):
            if "?" in action.kind:
                because = f"what kind of action {action.name} is"
                yield Doubt(check=NAME, path=action.place.at("ActionTypeId").path, because=because)
    for action in actions_of_kind(stack, "Deploy/AWS/CodeDeploy"):
        named = action.configuration.at("ApplicationName")
        application = referent(stack, named, "AWS::CodeDeploy::Application")
        if isinstance(application, Elsewhere):
            because = f"what the application deploys to: {application.because}"
            yield Doubt(check=NAME, path=named.path, because=because)
            continue
        platform = Place.of(application).at("ComputePlatform")
        if platform.is_unknown:
            yield Doubt(check=NAME, path=platform.path, because="the compute platform is not known")
        elif platform.known in _INSTEAD:
            yield Flaw(
                check=NAME,
                path=action.place.at("ActionTypeId", "Provider").path,
                message=f"the CodeDeploy provider cannot deploy to {platform}, the platform of"
                f" {application.logical_id}: it registers a zip where an AppSpec is needed",
                fix=_INSTEAD[platform.known],
                source="codepipeline/action-reference-CodeDeploy",
            )
