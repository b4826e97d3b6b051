"""The event that S3 sends when an object is created.

Source: AmazonS3/ev-events; for the other form, eventbridge/eb-service-event-cloudtrail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cicdgen.cloudformation import Text
from cicdgen.proof.event_pattern import ANYTHING, EventValue

if TYPE_CHECKING:
    from cicdgen.cloudformation import Stack

Event: TypeAlias = dict[str, EventValue]

REASONS = ("PutObject", "CompleteMultipartUpload")
"""How an object is created: `aws s3 cp` takes the second for large files."""


def object_created(stack: Stack, bucket: Text, key: Text, reason: str = "PutObject") -> Event:
    """The event that the bucket sends to EventBridge."""
    return {
        **_envelope(stack, "aws.s3", "Object Created"),
        "resources": [_arn(stack, bucket)],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": dict.fromkeys(("size", "etag", "version-id", "sequencer"), ANYTHING)
            | {"key": key},
            "request-id": ANYTHING,
            "requester": ANYTHING,
            "source-ip-address": ANYTHING,
            "reason": reason,
        },
    }


def api_call(stack: Stack, bucket: Text, key: Text, reason: str = "PutObject") -> Event:
    """The event of a trail that records the bucket's data events."""
    return {
        **_envelope(stack, "aws.s3", "AWS API Call via CloudTrail"),
        "resources": ANYTHING,
        "detail": {
            "eventSource": "s3.amazonaws.com",
            "eventName": reason,
            "requestParameters": {"bucketName": bucket, "key": key},
            "resources": ANYTHING,
            "userIdentity": ANYTHING,
            "additionalEventData": ANYTHING,
            "responseElements": ANYTHING,
        },
    }


def _envelope(stack: Stack, source: str, kind: str) -> Event:
    return {
        "version": "0",
        "id": ANYTHING,
        "time": ANYTHING,
        "source": source,
        "detail-type": kind,
        "account": stack.pseudo_parameters["AWS::AccountId"],
        "region": stack.pseudo_parameters["AWS::Region"],
    }


def _arn(stack: Stack, bucket: Text) -> Text:
    partition = stack.pseudo_parameters["AWS::Partition"].code
    return Text(f"arn:{partition}:s3:::{bucket.code}")
