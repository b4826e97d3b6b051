"""What the build and the test may do. Neither may touch the function, the alias or the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import codebuild, kms, s3

from cicdgen.policies.grant import Grant

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn


def read_artifacts(*, bucket: Arn, artifacts: tuple[Arn, ...]) -> tuple[Grant, ...]:
    """Read what the stages before have made (codebuild/setting-up-service-role)."""
    return (
        Grant(
            sid="ReadArtifacts",
            actions=(s3.GetObject, s3.GetObjectVersion),
            on=artifacts,
            why="CodeBuild fetches its input as this role: without it there is nothing to build.",
        ),
        Grant(
            sid="FindArtifacts",
            actions=(s3.GetBucketAcl, s3.GetBucketLocation),
            on=(bucket,),
            why="CodeBuild looks at the bucket before it fetches.",
        ),
    )


def build(*, artifacts: tuple[Arn, ...], releases: Arn, key: Arn) -> tuple[Grant, ...]:
    """Hand on the manifest, and store the release under its digest."""
    return (
        Grant(
            sid="WriteArtifacts",
            actions=(s3.PutObject,),
            on=artifacts,
            why="The manifest tells the stages after which bytes were built.",
        ),
        Grant(
            sid="StoreReleases",
            actions=(s3.PutObject,),
            on=(releases,),
            why="The release is stored under its digest, from where it is tested and deployed.",
        ),
        Grant(
            sid="UseKey",
            actions=(kms.Decrypt, kms.GenerateDataKey),
            on=(key,),
            why="Source, artifacts and releases are encrypted with this key, which S3 asks for as "
            "this role.",
        ),
    )


def test(*, releases: Arn, reports: Arn, key: Arn) -> tuple[Grant, ...]:
    """Fetch the release that was built, and publish the test report."""
    return (
        Grant(
            sid="ReadReleases",
            actions=(s3.GetObjectVersion,),
            on=(releases,),
            why="The tests run against exactly the stored bytes.",
        ),
        Grant(
            sid="PublishReports",
            actions=(
                codebuild.CreateReportGroup,
                codebuild.CreateReport,
                codebuild.UpdateReport,
                codebuild.BatchPutTestCases,
            ),
            on=(reports,),
            why="Without it the test report is lost (codebuild/test-permissions).",
        ),
        Grant(
            sid="UseKey",
            actions=(kms.Decrypt,),
            on=(key,),
            why="What it reads is encrypted with this key, which S3 asks for as this role.",
        ),
    )
