"""Where a template goes that is too long to be sent inline: a bucket that the user names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cicdgen.aws.access import client

if TYPE_CHECKING:
    from cicdgen.aws.access import Access
    from cicdgen.aws.calling import Caller

INLINE_BYTES = 51_200
"""The longest TemplateBody (AWSCloudFormation/latest/APIReference/API_CreateChangeSet)."""


def make(access: Access, bucket: str) -> None:
    """Make a bucket for templates: for a sandbox, where nobody has one yet."""
    files = client("s3", access)
    region = files.meta.region_name
    # In us-east-1, S3 refuses to be told so: AmazonS3/API_CreateBucket.
    place = {} if region == "us-east-1" else {"LocationConstraint": region}
    files.create_bucket(Bucket=bucket, **({"CreateBucketConfiguration": place} if place else {}))


def store(
    caller: Caller, body: str, *, bucket: str, key: str, account: str, kms_key: str | None = None
) -> str:
    """Put the template into the bucket, and return the URL that CloudFormation takes.

    The bucket must belong to the account: somebody else's of the same name is refused by S3.
    """
    arguments: dict[str, Any] = {
        "Bucket": bucket,
        "Key": key,
        "Body": body.encode(),
        "ContentType": "application/json",
        "ExpectedBucketOwner": account,
    }
    if kms_key:
        arguments |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key}
    caller.call("put_object", arguments, service="s3")
    key = quote(key)
    meta = caller.client("s3").meta
    host = str(meta.endpoint_url).rstrip("/")
    if caller.endpoint is None:
        scheme, _, name = host.partition("//")
        return f"{scheme}//{bucket}.{name}/{key}"
    return f"{host}/{bucket}/{key}"
