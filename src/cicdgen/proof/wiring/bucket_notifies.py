"""A bucket whose events a rule waits for sends them to EventBridge.

Buckets do not, unless they are told to: the rule is right, and never sees an event (failure 13).
Source: AmazonS3/enable-event-notifications-eventbridge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof import event_pattern
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts import upload
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent
from cicdgen.proof.wiring.event_matches import named, pattern_of, sourced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "bucket-notifies"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the source bucket of every pipeline that a rule starts on an upload."""
    for trigger, source in sourced(stack):
        bucket_name, key = named(source)
        pattern = pattern_of(trigger)
        if bucket_name is None or key is None or not pattern.is_given:
            continue
        event = upload.object_created(stack, bucket_name, key)
        if event_pattern.matches(pattern.value, event) is not True:
            continue
        named_at = source.configuration.at("S3Bucket")
        bucket = referent(stack, named_at, "AWS::S3::Bucket")
        if isinstance(bucket, Elsewhere):
            because = f"whether the bucket sends events: {bucket.because}"
            yield Doubt(check=NAME, path=named_at.path, because=because)
            continue
        place = Place.of(bucket).at("NotificationConfiguration", "EventBridgeConfiguration")
        on = place.at("EventBridgeEnabled")
        if place.is_unknown or (on.is_given and on.is_on is None):
            yield Doubt(check=NAME, path=place.path, because="whether it is on is not known")
        elif list(stack.of_type("Custom::S3BucketNotifications")) and not place.is_given:
            because = "a custom resource sets the notifications of buckets"
            yield Doubt(check=NAME, path=place.path, because=because)
        elif not place.is_given or (on.is_given and on.is_on is False):
            yield Flaw(
                check=NAME,
                path=place.path,
                message=f"{bucket.logical_id} sends no events to EventBridge, and"
                f" {trigger.rule.logical_id} waits for them",
                fix="set NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled:"
                " true",
                source="AmazonS3/enable-event-notifications-eventbridge",
            )
