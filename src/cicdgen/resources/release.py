"""How a new version is let in: CodeDeploy's traffic shift on the alias, and what takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Ref
from troposphere.codedeploy import (
    Alarm,
    AlarmConfiguration,
    Application,
    AutoRollbackConfiguration,
    DeploymentGroup,
    DeploymentStyle,
)

from cicdgen import arns
from cicdgen.policies import release as release_policies
from cicdgen.resources.part import Part, Permissions

if TYPE_CHECKING:
    from cicdgen.config.schema import Config
    from cicdgen.names import Names
    from cicdgen.resources.alarms import Alarms
    from cicdgen.resources.function import ReleasedFunction
    from cicdgen.resources.hook import Hook
    from cicdgen.resources.roles import Roles


class Release(Part, frozen=True, kw_only=True):
    """The CodeDeploy application and its deployment group.

    Neither names the function: the AppSpec of each deployment does.
    """

    permissions: Permissions
    application: Application
    group: DeploymentGroup

    @classmethod
    def define(
        cls,
        config: Config,
        names: Names,
        roles: Roles,
        released: ReleasedFunction,
        alarms: Alarms,
        hook: Hook | None,
    ) -> Release:
        """The traffic shift that the config chose, with its alarm and its rollback."""
        application = Application(
            "Application", ApplicationName=names.application, ComputePlatform="Lambda"
        )
        permissions = Permissions(
            "ReleasePolicy",
            (Ref(roles.release),),
            (
                release_policies.move_traffic(
                    function=arns.function_and_versions(released.function)
                ),
                release_policies.watch_alarms(),
                *((release_policies.run_hook(arns.of(hook.function)),) if hook else ()),
            ),
        )
        group = DeploymentGroup(
            "DeploymentGroup",
            DependsOn=permissions.title,
            ApplicationName=Ref(application),
            DeploymentGroupName=names.deployment_group,
            ServiceRoleArn=arns.of(roles.release),
            DeploymentConfigName=config.release.deployment_config,
            DeploymentStyle=DeploymentStyle(
                DeploymentType="BLUE_GREEN", DeploymentOption="WITH_TRAFFIC_CONTROL"
            ),
            AlarmConfiguration=AlarmConfiguration(
                Enabled=True,
                Alarms=[Alarm(Name=Ref(alarms.rollback))],
            ),
            AutoRollbackConfiguration=AutoRollbackConfiguration(
                Enabled=True,
                Events=[
                    "DEPLOYMENT_FAILURE",
                    "DEPLOYMENT_STOP_ON_ALARM",
                    "DEPLOYMENT_STOP_ON_REQUEST",
                ],
            ),
        )
        return cls(permissions=permissions, application=application, group=group)
