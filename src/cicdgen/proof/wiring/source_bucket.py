"""The bucket of a source action keeps versions.

A run is pinned to a version of the source object; without versions the source action fails.
Source: codepipeline/action-reference-S3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.pipeline import actions_of_kind
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "source-bucket"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the bucket of every S3 source."""
    for action in actions_of_kind(stack, "Source/AWS/S3"):
        named = action.configuration.at("S3Bucket")
        bucket = referent(stack, named, "AWS::S3::Bucket")
        if isinstance(bucket, Elsewhere):
            because = f"whether the bucket keeps versions: {bucket.because}"
            yield Doubt(check=NAME, path=named.path, because=because)
            continue
        status = Place.of(bucket).at("VersioningConfiguration", "Status")
        if status.is_unknown:
            yield Doubt(check=NAME, path=status.path, because="the status is not known")
        elif status.known != "Enabled":
            yield Flaw(
                check=NAME,
                path=status.path,
                message=f"{bucket.logical_id} keeps no versions, and {action.name} reads its source"
                " there",
                fix="set VersioningConfiguration.Status to Enabled",
                source="codepipeline/action-reference-S3",
            )
