"""What a source action of a pipeline does, by its provider.

Source: codepipeline/action-reference-PROVIDER and codepipeline/how-to-custom-role.
"""

from collections.abc import Iterator

from cicdgen.cloudformation import Shape, Text
from cicdgen.iam import Principal
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Call, Hop
from cicdgen.proof.hops.codepipeline_turn import Turn, artifacts
from cicdgen.proof.hops.encryption import bucket_named
from cicdgen.proof.hops.objects import read
from cicdgen.proof.hops.site import Site


def s3(turn: Turn) -> Iterator[Hop | Doubt]:
    """An S3 source reads the version that started the run."""
    bucket = bucket_named(turn.site, turn.action.setting("S3Bucket"))
    given = turn.action.setting("S3ObjectKey")
    if bucket is None or not isinstance(given, Text):
        yield turn.doubt("which object the source action reads")
        return
    if turn.action.setting("AllowOverrideForS3ObjectKey") == Text("true"):
        given = Text.token("any key", Shape.GIVEN, because="whoever starts the pipeline says which")
    page = "action-reference-S3"
    arn = turn.site.object_arn(bucket.arn, given)
    why = "The pipeline fails at its source: it reads the version whose upload started it."
    calls = read(turn.site, turn.role, bucket, given, actions=("s3:GetObjectVersion",))
    yield turn.hop("read-source", calls, why, page)
    yield turn.hop(
        "look-at-source",
        (turn.site.call(turn.role, "s3:GetBucketVersioning", bucket.arn),),
        "The source action refuses a bucket of which it does not learn that it is versioned.",
        page,
    )
    listed = ("s3:GetBucketAcl", "s3:GetBucketLocation")
    yield from turn.safe("look-at-source", listed, bucket.arn, page)
    tags = ("s3:GetObjectTagging", "s3:GetObjectVersionTagging")
    yield from turn.safe("read-source", ("s3:GetObject", *tags), arn, page)
    yield from artifacts(turn, into=turn.action.outputs, out_of=())


def codecommit(turn: Turn) -> Iterator[Hop | Doubt]:
    """A CodeCommit source has the commit packed, and takes it."""
    name = turn.action.setting("RepositoryName")
    if not isinstance(name, Text):
        yield turn.doubt("which repository the source action reads")
        return
    page = "action-reference-CodeCommit"
    needed = ("GetBranch", "GetCommit", "UploadArchive", "GetUploadArchiveStatus")
    actions = tuple(f"codecommit:{each}" for each in needed)
    repository = turn.site.arn("codecommit", name)
    yield from turn.each("read-source", actions, repository, "There is no source.", page)
    listed = ("codecommit:CancelUploadArchive", "codecommit:GetRepository")
    yield from turn.safe("read-source", listed, repository, page)
    yield from artifacts(turn, into=turn.action.outputs, out_of=())


def connection(turn: Turn) -> Iterator[Hop | Doubt]:
    """A connection brings what GitHub and others hold; CodePipeline needs to use it."""
    arn = turn.action.setting("ConnectionArn")
    if not isinstance(arn, Text):
        yield turn.doubt("which connection the source action uses")
        return
    call = use_connection(turn.site, turn.role, arn)
    page = "action-reference-CodestarConnectionSource"
    yield turn.hop("use-connection", (call,), "There is no source.", page)
    yield from artifacts(turn, into=turn.action.outputs, out_of=())


def use_connection(site: Site, role: Principal, arn: Text) -> Call:
    """The call that uses a connection, of whichever of its two services it is."""
    is_new = ":codeconnections:" in arn.code or site.find(arn, "AWS::CodeConnections::Connection")
    prefix = "codeconnections" if is_new else "codestar-connections"
    return site.call(role, f"{prefix}:UseConnection", arn)


def third_party(turn: Turn) -> Iterator[Hop | Doubt]:
    """The first version of the GitHub source: AWS is asked for nothing but the artifact's place."""
    yield from artifacts(turn, into=turn.action.outputs, out_of=())
