"""No bucket can be opened to the public, by an ACL or by a policy.

Source: AmazonS3/access-control-block-public-access.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "bucket-public"
_SWITCHES = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every bucket."""
    for bucket in stack.of_type("AWS::S3::Bucket"):
        place = Place.of(bucket).at("PublicAccessBlockConfiguration")
        if not place.is_given:
            # `bucket-closed` tells that: S3 turns them on in a new bucket.
            continue
        answers = {name: place.at(name).is_on for name in _SWITCHES}
        off = [name for name, on in answers.items() if on is False]
        if off:
            yield Flaw(
                check=NAME,
                path=place.path,
                message=f"{bucket.logical_id} can be made public: {', '.join(off)} is not on",
                fix="set all four switches of PublicAccessBlockConfiguration to true",
                source="AmazonS3/access-control-block-public-access",
            )
        elif None in answers.values():
            yield Doubt(check=NAME, path=place.path, because="whether all four switches are on")
