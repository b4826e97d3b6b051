"""Buckets that a pipeline names and that the template does not make: taken as being there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cicdgen.cloudformation.text import ANY_RUN, Text
from cicdgen.iam.policies import Owned
from cicdgen.proof.hops.encryption import bucket_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicdgen.iam import Policies
    from cicdgen.proof.hops.pipelines import Pipeline
    from cicdgen.proof.hops.site import Site

ASSUMED = (
    "the bucket {}, which is not in the template, is there in this account, keeps versions, tells"
    " EventBridge of its objects, has no key of its own, and forbids nothing"
)

_NAMES = {"Source/AWS/S3": "S3Bucket", "Deploy/AWS/S3": "BucketName"}
"""The setting that names an action's bucket."""


def buckets_elsewhere(site: Site, pipeline: Pipeline) -> Iterator[Text]:
    """The names of artifact store, sources and targets, where the template does not make them."""
    buckets = [store.bucket for store in pipeline.stores]
    for action in pipeline.actions:
        setting = _NAMES.get(action.kind)
        if setting is not None:
            named = bucket_named(site, action.setting(setting))
            buckets += [] if named is None else [named]
    for bucket in buckets:
        if bucket.resource is None:
            yield name_in(bucket.arn)


def taken_as_ours(policies: Policies, arns: Iterable[Text]) -> Policies:
    """The policies, as if these buckets were of the stack, and had none of their own."""
    more = (
        Owned(arn=arn, service="s3", covers=(arn.code, f"{arn.code}/{ANY_RUN}")) for arn in arns
    )
    return replace(policies, owned=(*policies.owned, *more))


def name_in(arn: Text) -> Text:
    """The name of a bucket, out of its ARN."""
    return Text(arn.code.rpartition(":")[2])
