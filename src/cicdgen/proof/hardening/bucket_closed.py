"""A bucket says itself that it is closed to the public, and does not leave it to when it was made.

In a bucket that is made since April 2023 S3 turns on all four switches of Block Public Access, with
CloudFormation too. An older one stays as it is, and taking the switches out of a template turns
them off. Source: AmazonS3/create-bucket-faq, AmazonS3/access-control-block-public-access.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.store import BUCKET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "bucket-closed"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every bucket."""
    for bucket in stack.of_type(BUCKET):
        place = Place.of(bucket).at("PublicAccessBlockConfiguration")
        if not place.is_given:
            yield Flaw(
                check=NAME,
                path=place.path,
                message=f"{bucket.logical_id} does not say that it is closed to the public: S3"
                " closes a new bucket, and leaves one from before April 2023 as it is",
                fix="set all four switches of PublicAccessBlockConfiguration to true",
                source="AmazonS3/access-control-block-public-access",
            )
