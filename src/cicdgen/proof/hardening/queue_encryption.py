"""A queue is encrypted.

SQS encrypts by default since 2022; what turns it off is a flaw. Source:
sqs/sqs-server-side-encryption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "queue-encryption"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every queue."""
    for queue in stack.of_type("AWS::SQS::Queue"):
        managed, key = (
            Place.of(queue).at("SqsManagedSseEnabled"),
            Place.of(queue).at("KmsMasterKeyId"),
        )
        if managed.is_on is None and not key.is_given:
            yield Doubt(check=NAME, path=managed.path, because="whether it is encrypted")
        if managed.is_given and managed.is_on is False and not key.is_given:
            yield Flaw(
                check=NAME,
                path=managed.path,
                message=f"{queue.logical_id} is not encrypted",
                fix="set SqsManagedSseEnabled: true, or a KmsMasterKeyId",
                source="sqs/sqs-server-side-encryption",
            )
