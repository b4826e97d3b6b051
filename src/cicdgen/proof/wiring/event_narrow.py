"""The rule that starts a pipeline matches nothing else than its source.

A prefix also matches `source-old.zip`, and a pattern without a bucket the uploads of every bucket:
each starts a run of a source that has not changed (failures 6, 13).
Source: eventbridge/eb-create-pattern-operators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.proof import event_pattern
from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts import upload
from cicdgen.proof.wiring.event_matches import named, pattern_of, sourced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack
    from cicdgen.proof.parts.place import Place

NAME = "event-narrow"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every rule that starts a pipeline with one S3 source."""
    for trigger, source in sourced(stack):
        bucket, key = named(source)
        pattern = pattern_of(trigger)
        overridden = source.configuration.at("AllowOverrideForS3ObjectKey").is_on is not False
        if not pattern.is_given or bucket is None or key is None or overridden:
            continue
        yield from _other_kinds(stack, pattern, bucket, key)
        others = [(bucket, other) for other in _others(key)]
        others.append((Text.literal("a-bucket-of-somebody-else"), key))
        for where, what in others:
            event = upload.object_created(stack, where, what)
            if event_pattern.matches(pattern.value, event) is True:
                yield Flaw(
                    check=NAME,
                    path=pattern.path,
                    message=f"an upload of {what} to {where} also starts"
                    f" {trigger.pipeline.logical_id}, whose source is {key} in {bucket}",
                    fix="match detail.bucket.name and detail.object.key exactly",
                    source="eventbridge/eb-create-pattern-operators",
                )
                break


def _other_kinds(stack: Stack, pattern: Place, bucket: Text, key: Text) -> Iterator[Remark]:
    """S3 tells of deletions too, and anybody in the account may send an event without `aws.`."""
    created = upload.object_created(stack, bucket, key)
    deleted = {**created, "detail-type": "Object Deleted"}
    forged = {**created, "source": "somebody"}
    if event_pattern.matches(pattern.value, deleted) is True:
        yield Flaw(
            check=NAME,
            path=pattern.path,
            message=f"the deletion of {key} matches too, and starts a run of what is gone",
            fix='match detail-type "Object Created"',
            source="AmazonS3/EventBridge",
        )
    if event_pattern.matches(pattern.value, forged) is True:
        yield Flaw(
            check=NAME,
            path=pattern.path,
            message="it asks for no source: whoever may put events can start the pipeline with"
            " a version of their choice",
            fix='match source "aws.s3": nobody but AWS can send that',
            source="eventbridge/eb-events",
        )


def _others(key: Text) -> Iterator[Text]:
    """Keys that are not the source's, and look like it."""
    stem, dot, extension = key.code.rpartition(".")
    stem = stem if dot else extension
    yield Text(f"{stem}-old{dot}{extension if dot else ''}")
    yield Text(f"{stem}/other")
    yield Text(f"{key.code}.bak")
    yield Text(f"other/{key.code}")
    yield Text.literal("readme.txt")
