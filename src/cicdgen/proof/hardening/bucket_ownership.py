"""The owner of a bucket owns its objects, and no ACL gives them away.

`AccessControl` is legacy, and CloudFormation refuses it beside BucketOwnerEnforced (failure 11).
Source: AmazonS3/about-object-ownership.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.store import BUCKET, cdn_buckets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack

NAME = "bucket-ownership"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every bucket."""
    served = cdn_buckets(stack)
    for bucket in stack.of_type(BUCKET):
        place = Place.of(bucket)
        acl = place.at("AccessControl")
        if acl.is_given:
            message = f"{bucket.logical_id} has the ACL {acl}"
            yield _flaw(acl.path, message, "remove AccessControl, and grant access by a policy")
        if bucket.logical_id in served:
            # CloudFront writes its standard logs by an ACL.
            continue
        for rule in place.at("OwnershipControls", "Rules").members():
            owner = rule.at("ObjectOwnership")
            if owner.known is None:
                yield Doubt(check=NAME, path=owner.path, because="who owns the objects")
            elif owner.known != "BucketOwnerEnforced":
                message = f"{owner} leaves ACLs of {bucket.logical_id} in force"
                yield _flaw(owner.path, message, "set ObjectOwnership: BucketOwnerEnforced")


def _flaw(path: Path, message: str, fix: str) -> Flaw:
    source = "AmazonS3/about-object-ownership"
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
