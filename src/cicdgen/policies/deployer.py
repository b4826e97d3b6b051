"""What the deployer may do: publish a version and ask CodeDeploy. It cannot move the alias."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import awslambda, codedeploy, codepipeline, kms, s3
from awacs.aws import StringEquals

from cicdgen.policies.grant import Everything, Grant

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn


def answer_pipeline() -> Grant:
    """Tell CodePipeline how the job ended."""
    return Grant(
        sid="AnswerPipeline",
        actions=(codepipeline.PutJobSuccessResult, codepipeline.PutJobFailureResult),
        on=Everything(because="CodePipeline's job actions have no resource types"),
        why="Without an answer the action hangs until it times out.",
    )


def read_release(*, manifest: Arn, releases: Arn, key: Arn) -> tuple[Grant, ...]:
    """Read the manifest, and let Lambda fetch the release on the deployer's behalf."""
    return (
        Grant(
            sid="ReadManifest",
            actions=(s3.GetObject,),
            on=(manifest,),
            why="The manifest says which bytes were built and tested.",
        ),
        Grant(
            sid="ReadReleases",
            actions=(s3.GetObject, s3.GetObjectVersion),
            on=(releases,),
            why="Lambda fetches the code with the rights of whoever updates the function.",
        ),
        Grant(
            sid="UseKey",
            actions=(kms.Decrypt,),
            on=(key,),
            why="Manifest and release are encrypted with this key, which S3 asks for as this role.",
        ),
    )


def publish_version(*, function: tuple[Arn, ...], key: Arn, via_lambda: Arn) -> tuple[Grant, ...]:
    """Put the new code on $LATEST and publish it as a version."""
    return (
        Grant(
            sid="PublishVersion",
            actions=(
                awslambda.GetAlias,
                awslambda.GetFunction,
                awslambda.PublishVersion,
                awslambda.UpdateFunctionCode,
            ),
            on=function,
            why="This is the release. UpdateAlias is missing on purpose: only CodeDeploy moves "
            "traffic.",
        ),
        Grant(
            sid="KeepEnvironmentReadable",
            actions=(kms.CreateGrant, kms.Encrypt),
            on=(key,),
            when=(StringEquals("kms:ViaService", via_lambda),),
            why="Lambda re-creates the grant on the environment's key with the rights of whoever "
            "changes the function; code updates were seen to fail without it. Not proven here: "
            "the safe side.",
        ),
    )


def create_deployment(*, application: Arn, group: Arn, config: Arn) -> tuple[Grant, ...]:
    """Ask CodeDeploy for the traffic shift and follow it. Three ARN types, none can be left out."""
    return (
        Grant(
            sid="Deploy",
            actions=(
                codedeploy.BatchGetDeployments,
                codedeploy.CreateDeployment,
                codedeploy.GetDeployment,
                codedeploy.ListDeployments,
            ),
            on=(group,),
            why="Starts the canary, follows it, and finds it again when an event comes twice.",
        ),
        Grant(
            sid="RegisterRevision",
            actions=(codedeploy.RegisterApplicationRevision,),
            on=(application,),
            why="CreateDeployment registers the AppSpec as a revision of the application "
            "(codedeploy/auth-and-access-control-permissions-reference).",
        ),
        Grant(
            sid="ReadDeploymentConfig",
            actions=(codedeploy.GetDeploymentConfig,),
            on=(config,),
            why="CreateDeployment looks the traffic shift up with the caller's rights.",
        ),
    )
