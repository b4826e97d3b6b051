"""A bucket keeps the versions of its objects, and forgets them after a while.

Source: AmazonS3/Versioning, AmazonS3/object-lifecycle-mgmt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation.truth import any_of
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack
    from cicdgen.cloudformation.truth import Truth

NAME = "bucket-versions"
_ENDS = ("NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays")


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every bucket."""
    for bucket in stack.of_type("AWS::S3::Bucket"):
        status = Place.of(bucket).at("VersioningConfiguration", "Status")
        lifecycle = Place.of(bucket).at("LifecycleConfiguration")
        if status.is_given and status.known is None:
            yield Doubt(check=NAME, path=status.path, because="whether it keeps versions")
        elif status.known != "Enabled":
            yield Flaw(
                check=NAME,
                path=status.path,
                message=f"{bucket.logical_id} keeps no versions: what is overwritten is gone",
                fix="set VersioningConfiguration.Status: Enabled",
                source="AmazonS3/Versioning",
            )
        elif (forgets := _forgets(lifecycle)) is None:
            because = "whether it forgets old versions"
            yield Doubt(check=NAME, path=lifecycle.path, because=because)
        elif not forgets:
            yield Flaw(
                check=NAME,
                path=lifecycle.path,
                message=f"{bucket.logical_id} keeps every version for ever",
                fix="add a LifecycleConfiguration with a NoncurrentVersionExpiration",
                source="AmazonS3/object-lifecycle-mgmt",
            )


def _forgets(lifecycle: Place) -> Truth:
    """Whether a rule that is in force ends what is no longer the current version."""
    return any_of(_ends(rule) for rule in lifecycle.at("Rules").members())


def _ends(rule: Place) -> Truth:
    if rule.is_unknown:
        return None
    status = rule.at("Status")
    ends = any(rule.at(name).is_given for name in _ENDS)
    return ends and (None if status.known is None else status.known == "Enabled")
