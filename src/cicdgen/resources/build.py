"""Build and test: two CodeBuild projects, their logs and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Ref
from troposphere.codebuild import (
    Artifacts,
    CloudWatchLogs,
    Environment,
    EnvironmentVariable,
    LogsConfig,
    Project,
    Source,
)

from cicdgen import arns, assets
from cicdgen.names import BUILD_OUTPUT, SOURCE_OUTPUT
from cicdgen.policies import project as project_policies
from cicdgen.policies import telemetry
from cicdgen.resources.literal import literal
from cicdgen.resources.logs import log_group
from cicdgen.resources.part import Part, Permissions

if TYPE_CHECKING:
    from troposphere.logs import LogGroup

    from cicdgen.config import schema
    from cicdgen.names import Names
    from cicdgen.resources.keys import Keys
    from cicdgen.resources.roles import Roles
    from cicdgen.resources.storage import Storage

# The curated Amazon Linux 2023 images: codebuild/build-env-ref-available.
_IMAGES = {
    "arm64": "aws/codebuild/amazonlinux-aarch64-standard:3.0",
    "x86_64": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
}
_CONTAINERS = {"arm64": "ARM_CONTAINER", "x86_64": "LINUX_CONTAINER"}


class Build(Part, frozen=True, kw_only=True):
    """The projects of the stages Build and Test."""

    build_log: LogGroup
    build_permissions: Permissions
    build: Project
    test_log: LogGroup
    test_permissions: Permissions
    test: Project

    @classmethod
    def define(
        cls, config: schema.Config, names: Names, roles: Roles, keys: Keys, storage: Storage
    ) -> Build:
        """The two projects, each with a role, a log group and a buildspec."""
        bucket, key = arns.of(storage.artifacts), arns.of(keys.objects)
        source = arns.within(storage.artifacts, f"/{names.artifact_keys(SOURCE_OUTPUT)}")
        manifest = arns.within(storage.artifacts, f"/{names.artifact_keys(BUILD_OUTPUT)}")
        build_log = log_group("build", config, names, keys)
        test_log = log_group("test", config, names, keys)
        return cls(
            build_log=build_log,
            build_permissions=Permissions(
                "BuildPolicy",
                (Ref(roles.build),),
                (
                    telemetry.write_log(arns.of(build_log)),
                    *project_policies.read_artifacts(bucket=bucket, artifacts=(source,)),
                    *project_policies.build(
                        artifacts=(manifest,), releases=storage.releases, key=key
                    ),
                ),
            ),
            build=_project(
                "Build",
                config,
                config.build,
                name=names.part("build"),
                role=arns.of(roles.build),
                buildspec=config.build_buildspec or assets.buildspec("build"),
                storage=storage,
                keys=keys,
                log=build_log,
            ),
            test_log=test_log,
            test_permissions=Permissions(
                "TestPolicy",
                (Ref(roles.test),),
                (
                    telemetry.write_log(arns.of(test_log)),
                    *project_policies.read_artifacts(bucket=bucket, artifacts=(source, manifest)),
                    *project_policies.test(
                        releases=storage.releases,
                        reports=arns.named("codebuild", f"report-group/{names.test_report_group}"),
                        key=key,
                    ),
                ),
            ),
            test=_project(
                "Test",
                config,
                config.test,
                name=names.part("test"),
                role=arns.of(roles.test),
                buildspec=config.test_buildspec or assets.buildspec("test"),
                storage=storage,
                keys=keys,
                log=test_log,
            ),
        )


def _project(
    title: str,
    config: schema.Config,
    project: schema.Project,
    *,
    name: str,
    role: object,
    buildspec: str,
    storage: Storage,
    keys: Keys,
    log: LogGroup,
) -> Project:
    architecture = config.function.architecture
    variables: dict[str, object] = {
        "ARTIFACT_BUCKET": Ref(storage.artifacts),
        "PYTHON_VERSION": config.function.runtime.removeprefix("python"),
        **{name: literal(value) for name, value in project.environment.items()},
    }
    return Project(
        f"{title}Project",
        Name=name,
        ServiceRole=role,
        EncryptionKey=arns.of(keys.objects),
        TimeoutInMinutes=project.timeout,
        Source=Source(Type="CODEPIPELINE", BuildSpec=buildspec),
        Artifacts=Artifacts(Type="CODEPIPELINE"),
        Environment=Environment(
            Type=_CONTAINERS[architecture],
            Image=project.image or _IMAGES[architecture],
            ComputeType=project.compute,
            EnvironmentVariables=[
                EnvironmentVariable(Name=key, Value=value) for key, value in variables.items()
            ],
        ),
        LogsConfig=LogsConfig(CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=Ref(log))),
    )
