"""Who asked a bucket for what is written down.

Source: AmazonS3/ServerLogs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.store import BUCKET, log_buckets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "bucket-logging"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every bucket that takes no access logs itself."""
    logs = log_buckets(stack)
    for bucket in stack.of_type(BUCKET):
        place = Place.of(bucket).at("LoggingConfiguration")
        if bucket.logical_id not in logs and not place.is_given:
            yield Flaw(
                check=NAME,
                path=place.path,
                message=f"{bucket.logical_id} writes no access log",
                fix="set LoggingConfiguration.DestinationBucketName to a bucket for logs",
                source="AmazonS3/ServerLogs",
            )
