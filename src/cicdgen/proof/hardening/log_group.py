"""A log group keeps logs for a time that somebody chose, under a key of your own.

Source: AmazonCloudWatchLogs/Working-with-log-groups-and-streams,
AmazonCloudWatchLogs/encrypt-log-data-kms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack

NAME = "log-group"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every log group."""
    for group in stack.of_type("AWS::Logs::LogGroup"):
        place = Place.of(group)
        days, key = place.at("RetentionInDays"), place.at("KmsKeyId")
        if not days.is_given:
            message = f"{group.logical_id} keeps everything for ever"
            page = "AmazonCloudWatchLogs/Working-with-log-groups-and-streams"
            yield _flaw(days.path, message, "set RetentionInDays", page)
        if not key.is_given:
            message = f"{group.logical_id} is under AWS's own key"
            page = "AmazonCloudWatchLogs/encrypt-log-data-kms"
            yield _flaw(key.path, message, "set KmsKeyId to the ARN of a key", page)


def _flaw(path: Path, message: str, fix: str, source: str) -> Flaw:
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
