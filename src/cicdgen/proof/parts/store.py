"""What a bucket is used for, as far as the template shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent

if TYPE_CHECKING:
    from cicdgen.cloudformation import Resource, Stack

BUCKET = "AWS::S3::Bucket"


def log_buckets(stack: Stack) -> frozenset[str]:
    """The logical ids of the buckets that others write their access logs to."""
    found: set[str] = set()
    for bucket in stack.of_type(BUCKET):
        named = Place.of(bucket).at("LoggingConfiguration", "DestinationBucketName")
        target = referent(stack, named, BUCKET)
        if not isinstance(target, Elsewhere):
            found.add(target.logical_id)
    return frozenset(found)


def key_of(stack: Stack, place: Place) -> Resource | Elsewhere:
    """The key that a value names, by id, ARN or alias."""
    found = referent(stack, place, "AWS::KMS::Key", "AWS::KMS::ReplicaKey")
    if not isinstance(found, Elsewhere):
        return found
    alias = referent(stack, place, "AWS::KMS::Alias")
    if isinstance(alias, Elsewhere):
        return found
    return referent(stack, Place.of(alias).at("TargetKeyId"), "AWS::KMS::Key")


def is_managed_by_aws(place: Place) -> bool:
    """Whether a key is one that AWS makes for a service: `alias/aws/s3`."""
    return "alias/aws/" in str(place)
