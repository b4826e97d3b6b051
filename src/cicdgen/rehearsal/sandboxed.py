"""An embedded AWS behind the models: CloudFormation made the stack there, and its parts are used.

Each scenario gets one of its own, with the template deployed. Objects are kept there alone, and
what is released runs there. Versions and aliases of functions, and the messages in queues, are kept
on both sides: a difference is a fault, as one of the two is wrong about AWS. So is a refusal: who
may do what is decided before anything gets there, and what is decided there is `second_opinion`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from cicdgen.rehearsal.objects import Stored
from cicdgen.rehearsal.run import UnmodelledError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.aws.sandbox import Clients
    from cicdgen.cloudformation import Stack
    from cicdgen.rehearsal.naming import Names
KEY = "AWS::KMS::Key"
_MISSING = {"NoSuchKey", "NoSuchVersion", "404"}
_NAMED = (
    "AWS::CloudWatch::Alarm",
    "AWS::CodeBuild::Project",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::CodePipeline::Pipeline",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    KEY,
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
)
"""Types that are called by their names. Others' ids are no names: a version's is its number."""


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


class Post(Protocol):
    """Somebody else who takes messages."""

    def publish_to(self, topic: str, key: str, text: str) -> None:
        """Publish, and hear it as a subscriber does."""

    def send_to(self, queue: str, key: str, text: str) -> int:
        """SendMessage; return how many messages wait by then."""


@dataclass(frozen=True, kw_only=True)
class _Sealed:
    """The data key of an object: the key it is under, and the same encrypted."""

    key: str
    plain: bytes
    blob: bytes


@dataclass(eq=False)
class Sandboxed:
    """The parts of a stack in a sandbox.

    Attributes:
        clients: how it is reached.
    """

    clients: Clients
    _keys: dict[tuple[str, str, str], str | None] = field(default_factory=dict)
    _seals: dict[tuple[str, str, str], _Sealed] = field(default_factory=dict)
    _own: set[str] = field(default_factory=set)
    _ears: dict[str, str] = field(default_factory=dict)
    _held: dict[str, Any] = field(default_factory=dict)

    def prepare(self, stack: Stack, names: Names) -> None:
        """Deploy the template, and take the names that it got."""
        made = self.clients.deploy(names.stack, stack.template.body)
        for resource in stack.of_type(*_NAMED):
            token = resource.name.only
            if token is not None and resource.logical_id in made:
                # The physical id of a topic is its ARN, and that of a queue its URL.
                name = re.split("[:/]", made[resource.logical_id])[-1]
                names.fix(token, name)
        self._own = {made[k.logical_id] for k in stack.of_type(KEY) if k.logical_id in made}
        for topic in stack.of_type("AWS::SNS::Topic"):
            if topic.logical_id in made:
                self._listen(made[topic.logical_id])

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
        sealed = self._seal(key, bucket)
        answer = self._do("s3", "put_object", Bucket=bucket, Key=name, Body=body)
        version = str(answer.get("VersionId", "null"))
        if versioned is (version == "null"):
            raise UnmodelledError(f"the sandbox gives {bucket} the version {version}")
        self._keys[bucket, name, version] = key
        if sealed is not None:
            self._seals[bucket, name, version] = sealed
        return version

    def get(self, bucket: str, name: str, version: str | None = None) -> Stored | None:
        """A version of an object, the newest unless one is named."""
        which = {} if version in {None, "null"} else {"VersionId": version}
        try:
            answer = self._client("s3").get_object(Bucket=bucket, Key=name, **which)
        except Exception as error:
            if self.clients.code(error) in _MISSING:
                return None
            raise
        found = str(answer.get("VersionId", "null"))
        at = bucket, name, found
        if at in self._seals:
            self._open(self._seals[at], bucket)
        return Stored(version=found, body=answer["Body"].read(), key=self._keys.get(at))

    def publish_to(self, topic: str, key: str, text: str) -> None:
        """Publish, and hear it as a subscriber does."""
        self._use(key)
        self._do("sns", "publish", TopicArn=topic, Message=text)
        ear = self._ears[topic]
        heard = self._do("sqs", "receive_message", QueueUrl=ear, WaitTimeSeconds=1)
        if [text] != [each["Body"] for each in heard.get("Messages", [])]:
            raise UnmodelledError(f"a subscriber of {topic} does not hear: {text}")
        receipt = heard["Messages"][0]["ReceiptHandle"]
        self._do("sqs", "delete_message", QueueUrl=ear, ReceiptHandle=receipt)

    def send_to(self, queue: str, key: str, text: str) -> int:
        """SendMessage; return how many messages wait by then."""
        self._use(key)
        url = self._do("sqs", "get_queue_url", QueueName=queue.rpartition(":")[2])["QueueUrl"]
        self._do("sqs", "send_message", QueueUrl=url, MessageBody=text)
        what = "ApproximateNumberOfMessages"
        asked = self._do("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=[what])
        return int(asked["Attributes"][what])

    def update(self, function: str, bucket: str, key: str, version: str) -> str:
        """UpdateFunctionCode; return the digest of the code."""
        answer = self._do(
            "lambda",
            "update_function_code",
            FunctionName=function,
            S3Bucket=bucket,
            S3Key=key,
            S3ObjectVersion=version,
        )
        return str(answer["CodeSha256"])

    def upload(self, function: str, package: bytes) -> str:
        """UpdateFunctionCode with the package itself; return the digest of the code."""
        asked = {"FunctionName": function, "ZipFile": package}
        return str(self._do("lambda", "update_function_code", **asked)["CodeSha256"])

    def publish(self, function: str) -> str:
        """PublishVersion; return the version."""
        return str(self._do("lambda", "publish_version", FunctionName=function)["Version"])

    def move(self, function: str, alias: str, version: str, weights: Mapping[str, float]) -> None:
        """UpdateAlias."""
        self._do(
            "lambda",
            "update_alias",
            FunctionName=function,
            Name=alias,
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": dict(weights)},
        )

    def invoke(self, function: str, version: str, event: bytes) -> str | None:
        """Run a version; return the type of what it raised, or None."""
        answer = self._do(
            "lambda", "invoke", FunctionName=function, Qualifier=version, Payload=event
        )
        if not answer.get("FunctionError"):
            return None
        try:
            return str(json.loads(answer["Payload"].read()).get("errorType", "Unknown"))
        except ValueError:
            return "Unknown"

    def _listen(self, topic: str) -> None:
        """Subscribe a queue of the rehearsal's own to a topic."""
        name = f"cicdgen-rehearsal-{len(self._ears) + 1}"
        url = self._do("sqs", "create_queue", QueueName=name)["QueueUrl"]
        front = ":".join(topic.split(":")[:5]).replace(":sns:", ":sqs:")
        self._do(
            "sns",
            "subscribe",
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=f"{front}:{name}",
            Attributes={"RawMessageDelivery": "true"},
        )
        self._ears[topic] = url

    def _use(self, key: str) -> None:
        """What SNS and SQS do with the key of a topic or a queue: encrypt, and decrypt again."""
        if sealed := self._seal(key, ""):
            self._open(sealed, "")

    def _seal(self, key: str | None, bucket: str) -> _Sealed | None:
        """A data key of the stack's own key; None for the keys of others."""
        if not key or key.rpartition("/")[2] not in self._own:
            return None
        made = self._do("kms", "generate_data_key", KeyId=key, KeySpec="AES_256", **_about(bucket))
        return _Sealed(key=key, plain=made["Plaintext"], blob=made["CiphertextBlob"])

    def _open(self, sealed: _Sealed, bucket: str) -> None:
        opened = self._do("kms", "decrypt", CiphertextBlob=sealed.blob, **_about(bucket))
        if opened["Plaintext"] != sealed.plain:
            raise UnmodelledError(f"{sealed.key} does not decrypt what it encrypted")

    def _do(self, service: str, operation: str, **asked: object) -> Any:  # noqa: ANN401 - as below
        """Ask the sandbox for what the model allows.

        Raises:
            UnmodelledError: it refuses.
        """
        try:
            return getattr(self._client(service), operation)(**asked)
        except Exception as error:
            if not self.clients.code(error):
                raise
            raise UnmodelledError(f"the sandbox refuses what the model allows: {error}") from error

    def _client(self, service: str) -> Any:  # noqa: ANN401 - boto3 has no types of its own
        if service not in self._held:
            self._held[service] = self.clients.of(service)
        return self._held[service]


def _about(bucket: str) -> dict[str, dict[str, str]]:
    """The encryption context: S3's is the bucket (AmazonS3/bucket-key)."""
    return {"EncryptionContext": {"aws:s3:arn": f"arn:aws:s3:::{bucket}"}} if bucket else {}
