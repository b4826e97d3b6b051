"""What is in a bucket, versions and delete markers included, and how it is emptied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cicdgen.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.aws.calling import Caller


def is_empty(caller: Caller, bucket: str) -> bool:
    """Whether nothing at all is in it: CloudFormation deletes no other."""
    return next(_page(caller, bucket, {"MaxKeys": 1}), None) is None


def empty(caller: Caller, bucket: str) -> int:
    """Delete every version of every object, and return how many there were.

    Raises:
        AwsError: S3 kept some of them.
    """
    deleted = 0
    while objects := list(_page(caller, bucket, {"MaxKeys": 1000})):
        answer = caller.call(
            "delete_objects",
            {"Bucket": bucket, "Delete": {"Objects": objects, "Quiet": True}},
            service="s3",
        )
        if errors := answer.get("Errors"):
            first = errors[0]
            raise AwsError(
                f"{bucket}: {len(errors)} objects cannot be deleted; {first.get('Key')}: "
                f"{first.get('Message') or first.get('Code')}",
                hint="a lock or a policy keeps them; `--retain` leaves the bucket",
            )
        deleted += len(objects)
    return deleted


def _page(caller: Caller, bucket: str, limit: dict[str, int]) -> Iterator[dict[str, Any]]:
    """The first page of what is there; a bucket that is emptied needs no other."""
    answer = caller.call("list_object_versions", {"Bucket": bucket, **limit}, service="s3")
    for kind in ("Versions", "DeleteMarkers"):
        for row in answer.get(kind, ()):
            yield {"Key": row["Key"], "VersionId": row["VersionId"]}
