"""What the release hook may do: learn the version, try it, report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import awslambda, codedeploy

from cicdgen.policies.grant import Everything, Grant

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn


def hook(*, group: Arn, versions: Arn) -> tuple[Grant, ...]:
    """Invoke the new version once and tell CodeDeploy."""
    return (
        Grant(
            sid="ReadDeployment",
            actions=(codedeploy.GetDeployment,),
            on=(group,),
            why="The deployment says which version is new.",
        ),
        Grant(
            sid="TryVersion",
            actions=(awslambda.InvokeFunction,),
            on=(versions,),
            why="The new version is tried before it gets traffic.",
        ),
        Grant(
            sid="Report",
            actions=(codedeploy.PutLifecycleEventHookExecutionStatus,),
            on=Everything(because="the hook's status action has no resource types"),
            why="Without a report the deployment waits an hour and fails.",
        ),
    )
