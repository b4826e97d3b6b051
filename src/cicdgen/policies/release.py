"""What CodeDeploy may do: move the alias, run the hook, look at the alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import awslambda, cloudwatch

from cicdgen.policies.grant import Everything, Grant

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn


def move_traffic(*, function: tuple[Arn, ...]) -> Grant:
    """Read and move the alias."""
    return Grant(
        sid="MoveTraffic",
        actions=(
            awslambda.GetAlias,
            awslambda.GetProvisionedConcurrencyConfig,
            awslambda.UpdateAlias,
        ),
        on=function,
        why="Shifts the traffic, and takes it back (as AWSCodeDeployRoleForLambdaLimited).",
    )


def watch_alarms() -> Grant:
    """Read the alarms' state."""
    return Grant(
        sid="WatchAlarms",
        actions=(cloudwatch.DescribeAlarms,),
        on=Everything(
            because="AWS's own policy for CodeDeploy has *; that a filtered call passes is unproven"
        ),
        why="Without it no alarm stops a bad release.",
    )


def run_hook(hook: Arn) -> Grant:
    """Invoke the hook."""
    return Grant(
        sid="RunHook",
        actions=(awslambda.InvokeFunction,),
        on=(hook,),
        why="CodeDeploy invokes the hook as this role: without it every release fails.",
    )
