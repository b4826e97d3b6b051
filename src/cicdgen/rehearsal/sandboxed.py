"""An embedded AWS behind the models: it keeps the objects, and runs the code that was released.

Each scenario gets one of its own, with the template deployed. S3 is kept there alone. The versions
and aliases of functions are kept on both sides, and a difference is a fault: one of the two is
wrong about AWS. Who may do what is decided before anything gets there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from cicdgen.rehearsal.objects import Stored
from cicdgen.rehearsal.run import UnmodelledError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.aws.sandbox import Clients
    from cicdgen.cloudformation import Stack
    from cicdgen.rehearsal.naming import Names

_NAMED = ("AWS::S3::Bucket", "AWS::Lambda::Function")


class Twin(Protocol):
    """Somebody else who keeps the versions of functions."""

    def update(self, function: str, bucket: str, key: str, version: str) -> str:
        """UpdateFunctionCode; return the digest of the code."""

    def upload(self, function: str, package: bytes) -> str:
        """UpdateFunctionCode with the package itself; return the digest of the code."""

    def publish(self, function: str) -> str:
        """PublishVersion; return the version."""

    def move(self, function: str, alias: str, version: str, weights: Mapping[str, float]) -> None:
        """UpdateAlias."""

    def invoke(self, function: str, version: str, event: bytes) -> str | None:
        """Run a version; return the type of what it raised, or None."""


@dataclass(eq=False)
class Sandboxed:
    """Objects and functions of a sandbox.

    Attributes:
        clients: how it is reached.
    """

    clients: Clients
    _keys: dict[tuple[str, str, str], str | None] = field(default_factory=dict)
    _held: dict[str, Any] = field(default_factory=dict)

    def prepare(self, stack: Stack, names: Names) -> None:
        """Deploy the template, and take the names that it got."""
        made = self.clients.deploy(names.stack, stack.template.body)
        for resource in stack.of_type(*_NAMED):
            token = resource.name.only
            if token is not None and resource.logical_id in made:
                names.fix(token, made[resource.logical_id])

    def make(self, bucket: str) -> None:
        """Make a bucket that the template does not, and that is taken as being there."""
        client = self._client("s3")
        where = {"LocationConstraint": client.meta.region_name}
        more = (
            {} if client.meta.region_name == "us-east-1" else {"CreateBucketConfiguration": where}
        )
        client.create_bucket(Bucket=bucket, **more)
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    def put(self, bucket: str, name: str, body: bytes, *, key: str | None, versioned: bool) -> str:
        """Store an object; return its version's id."""
        answer = self._client("s3").put_object(Bucket=bucket, Key=name, Body=body)
        version = str(answer.get("VersionId", "null"))
        if versioned is (version == "null"):
            raise UnmodelledError(f"the sandbox gives {bucket} the version {version}")
        self._keys[bucket, name, version] = key
        return version

    def get(self, bucket: str, name: str, version: str | None = None) -> Stored | None:
        """A version of an object, the newest unless one is named."""
        which = {} if version in {None, "null"} else {"VersionId": version}
        try:
            answer = self._client("s3").get_object(Bucket=bucket, Key=name, **which)
        except Exception as error:
            if self.clients.refusal(error):
                return None
            raise
        found = str(answer.get("VersionId", "null"))
        key = self._keys.get((bucket, name, found))
        return Stored(version=found, body=answer["Body"].read(), key=key)

    def update(self, function: str, bucket: str, key: str, version: str) -> str:
        """UpdateFunctionCode; return the digest of the code."""
        answer = self._client("lambda").update_function_code(
            FunctionName=function, S3Bucket=bucket, S3Key=key, S3ObjectVersion=version
        )
        return str(answer["CodeSha256"])

    def upload(self, function: str, package: bytes) -> str:
        """UpdateFunctionCode with the package itself; return the digest of the code."""
        answer = self._client("lambda").update_function_code(FunctionName=function, ZipFile=package)
        return str(answer["CodeSha256"])

    def publish(self, function: str) -> str:
        """PublishVersion; return the version."""
        return str(self._client("lambda").publish_version(FunctionName=function)["Version"])

    def move(self, function: str, alias: str, version: str, weights: Mapping[str, float]) -> None:
        """UpdateAlias."""
        self._client("lambda").update_alias(
            FunctionName=function,
            Name=alias,
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": dict(weights)},
        )

    def invoke(self, function: str, version: str, event: bytes) -> str | None:
        """Run a version; return the type of what it raised, or None."""
        answer = self._client("lambda").invoke(
            FunctionName=function, Qualifier=version, Payload=event
        )
        if not answer.get("FunctionError"):
            return None
        try:
            return str(json.loads(answer["Payload"].read()).get("errorType", "Unknown"))
        except ValueError:
            return "Unknown"

    def _client(self, service: str) -> Any:  # noqa: ANN401 - boto3 has no types of its own
        if service not in self._held:
            self._held[service] = self.clients.of(service)
        return self._held[service]
