"""Upload an archive to the environment that it is meant for, and to no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.aws import objects
from cicdgen.errors import RefusedError

if TYPE_CHECKING:
    from cicdgen.aws.access import Access
    from cicdgen.aws.objects import Place, Seen
    from cicdgen.config.schema import Config
    from cicdgen.publishing.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """The source is there.

    Attributes:
        place: where.
        version: the version of the object, which names the run that it starts.
    """

    place: Place
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The same bytes were there before: nothing was sent, and no run starts.

    Attributes:
        place: where.
        version: the version of the object, which names the run that it started.
    """

    place: Place
    version: str


def place_of(config: Config, stack: str, access: Access, options: str) -> Place:
    """Where an environment's pipeline waits for its source.

    Args:
        config: the environment.
        stack: the stack's name.
        access: how AWS is reached.
        options: what names the stack on a command line.

    Raises:
        AwsError: the stack is not there, or not finished.
        RefusedError: it is another account's, or it watches another key than the config has.
    """
    made_by = f"`cicdgen deploy {options}`"
    place = objects.place(stack, access, made_by=made_by)
    if config.account not in (None, place.account):
        raise RefusedError(
            f"the credentials are of account {place.account}; {config.env} is in {config.account}",
            hint="use that account's, e.g. with --profile",
        )
    if place.key != config.source.object_key:
        raise RefusedError(
            f"stack {stack} waits for {place.key}; the config has {config.source.object_key}",
            hint=f"{made_by} changes that",
        )
    return place


def upload(
    archive: Archive, place: Place, access: Access, *, only_changed: bool, seen: Seen
) -> Uploaded | Unchanged:
    """Upload an archive.

    Args:
        archive: what was written.
        place: where it goes.
        access: how AWS is reached.
        only_changed: leave it when the object that is there has the same digest.
        seen: told how many bytes are sent.
    """
    if only_changed:
        there = objects.source_there(place, access)
        if there is not None and there.sha256 == archive.sha256.hex():
            return Unchanged(place=place, version=there.version)
    version = objects.upload(archive.path, archive.sha256, place, access, seen)
    return Uploaded(place=place, version=version)
