"""What a bucket is used for, as far as the template shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.parts.granted import policies_of
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicdgen.cloudformation import Resource, Stack

BUCKET = "AWS::S3::Bucket"


def log_buckets(stack: Stack) -> frozenset[str]:
    """The logical ids of the buckets that S3 writes the access logs of others to."""
    found = set(_named(stack, _written_to(stack)))
    found |= set(_let_in(stack, "logging.s3."))
    for bucket in stack.of_type(BUCKET):
        if Place.of(bucket).at("AccessControl").known == "LogDeliveryWrite":
            found.add(bucket.logical_id)
    return frozenset(found)


def balancer_buckets(stack: Stack) -> frozenset[str]:
    """The logical ids of the buckets that load balancers write their logs to.

    Source: elasticloadbalancing/enable-access-logging.
    """
    found = set(_named(stack, _balanced(stack)))
    return frozenset(found | set(_let_in(stack, "logdelivery.elasticloadbalancing.")))


def cdn_buckets(stack: Stack) -> frozenset[str]:
    """The logical ids of the buckets that CloudFront writes its standard logs to.

    Source: AmazonCloudFront/standard-logging-legacy-s3.
    """
    hosts = [
        each.at("DistributionConfig", "Logging", "Bucket").text
        for each in map(Place.of, stack.of_type("AWS::CloudFront::Distribution"))
    ]
    return frozenset(
        bucket.logical_id
        for bucket in stack.of_type(BUCKET)
        if any(host and host.code.startswith(f"{bucket.name.code}.s3") for host in hosts)
    )


def _written_to(stack: Stack) -> Iterator[Place]:
    for bucket in stack.of_type(BUCKET):
        yield Place.of(bucket).at("LoggingConfiguration", "DestinationBucketName")


def _balanced(stack: Stack) -> Iterator[Place]:
    for balancer in stack.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        for attribute in Place.of(balancer).at("LoadBalancerAttributes").members():
            if (attribute.at("Key").known or "").endswith("_logs.s3.bucket"):
                yield attribute.at("Value")
    for balancer in stack.of_type("AWS::ElasticLoadBalancing::LoadBalancer"):
        yield Place.of(balancer).at("AccessLoggingPolicy", "S3BucketName")


def _named(stack: Stack, places: Iterable[Place]) -> Iterator[str]:
    for place in places:
        target = referent(stack, place, BUCKET)
        if not isinstance(target, Elsewhere):
            yield target.logical_id


def _let_in(stack: Stack, service: str) -> Iterator[str]:
    """The buckets whose policies are written for a service."""
    buckets = {bucket.arn: bucket.logical_id for bucket in stack.of_type(BUCKET)}
    for policy in policies_of(stack).resource if buckets else ():
        if policy.service == "s3" and policy.to in buckets:
            for statement in policy.document.statements:
                for entry in statement.grantees.entries if statement.grantees else ():
                    if entry.kind == "Service" and entry.value.code.startswith(service):
                        yield buckets[policy.to]


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
