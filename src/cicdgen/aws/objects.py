"""The source object: where a stack wants it, and how it gets there.

An upload is one PutObject, up to the 5 GB that it takes (s3/upload-objects): so S3 itself compares
what arrived with the SHA-256 of the whole, which it does not do for an upload in parts
(s3/checking-object-integrity), and the caller needs no right to decrypt (s3/UsingKMSEncryption).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from cicdgen.aws.access import client
from cicdgen.aws.failing import about
from cicdgen.errors import AwsError, RefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from cicdgen.aws.access import Access

Seen = Callable[[int], None]
"""Told how many bytes are sent; it goes back to few when an upload begins again."""

_DIGEST = "sha256"
_KEY_RESOURCE = "S3Key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a stack's pipeline waits for its source.

    Attributes:
        stack: the name of the stack.
        account: the account it is in.
        bucket: the source bucket.
        key: the key of the source object.
        kms_key: the ARN of the key that encrypts it.
        pipeline: the name of the pipeline that an upload starts.
        link: the pipeline's page in the console, if one is known.
    """

    stack: str
    account: str
    bucket: str
    key: str
    kms_key: str
    pipeline: str
    link: str | None


def place(stack: str, access: Access, *, made_by: str = "`cicdgen deploy`") -> Place:
    """Where a stack's pipeline waits for its source, by the stack's own outputs.

    Args:
        stack: the stack's name.
        access: how AWS is reached.
        made_by: the command that makes such a stack.

    Raises:
        AwsError: there is no such stack, or it is not one of ours.
    """
    with about(f"stack {stack}", absent=f"{made_by} makes it"):
        cloudformation = client("cloudformation", access)
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        key = cloudformation.describe_stack_resource(
            StackName=stack, LogicalResourceId=_KEY_RESOURCE
        )["StackResourceDetail"]["PhysicalResourceId"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
    missing = {"SourceBucket", "SourceKey", "PipelineName"} - outputs.keys()
    if missing:
        raise AwsError(
            f"stack {stack} is {described['StackStatus']} and has no output {min(missing)}",
            hint=f"{made_by} makes one that has it",
        )
    # arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/NAME/ID
    _, partition, _, region, account, _ = described["StackId"].split(":", 5)
    return Place(
        stack=stack,
        account=account,
        bucket=outputs["SourceBucket"],
        key=outputs["SourceKey"],
        kms_key=f"arn:{partition}:kms:{region}:{account}:key/{key}",
        pipeline=outputs["PipelineName"],
        link=outputs.get("PipelineLink"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The source that is there.

    Attributes:
        sha256: its digest in hexadecimal, if `publish` uploaded it.
        version: the version of the object.
    """

    sha256: str | None
    version: str


def source_there(where: Place, access: Access) -> Source | None:
    """The source that is there, if there is one."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see the package

    with about(f"bucket {where.bucket}"):
        try:
            found = client("s3", access).head_object(
                Bucket=where.bucket, Key=where.key, ExpectedBucketOwner=where.account
            )
        except ClientError as error:
            # HEAD has no body, so no code but HTTP's (s3/API_HeadObject).
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:  # noqa: PLR2004
                return None
            raise
    return Source(sha256=found["Metadata"].get(_DIGEST), version=found.get("VersionId", ""))


def upload(path: Path, sha256: bytes, where: Place, access: Access, seen: Seen) -> str:
    """Upload the source, and return the version that it got.

    Raises:
        AwsError: S3 refuses, or received other bytes.
        RefusedError: the bucket keeps no versions: the pipeline could not tell what it runs.
    """
    with about(f"s3://{where.bucket}/{where.key}"), path.open("rb") as source:
        answer = client("s3", access).put_object(
            Bucket=where.bucket,
            Key=where.key,
            Body=_Watched(source, seen),
            ChecksumSHA256=base64.b64encode(sha256).decode(),
            ContentType="application/zip",
            ExpectedBucketOwner=where.account,
            Metadata={_DIGEST: sha256.hex()},
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=where.kms_key,
        )
    version: str | None = answer.get("VersionId")
    if version in (None, "null"):
        raise RefusedError(
            f"bucket {where.bucket} keeps no versions", hint="deploy the stack: it enables them"
        )
    assert version is not None  # noqa: S101 - for the type checker
    return version


class _Watched:
    """A file that tells how far it was read: botocore goes back to its start to try once more."""

    def __init__(self, file: BinaryIO, seen: Seen) -> None:
        self._file = file
        self._seen = seen

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._seen(self._file.tell())
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()
