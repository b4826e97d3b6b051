"""Where a template goes that is too long to be sent inline: a bucket that the user names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller

INLINE_BYTES = 51_200
"""The longest TemplateBody (AWSCloudFormation/latest/APIReference/API_CreateChangeSet)."""


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
    meta = caller.client("s3").meta
    host = str(meta.endpoint_url).rstrip("/")
    if caller.endpoint is None:
        scheme, _, name = host.partition("//")
        return f"{scheme}//{bucket}.{name}/{key}"
    return f"{host}/{bucket}/{key}"
