"""Reading and writing objects: S3 asks KMS as whoever reads or writes.

Sources: s3/UsingKMSEncryption (an upload needs GenerateDataKey, one in parts Decrypt too),
AmazonS3/API_GetObject (a version asks for GetObjectVersion).
"""

from collections.abc import Iterator, Mapping

from cicdgen.cloudformation import Text
from cicdgen.iam import Principal
from cicdgen.iam.context import Given
from cicdgen.proof.hop import Call
from cicdgen.proof.hops.encryption import BOTH, NO_HEADERS, READ, WRITE, Bucket, in_bucket, via
from cicdgen.proof.hops.site import Site

EITHER = ("s3:GetObjectVersion", "s3:GetObject")
"""What reads an object: which of the two AWS asks depends on whether it names the version."""


def read(
    site: Site,
    who: Principal,
    bucket: Bucket,
    key: Text,
    *,
    actions: tuple[str, ...] = EITHER,
    under: Text | None = None,
) -> tuple[Call, ...]:
    """Read an object.

    Args:
        site: The stack.
        who: Who reads.
        bucket: Where.
        key: The object's key.
        actions: The ways to read it.
        under: The key that it is encrypted with, if it is not the bucket's.
    """
    arn = site.object_arn(bucket.arn, key)
    return (
        site.call(who, actions, arn),
        *_asked(site, who, bucket, arn, under or bucket.key, READ),
    )


def write(
    site: Site,
    who: Principal,
    bucket: Bucket,
    key: Text,
    *,
    under: Text | None = None,
    headers: Mapping[str, Given] = NO_HEADERS,
    in_parts: bool = False,
) -> tuple[Call, ...]:
    """Write an object; as `read`.

    Args:
        site: The stack.
        who: Who writes.
        bucket: Where.
        key: The object's key.
        under: The key to encrypt with, if it is not the bucket's.
        headers: Condition keys of the upload.
        in_parts: Whether it is uploaded in parts.
    """
    arn = site.object_arn(bucket.arn, key)
    actions = BOTH if in_parts else WRITE
    return (
        site.call(who, "s3:PutObject", arn, headers),
        *_asked(site, who, bucket, arn, under or bucket.key, actions),
    )


def _asked(
    site: Site,
    who: Principal,
    bucket: Bucket,
    arn: Text,
    under: Text | None,
    actions: tuple[str, ...],
) -> Iterator[Call]:
    if under is not None:
        yield from via(site, who, under, actions, "s3", **in_bucket(bucket, arn))
