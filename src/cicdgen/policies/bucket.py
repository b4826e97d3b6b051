"""What a bucket refuses to everybody, and what log delivery may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import s3
from awacs.aws import ArnLike, Bool, Null, Principal, StringEquals, StringNotEquals

from cicdgen.policies.grant import Grant, Refusal

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn

_ENCRYPTION = "s3:x-amz-server-side-encryption"
_KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id"


def tls_only(*, bucket: Arn, objects: Arn) -> Refusal:
    """No request without TLS, to the bucket or to its objects (AWS's sample misses one of them)."""
    return Refusal(
        sid="RefusePlainHttp",
        actions=(s3.Action("*"),),
        on=(bucket, objects),
        to=Principal("*"),
        when=(Bool("aws:SecureTransport", "false"),),
        why="Whatever crosses the network in clear can be read and changed there.",
    )


def this_key_only(*, objects: Arn, key: Arn) -> tuple[Refusal, ...]:
    """No upload under another key, and none without one.

    An upload that names no encryption gets the bucket's default, which is this key: it must pass.
    `StringNotEqualsIfExists` would deny it, because IfExists makes a negated test true when the key
    is absent (iam/reference_policies_elements_condition_operators); so the header's presence is
    asked for by itself.
    """
    return (
        Refusal(
            sid="RefuseOtherEncryption",
            actions=(s3.PutObject,),
            on=(objects,),
            to=Principal("*"),
            when=(Null(_ENCRYPTION, "false"), StringNotEquals(_ENCRYPTION, "aws:kms")),
            why="An object under S3's own keys could be read without the right to this key.",
        ),
        Refusal(
            sid="RefuseOtherKeys",
            actions=(s3.PutObject,),
            on=(objects,),
            to=Principal("*"),
            when=(Null(_KEY_ID, "false"), StringNotEquals(_KEY_ID, key)),
            why="An object under a stranger's key makes the pipeline fail, or waits for them.",
        ),
    )


def log_delivery(*, objects: Arn, buckets: tuple[Arn, ...], account_id: Arn) -> Grant:
    """S3 may deliver the access logs of these buckets (s3/enable-server-access-logging)."""
    return Grant(
        sid="DeliverAccessLogs",
        actions=(s3.PutObject,),
        on=(objects,),
        to=Principal("Service", "logging.s3.amazonaws.com"),
        when=(
            ArnLike("aws:SourceArn", list(buckets)),
            StringEquals("aws:SourceAccount", account_id),
        ),
        why="S3 delivers access logs as itself: without it there are none.",
    )
