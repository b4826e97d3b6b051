"""A template broken in one place: each way in which a pipeline's template goes wrong, by kind.

A check that never fails proves nothing. Whoever changes a check, or wants to know what the checks
see of a template of their own, breaks it in every way that is listed here and looks what is caught.
Each mutant is one change; a body shares with the original all that is not on the way to it.
"""

from collections.abc import Callable, Iterator, Mapping

from cicdgen.cloudformation import Path
from cicdgen.cloudformation.values import Json
from cicdgen.proof.mutation import monitoring, permissions, pipelines, switches
from cicdgen.proof.mutation.change import GONE, Change, changed, walk
from cicdgen.proof.mutation.kinds import Kind, Mutant, Outcome
from cicdgen.proof.mutation.references import references

__all__ = ["Kind", "Mutant", "Outcome", "mutants"]

_DROPPED = {
    "AWS::S3::Bucket": (
        "BucketEncryption",
        "PublicAccessBlockConfiguration",
        "VersioningConfiguration",
        "OwnershipControls",
        "NotificationConfiguration",
    ),
    "AWS::KMS::Key": ("EnableKeyRotation",),
    "AWS::Lambda::Function": ("TracingConfig", "KmsKeyArn"),
    "AWS::Logs::LogGroup": ("RetentionInDays", "KmsKeyId"),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::CodeDeploy::DeploymentGroup": (
        "AlarmConfiguration",
        "AutoRollbackConfiguration",
        "DeploymentStyle",
    ),
    "AWS::Events::Rule": ("Targets",),
    "AWS::Lambda::Permission": ("SourceArn",),
    "AWS::CodeBuild::Project": ("EncryptionKey",),
}
_CATALOGUE: tuple[Callable[[Path, Json, str], Iterator[Change]], ...] = (
    permissions.statements,
    pipelines.events,
    pipelines.inputs,
    pipelines.artifacts,
    pipelines.order,
    pipelines.providers,
    pipelines.releases,
    pipelines.handlers,
    monitoring.metrics,
    monitoring.periods,
    monitoring.hearers,
    monitoring.logs,
    switches.switches,
)


def mutants(body: Mapping[str, Json]) -> Iterator[Mutant]:
    """Every single change of the catalogue that there is something for in the template."""
    for kind, path, what, value in _changes(body):
        at = path
        if kind is Kind.SWAP_RESOURCES:
            at = path[:-2]
        yield Mutant(kind=kind, path=path, what=what, body=changed(body, at, value))


def _changes(body: Mapping[str, Json]) -> Iterator[Change]:
    resources = body.get("Resources")
    if not isinstance(resources, dict):
        return
    types = {
        name: resource["Type"]
        for name, resource in resources.items()
        if isinstance(resource, dict) and isinstance(resource.get("Type"), str)
    }
    for name, type_ in types.items():
        properties = resources[name].get("Properties")
        at: Path = ("Resources", name, "Properties")
        for key in _DROPPED.get(type_, ()):
            if isinstance(properties, dict) and key in properties:
                yield Change(Kind.DROP_PROPERTY, (*at, key), f"{name} without {key}", GONE)
        for path, value in walk(properties, at):
            for changes in _CATALOGUE:
                yield from changes(path, value, type_)
            yield from references(path, value, types)
