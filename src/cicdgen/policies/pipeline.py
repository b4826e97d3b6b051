"""What the pipeline may do, action by action (codepipeline/how-to-custom-role)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import awslambda, codebuild, kms, s3, sns
from awacs.aws import StringEquals

from cicdgen.policies.grant import Grant
from cicdgen.policies.key import WRITE_ACTIONS

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn


def read_source(source: Arn) -> Grant:
    """Fetch the pinned version of the source (codepipeline/action-reference-S3)."""
    return Grant(
        sid="ReadSource",
        actions=(
            s3.GetObject,
            s3.GetObjectTagging,
            s3.GetObjectVersion,
            s3.GetObjectVersionTagging,
        ),
        on=(source,),
        why="The source action reads the very version whose upload started the run.",
    )


def look_at_buckets(*buckets: Arn) -> Grant:
    """Learn where the buckets are and that they are versioned."""
    return Grant(
        sid="LookAtBuckets",
        actions=(s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning),
        on=buckets,
        why="The source action refuses a bucket that is not versioned; CodePipeline looks at the "
        "artifact bucket before it writes.",
    )


def keep_artifacts(*, artifacts: Arn, key: Arn) -> tuple[Grant, ...]:
    """Keep what one stage hands to the next."""
    return (
        Grant(
            sid="KeepArtifacts",
            actions=(s3.GetObject, s3.GetObjectVersion, s3.PutObject, s3.PutObjectAcl),
            on=(artifacts,),
            why="Every stage's input and output passes through here.",
        ),
        Grant(
            sid="UseKey",
            actions=(kms.Decrypt, kms.GenerateDataKey),
            on=(key,),
            why="Source and artifacts are encrypted with this key, which S3 asks for as this role.",
        ),
    )


def run_stages(*, projects: tuple[Arn, ...], deployer: Arn) -> tuple[Grant, ...]:
    """Start the builds and invoke the deployer."""
    return (
        Grant(
            sid="RunProjects",
            actions=(codebuild.BatchGetBuilds, codebuild.StartBuild),
            on=projects,
            why="Starts build and test, and follows them.",
        ),
        Grant(
            sid="InvokeDeployer",
            actions=(awslambda.InvokeFunction,),
            on=(deployer,),
            why="The deploy stage is this function.",
        ),
    )


def ask_for_approval(*, topic: Arn, key: Arn, via_sns: Arn) -> tuple[Grant, ...]:
    """Tell the topic that somebody has to approve: CodePipeline publishes as this role."""
    return (
        Grant(
            sid="AskForApproval",
            actions=(sns.Publish,),
            on=(topic,),
            why="Without it the run waits for a person who was not told.",
        ),
        Grant(
            sid="EncryptRequest",
            actions=WRITE_ACTIONS,
            on=(key,),
            when=(StringEquals("kms:ViaService", via_sns),),
            why="The topic is encrypted with this key, which SNS asks for as this role.",
        ),
    )
