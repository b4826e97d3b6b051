"""The deployer: the function behind the pipeline's last stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Ref
from troposphere.awslambda import EventInvokeConfig

from cicdgen import arns
from cicdgen.names import ALIAS, BUILD_OUTPUT
from cicdgen.policies import deployer as deployer_policies
from cicdgen.policies import telemetry
from cicdgen.resources.alarms import alarm
from cicdgen.resources.inline import inline_function
from cicdgen.resources.logs import log_group
from cicdgen.resources.part import Part, Permissions

if TYPE_CHECKING:
    from troposphere.awslambda import Function
    from troposphere.cloudwatch import Alarm
    from troposphere.logs import LogGroup

    from cicdgen.config.schema import Config
    from cicdgen.names import Names
    from cicdgen.resources.function import ReleasedFunction
    from cicdgen.resources.hook import Hook
    from cicdgen.resources.keys import Keys
    from cicdgen.resources.notices import Notices
    from cicdgen.resources.release import Release
    from cicdgen.resources.roles import Roles
    from cicdgen.resources.storage import Storage

_SECONDS = 300


class Deployer(Part, frozen=True, kw_only=True):
    """The deployer, its log and what it may do.

    It has no dead-letter queue: the event carries credentials
    (codepipeline/action-reference-Lambda) and must rest nowhere.
    """

    log: LogGroup
    permissions: Permissions
    function: Function
    once: EventInvokeConfig
    errors: Alarm

    @classmethod
    def define(
        cls,
        config: Config,
        names: Names,
        roles: Roles,
        keys: Keys,
        storage: Storage,
        notices: Notices,
        released: ReleasedFunction,
        hook: Hook | None,
        release: Release,
    ) -> Deployer:
        """The deployer of this function through this deployment group."""
        log = log_group("deployer", config, names, keys)
        function = inline_function(
            "Deployer",
            config,
            names,
            keys,
            role=roles.deployer,
            log=log,
            timeout=_SECONDS,
            environment={
                "FUNCTION_NAME": Ref(released.function),
                "ALIAS": ALIAS,
                "APPLICATION": Ref(release.application),
                "DEPLOYMENT_GROUP": Ref(release.group),
                "HOOK": Ref(hook.function) if hook else "",
            },
        )
        return cls(
            log=log,
            permissions=Permissions(
                "DeployerPolicy",
                (Ref(roles.deployer),),
                (
                    telemetry.write_log(arns.of(log)),
                    deployer_policies.answer_pipeline(),
                    *deployer_policies.read_release(
                        manifest=arns.within(
                            storage.artifacts, f"/{names.artifact_keys(BUILD_OUTPUT)}"
                        ),
                        releases=storage.releases,
                        key=arns.of(keys.objects),
                    ),
                    *deployer_policies.publish_version(
                        function=arns.function_and_versions(released.function),
                        key=arns.of(keys.function),
                        via_lambda=arns.via("lambda"),
                    ),
                    *deployer_policies.create_deployment(
                        application=arns.named("codedeploy", f"application:{names.application}"),
                        group=arns.deployment_group(names),
                        config=arns.named(
                            "codedeploy", f"deploymentconfig:{config.release.deployment_config}"
                        ),
                    ),
                ),
            ),
            function=function,
            once=EventInvokeConfig(
                "DeployerOnce",
                FunctionName=Ref(function),
                Qualifier="$LATEST",
                # CodePipeline invokes asynchronously: a retry would answer the same job twice.
                MaximumRetryAttempts=0,
            ),
            errors=alarm(
                "DeployerErrors",
                names.alarm("deployer-errors"),
                notices,
                metric=("AWS/Lambda", "Errors"),
                dimensions={"FunctionName": Ref(function)},
            ),
        )
