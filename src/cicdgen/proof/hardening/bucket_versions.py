"""A bucket keeps the versions of its objects, and forgets them after a while.

Source: AmazonS3/Versioning, AmazonS3/object-lifecycle-mgmt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "bucket-versions"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every bucket."""
    for bucket in stack.of_type("AWS::S3::Bucket"):
        status = Place.of(bucket).at("VersioningConfiguration", "Status")
        lifecycle = Place.of(bucket).at("LifecycleConfiguration")
        if status.is_given and status.known is None:
            yield Doubt(check=NAME, path=status.path, because="whether it keeps versions")
        elif status.known != "Enabled":
            yield Flaw(
                check=NAME,
                path=status.path,
                message=f"{bucket.logical_id} keeps no versions: what is overwritten is gone",
                fix="set VersioningConfiguration.Status: Enabled",
                source="AmazonS3/Versioning",
            )
        elif not lifecycle.is_given:
            yield Flaw(
                check=NAME,
                path=lifecycle.path,
                message=f"{bucket.logical_id} keeps every version for ever",
                fix="add a LifecycleConfiguration with a NoncurrentVersionExpiration",
                source="AmazonS3/object-lifecycle-mgmt",
            )
