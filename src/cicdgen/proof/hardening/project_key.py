"""What a build makes is encrypted under a key of your own, and so is what a pipeline keeps.

Source: codebuild/security-encryption, codepipeline/S3-artifact-encryption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.iam import Denied, Request, RoleSession, decide
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.buildspec import PROJECT
from cicdgen.proof.parts.granted import policies_of
from cicdgen.proof.parts.pipeline import PIPELINE
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent
from cicdgen.proof.parts.store import is_managed_by_aws, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

NAME = "project-key"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every project, and at every artifact store."""
    for project in stack.of_type(PROJECT):
        yield from _in_plain(project)
        key = Place.of(project).at("EncryptionKey")
        if _keeps_nothing(project):
            continue
        if not key.is_given or is_managed_by_aws(key):
            yield _flaw(key, project.logical_id, "EncryptionKey", "codebuild/security-encryption")
        else:
            yield from _usable(stack, project, key)
    page = "codepipeline/S3-artifact-encryption"
    for pipeline in stack.of_type(PIPELINE):
        place = Place.of(pipeline)
        stores = [place.at("ArtifactStore")] if place.at("ArtifactStore").is_given else []
        stores += [each.at("ArtifactStore") for each in place.at("ArtifactStores").members()]
        for store in stores:
            key = store.at("EncryptionKey", "Id")
            if store.at("EncryptionKey").is_unknown:
                because = f"under which key {pipeline.logical_id} keeps artifacts"
                yield Doubt(check=NAME, path=key.path, because=because)
            if not key.is_given or is_managed_by_aws(key):
                yield _flaw(key, pipeline.logical_id, "EncryptionKey of its artifact store", page)


def _keeps_nothing(project: Resource) -> bool:
    """Whether it has neither artifacts nor a cache in S3: then there is nothing to encrypt."""
    place = Place.of(project)
    given = [place.at("Artifacts"), *place.at("SecondaryArtifacts").members()]
    kinds = [(each.at("Type").known or "").upper() for each in given]
    cache = place.at("Cache", "Type")
    cached = cache.is_given and (cache.known or "S3") == "S3"
    return set(kinds) == {"NO_ARTIFACTS"} and not cached


def _in_plain(project: Resource) -> Iterator[Remark]:
    """What is kept without any encryption of CodeBuild's, because somebody has turned it off."""
    place = Place.of(project)
    kept = [(place.at("Artifacts"), "artifacts"), (place.at("LogsConfig", "S3Logs"), "logs")]
    kept += [(each, "artifacts") for each in place.at("SecondaryArtifacts").members()]
    for each, what in kept:
        off = each.at("EncryptionDisabled")
        # The pipeline encrypts what it takes from a build.
        if off.is_on and each.at("Type").known != "CODEPIPELINE":
            yield Flaw(
                check=NAME,
                path=off.path,
                message=f"{project.logical_id} does not encrypt its {what}",
                fix="remove EncryptionDisabled",
                source="codebuild/security-encryption",
            )


def _usable(stack: Stack, project: Resource, at: Place) -> Iterator[Remark]:
    """A key of the template that the project's role is refused for certain."""
    key = key_of(stack, at)
    role = referent(stack, Place.of(project).at("ServiceRole"), "AWS::IAM::Role")
    if isinstance(key, Elsewhere) and at.is_unknown:
        because = f"whether the role of {project.logical_id} may use its key: {key.because}"
        yield Doubt(check=NAME, path=at.path, because=because)
    if isinstance(key, Elsewhere) or isinstance(role, Elsewhere):
        return
    region, suffix = (
        stack.pseudo_parameters[f"AWS::{name}"].code for name in ("Region", "URLSuffix")
    )
    through = {
        "kms:ViaService": Text(f"s3.{region}.{suffix}"),
        "kms:CallerAccount": stack.pseudo_parameters["AWS::AccountId"],
    }
    requests = (
        Request.of(RoleSession(role.arn), action, key.arn, through)
        for action in ("kms:GenerateDataKey", "kms:Decrypt")
    )
    if all(isinstance(decide(each, policies_of(stack)), Denied) for each in requests):
        yield Flaw(
            check=NAME,
            path=at.path,
            message=f"{project.logical_id} is to encrypt under {key.logical_id}, and its role"
            f" {role.logical_id} may not use that key",
            fix="set EncryptionKey to the key that the role may use",
            source="codebuild/security-encryption",
        )


def _flaw(key: Place, who: str, what: str, source: str) -> Flaw:
    return Flaw(
        check=NAME,
        path=key.path,
        message=f"{who} encrypts artifacts under AWS's own key: it has no {what}",
        fix=f"set the {what} to a key of your own",
        source=source,
    )
