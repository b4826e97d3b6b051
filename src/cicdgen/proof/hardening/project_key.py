"""What a build makes is encrypted under a key of your own, and so is what a pipeline keeps.

Source: codebuild/security-encryption, codepipeline/S3-artifact-encryption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.buildspec import PROJECT
from cicdgen.proof.parts.pipeline import PIPELINE
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.store import is_managed_by_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "project-key"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every project, and at every artifact store."""
    for project in stack.of_type(PROJECT):
        key = Place.of(project).at("EncryptionKey")
        if not key.is_given or is_managed_by_aws(key):
            yield _flaw(key, project.logical_id, "EncryptionKey", "codebuild/security-encryption")
    page = "codepipeline/S3-artifact-encryption"
    for pipeline in stack.of_type(PIPELINE):
        place = Place.of(pipeline)
        stores = [place.at("ArtifactStore")] if place.at("ArtifactStore").is_given else []
        stores += [each.at("ArtifactStore") for each in place.at("ArtifactStores").members()]
        for store in stores:
            key = store.at("EncryptionKey", "Id")
            if not key.is_given or is_managed_by_aws(key):
                yield _flaw(key, pipeline.logical_id, "EncryptionKey of its artifact store", page)


def _flaw(key: Place, who: str, what: str, source: str) -> Flaw:
    return Flaw(
        check=NAME,
        path=key.path,
        message=f"{who} encrypts artifacts under AWS's own key: it has no {what}",
        fix=f"set the {what} to a key of your own",
        source=source,
    )
