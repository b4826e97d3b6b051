"""What a bucket holds is encrypted with a key whose policy is yours, at the price of a bucket key.

Under AES256 or AWS's own key, whoever may read the object may decrypt it (failure 12). A bucket
that takes access logs is left out: S3 delivers those under AES256 only.
Source: AmazonS3/UsingKMSEncryption, AmazonS3/bucket-key, AmazonS3/enable-server-access-logging.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.store import BUCKET, balancer_buckets, is_managed_by_aws, log_buckets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Resource, Stack

NAME = "bucket-encryption"
_KMS = {"aws:kms", "aws:kms:dsse"}


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every bucket that takes no logs and is no site: those work under S3's own key only.

    S3 and load balancers deliver logs to no other, and nobody can sign in to a website's address
    (AmazonS3/enable-server-access-logging, elasticloadbalancing/enable-access-logging,
    AmazonS3/WebsiteEndpoints).
    """
    logs = log_buckets(stack) | balancer_buckets(stack)
    for bucket in stack.of_type(BUCKET):
        is_site = Place.of(bucket).at("WebsiteConfiguration").is_given
        if bucket.logical_id not in logs and not is_site:
            yield from _encrypted(bucket)


def _encrypted(bucket: Resource) -> Iterator[Remark]:
    place = Place.of(bucket).at("BucketEncryption", "ServerSideEncryptionConfiguration")
    rules = list(place.members())
    if not rules:
        message = f"{bucket.logical_id} encrypts with S3's own key"
        yield _flaw(place.path, message, "set SSEAlgorithm: aws:kms with a KMSMasterKeyID")
    for rule in rules:
        default = rule.at("ServerSideEncryptionByDefault")
        algorithm, key = default.at("SSEAlgorithm"), default.at("KMSMasterKeyID")
        if algorithm.known is None:
            yield Doubt(check=NAME, path=algorithm.path, because=f"the algorithm is {algorithm}")
        elif algorithm.known not in _KMS:
            message = f"{bucket.logical_id} encrypts with {algorithm}, S3's own key"
            yield _flaw(algorithm.path, message, "set SSEAlgorithm: aws:kms with a KMSMasterKeyID")
        elif not key.is_given or is_managed_by_aws(key):
            message = f"{bucket.logical_id} encrypts with AWS's key, which no other account can use"
            yield _flaw(key.path, message, "set KMSMasterKeyID to a key of your own")
        elif rule.at("BucketKeyEnabled").is_on is False and algorithm.known == "aws:kms":
            message = f"{bucket.logical_id} asks KMS for each object"
            yield _flaw(rule.at("BucketKeyEnabled").path, message, "set BucketKeyEnabled: true")


def _flaw(path: Path, message: str, fix: str) -> Flaw:
    source = "AmazonS3/UsingKMSEncryption"
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
