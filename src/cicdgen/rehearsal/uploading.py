"""Uploading the source, and what S3 tells EventBridge of it.

Source: AmazonS3/ev-events (the event), AmazonS3/EventBridge (only if the bucket says so).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.rehearsal.record import RuleTried, Uploaded
from cicdgen.rehearsal.run import UnmodelledError

if TYPE_CHECKING:
    from cicdgen.proof.hops.pipelines import Pipeline
    from cicdgen.rehearsal.events import Events
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.s3 import S3, Put
    from cicdgen.rehearsal.source import Source


def upload(run: Run, s3: S3, events: Events, pipeline: Pipeline, source: Source) -> None:
    """Upload the source to where the pipeline looks for it, as somebody with every right.

    Raises:
        DeniedError: not even they may.
    """
    for action in pipeline.actions:
        if action.kind != "Source/AWS/S3":
            continue
        bucket, key = action.setting("S3Bucket"), action.setting("S3ObjectKey")
        if not isinstance(bucket, Text) or not isinstance(key, Text):
            raise UnmodelledError(f"which object {action.name} reads")
        put = s3.write(run.person, run.names.of(bucket), run.names.of(key), source.body)
        run.tell(Uploaded(at=run.now, bucket=put.bucket, key=put.key, version=put.version))
        if not s3.tells_events(put.bucket):
            run.remark("upload", f"{put.bucket} does not tell EventBridge of its objects")
            continue
        tried = len(run.events)
        events.emit("aws.s3", "Object Created", _created(put, str(run.site.account)))
        if not any(isinstance(e, RuleTried) and e.matched for e in run.events[tried:]):
            run.remark("upload", f"no rule matches the upload of {put.key} to {put.bucket}")


def _created(put: Put, account: str) -> dict[str, object]:
    return {
        "version": "0",
        "bucket": {"name": put.bucket},
        "object": {
            "key": put.key,
            "size": put.size,
            "etag": put.etag,
            "version-id": put.version,
            "sequencer": "0062E99A88DC407460",
        },
        "request-id": "N4N7GDK58NMKJ12R",
        "requester": account,
        "source-ip-address": "192.0.2.1",
        "reason": "PutObject",
    }
