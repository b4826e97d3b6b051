"""Pipelines as the catalogue sees them: stores, actions, and where artifacts lie."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cicdgen.cloudformation import Fields, Items, Path, Resource, Text, Value
from cicdgen.iam import ABSENT
from cicdgen.iam.context import Given
from cicdgen.proof.hops.cuts import artifact_key
from cicdgen.proof.hops.encryption import MANAGED, Bucket, bucket_named, key_named
from cicdgen.proof.hops.site import Site


@dataclass(frozen=True, kw_only=True)
class Store:
    """An artifact store.

    Attributes:
        bucket: The bucket.
        key: The ARN of the key for artifacts, if the template names one that is the author's.
        region: Its region, where there are several.
        path: Where it is written.
    """

    bucket: Bucket
    key: Text | None
    region: Text | None
    path: Path

    @property
    def headers(self) -> dict[str, Given]:
        """What is sent with an artifact (codepipeline/S3-artifact-encryption)."""
        return {
            "s3:x-amz-server-side-encryption": "aws:kms",
            "s3:x-amz-server-side-encryption-aws-kms-key-id": self.key or ABSENT,
        }


@dataclass(frozen=True, kw_only=True)
class Action:
    """An action of a pipeline.

    Attributes:
        name: Its name.
        kind: Category, owner and provider, as `Build/AWS/CodeBuild`.
        role: The ARN of its own role, as written.
        configuration: Its configuration.
        inputs: The names of the artifacts that it takes.
        outputs: Those that it makes.
        store: The store of its region.
        path: Where it is written.
    """

    name: str
    kind: str
    role: Value
    configuration: Fields | None
    inputs: tuple[Text, ...]
    outputs: tuple[Text, ...]
    store: Store | None
    path: Path

    def setting(self, name: str) -> Value:
        """One value of its configuration."""
        return None if self.configuration is None else self.configuration.get(name)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """A pipeline, with its stores and actions."""

    resource: Resource
    stores: tuple[Store, ...]
    actions: tuple[Action, ...]

    def key_of(self, artifact: Text) -> Text:
        """Where an artifact lies in its store."""
        return artifact_key(self.resource.name, artifact)


@lru_cache(maxsize=8)
def pipelines(site: Site) -> tuple[Pipeline, ...]:
    """Every pipeline of a stack."""
    return tuple(_pipeline(site, each) for each in site.every("AWS::CodePipeline::Pipeline"))


def _pipeline(site: Site, resource: Resource) -> Pipeline:
    stores = tuple(_stores(site, resource))
    actions = tuple(_actions(site, resource, stores))
    return Pipeline(resource=resource, stores=stores, actions=actions)


def _stores(site: Site, pipeline: Resource) -> Iterator[Store]:
    single = pipeline.properties.get("ArtifactStore")
    many = pipeline.properties.get("ArtifactStores")
    if isinstance(single, Fields):
        yield from _store(site, single, None)
    for member in many if isinstance(many, Items) else ():
        if isinstance(member, Fields) and isinstance(member.get("ArtifactStore"), Fields):
            region = member.get("Region")
            inner = member["ArtifactStore"]
            if isinstance(inner, Fields):
                yield from _store(site, inner, region if isinstance(region, Text) else None)


def _store(site: Site, store: Fields, region: Text | None) -> Iterator[Store]:
    bucket = bucket_named(site, store.get("Location"))
    if bucket is not None:
        encryption = store.get("EncryptionKey")
        named = encryption.get("Id") if isinstance(encryption, Fields) else None
        key = key_named(site, named)
        yield Store(
            bucket=bucket, key=None if key == MANAGED else key, region=region, path=store.at
        )


def _actions(site: Site, pipeline: Resource, stores: tuple[Store, ...]) -> Iterator[Action]:
    stages = pipeline.properties.get("Stages")
    for stage in stages if isinstance(stages, Items) else ():
        actions = stage.get("Actions") if isinstance(stage, Fields) else None
        for action in actions if isinstance(actions, Items) else ():
            if isinstance(action, Fields):
                yield _action(site, action, stores)


def _action(site: Site, action: Fields, stores: tuple[Store, ...]) -> Action:
    kind = action.get("ActionTypeId")
    words = kind if isinstance(kind, Fields) else {}
    configuration = action.get("Configuration")
    region = action.get("Region") or site.region
    here = [store for store in stores if store.region in (None, region)]
    return Action(
        name=str(action.get("Name") or ""),
        kind="/".join(str(words.get(word)) for word in ("Category", "Owner", "Provider")),
        role=action.get("RoleArn"),
        configuration=configuration if isinstance(configuration, Fields) else None,
        inputs=tuple(_artifacts(action, "InputArtifacts")),
        outputs=tuple(_artifacts(action, "OutputArtifacts")),
        store=here[0] if here else (stores[0] if len(stores) == 1 else None),
        path=action.at,
    )


def _artifacts(action: Fields, name: str) -> Iterator[Text]:
    given = action.get(name)
    for artifact in given if isinstance(given, Items) else ():
        found = artifact.get("Name") if isinstance(artifact, Fields) else None
        if isinstance(found, Text):
            yield found
