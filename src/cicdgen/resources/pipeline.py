"""The pipeline: source, build, test, approval, deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from troposphere import Ref
from troposphere.codepipeline import (
    Actions,
    ActionTypeId,
    ArtifactStore,
    EncryptionKey,
    InputArtifacts,
    OutputArtifacts,
    Pipeline,
    Stages,
)

from cicdgen import arns
from cicdgen.names import BUILD_OUTPUT, SOURCE_ACTION, SOURCE_OUTPUT
from cicdgen.policies import pipeline as pipeline_policies
from cicdgen.resources.part import Part, Permissions

if TYPE_CHECKING:
    from cicdgen.config.schema import Config
    from cicdgen.names import Names
    from cicdgen.resources.build import Build
    from cicdgen.resources.deployer import Deployer
    from cicdgen.resources.keys import Keys
    from cicdgen.resources.notices import Notices
    from cicdgen.resources.roles import Roles
    from cicdgen.resources.storage import Storage


class ReleasePipeline(Part, frozen=True, kw_only=True):
    """The pipeline and what it may do."""

    permissions: Permissions
    pipeline: Pipeline

    @classmethod
    def define(
        cls,
        config: Config,
        names: Names,
        roles: Roles,
        keys: Keys,
        storage: Storage,
        notices: Notices,
        build: Build,
        deployer: Deployer,
    ) -> ReleasePipeline:
        """The stages, one after the other, one run at a time."""
        permissions = Permissions(
            "PipelinePolicy",
            (Ref(roles.pipeline),),
            (
                pipeline_policies.read_source(
                    arns.within(storage.source, f"/{config.source.object_key}")
                ),
                pipeline_policies.look_at_buckets(
                    arns.of(storage.source), arns.of(storage.artifacts)
                ),
                *pipeline_policies.keep_artifacts(
                    artifacts=arns.within(storage.artifacts, f"/{names.artifact_prefix}/*"),
                    key=arns.of(keys.objects),
                ),
                *pipeline_policies.run_stages(
                    projects=(arns.of(build.build), arns.of(build.test)),
                    deployer=arns.of(deployer.function),
                ),
                *(
                    pipeline_policies.ask_for_approval(
                        topic=Ref(notices.topic),
                        key=arns.of(keys.notices),
                        via_sns=arns.via("sns"),
                    )
                    if config.manual_approval
                    else ()
                ),
            ),
        )
        pipeline = Pipeline(
            "Pipeline",
            # A new pipeline starts a run at once.
            DependsOn=permissions.title,
            Name=names.pipeline,
            RoleArn=arns.of(roles.pipeline),
            PipelineType="V2",
            ExecutionMode="QUEUED",
            ArtifactStore=ArtifactStore(
                Type="S3",
                Location=Ref(storage.artifacts),
                EncryptionKey=EncryptionKey(Type="KMS", Id=arns.of(keys.objects)),
            ),
            Stages=[
                _source(config, storage),
                _build(build),
                _test(build),
                *((_approve(notices),) if config.manual_approval else ()),
                _deploy(deployer),
            ],
        )
        return cls(permissions=permissions, pipeline=pipeline)


def _source(config: Config, storage: Storage) -> Stages:
    return _stage(
        "Source",
        name=SOURCE_ACTION,
        kind=("Source", "S3"),
        outputs=(SOURCE_OUTPUT,),
        configuration={
            "S3Bucket": Ref(storage.source),
            "S3ObjectKey": config.source.object_key,
            # True unless said otherwise, and then every upload starts two runs.
            "PollForSourceChanges": "false",
        },
    )


def _build(build: Build) -> Stages:
    return _stage(
        "Build",
        name="Build",
        kind=("Build", "CodeBuild"),
        inputs=(SOURCE_OUTPUT,),
        outputs=(BUILD_OUTPUT,),
        configuration={"ProjectName": Ref(build.build)},
    )


def _test(build: Build) -> Stages:
    return _stage(
        "Test",
        name="Test",
        kind=("Test", "CodeBuild"),
        inputs=(SOURCE_OUTPUT, BUILD_OUTPUT),
        configuration={"ProjectName": Ref(build.test), "PrimarySource": SOURCE_OUTPUT},
    )


def _approve(notices: Notices) -> Stages:
    return _stage(
        "Approve",
        name="Approve",
        kind=("Approval", "Manual"),
        configuration={"NotificationArn": Ref(notices.topic)},
    )


def _deploy(deployer: Deployer) -> Stages:
    return _stage(
        "Deploy",
        name="Deploy",
        # The CodeDeploy provider deploys to instances only, and Lambda's own has no deployment
        # group (codepipeline/action-reference-CodeDeploy, action-reference-LambdaDeploy).
        kind=("Invoke", "Lambda"),
        inputs=(BUILD_OUTPUT,),
        configuration={"FunctionName": Ref(deployer.function)},
    )


def _stage(
    stage: str,
    *,
    name: str,
    kind: tuple[str, str],
    configuration: dict[str, Any],
    inputs: tuple[str, ...] = (),
    outputs: tuple[str, ...] = (),
) -> Stages:
    action = Actions(
        Name=name,
        ActionTypeId=ActionTypeId(Category=kind[0], Owner="AWS", Provider=kind[1], Version="1"),
        Configuration=configuration,
    )
    if inputs:
        action.InputArtifacts = [InputArtifacts(Name=artifact) for artifact in inputs]
    if outputs:
        action.OutputArtifacts = [OutputArtifacts(Name=artifact) for artifact in outputs]
    return Stages(Name=stage, Actions=[action])
