"""CodePipeline's action that puts an artifact, or the files in it, into a bucket: Deploy/AWS/S3.

| rests on | behaviour |
| --- | --- |
| codepipeline/action-reference-S3Deploy | Extract: the files in the artifact, or the artifact |
| codepipeline/action-reference-S3Deploy | ObjectKey is needed for an artifact as it is |
| codepipeline/action-reference-S3Deploy | a key that encrypts what is put there |
| AmazonS3/API_PutObject | an ACL that is sent asks for s3:PutObjectAcl |

What an ObjectKey does to files that are extracted the page does not say: that is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.hops.encryption import MANAGED, bucket_named, key_named
from cicdgen.rehearsal.run import UnmodelledError
from cicdgen.rehearsal.source import files_of
from cicdgen.rehearsal.turn import FailedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.rehearsal.clock import Process
    from cicdgen.rehearsal.turn import Turn

_PAGE = "codepipeline/action-reference-S3Deploy"
_LISTED = ("s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation")


def deploy(turn: Turn) -> Process:
    """Put what the action takes into its bucket."""
    run, name = turn.run, turn.setting("BucketName")
    bucket = bucket_named(run.site, run.names.read(name))
    inputs = turn.inputs()
    if len(inputs) != 1:
        raise FailedError(f"it takes one artifact, and has {len(inputs)}")
    held = turn.s3.read(turn.role, inputs[0].bucket, inputs[0].key, None, _PAGE)
    files = _files(turn, held.body)
    yield 2.0
    given = turn.settings.get("KMSEncryptionKeyARN")
    key = None if given is None else key_named(run.site, run.names.read(given))
    if bucket is not None:
        run.mention(turn.role, [run.site.call(turn.role, a, bucket.arn) for a in _LISTED], _PAGE)
    for path, body in files.items():
        under = None if key == MANAGED else key
        turn.s3.write(turn.role, name, path, body, under=under, source=_PAGE)
        if "CannedACL" in turn.settings and bucket is not None:
            on = run.site.object_arn(bucket.arn, run.names.read(path))
            run.call(turn.role, "s3:PutObjectAcl", on, "AmazonS3/API_PutObject")


def _files(turn: Turn, artifact: bytes) -> Mapping[str, bytes]:
    """What is put into the bucket, by key."""
    extract, key = turn.setting("Extract").lower(), turn.settings.get("ObjectKey", "")
    match extract, key:
        case "true", "":
            return files_of(artifact)
        case "true", _:
            raise UnmodelledError(f"Extract with the ObjectKey {key}: AWS does not say what it is")
        case "false", "":
            raise FailedError("without Extract it needs an ObjectKey")
        case "false", _:
            return {key: artifact}
    raise FailedError(f"Extract is {extract}, and has to be true or false")
