"""What a command calls itself, for the person or the CI that runs it.

Each table names calls of `cicdgen.aws`; a test holds those of `publish` to what its code calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.permissions.need import Condition, Need, on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack
    from cicdgen.permissions.arns import Arns

_DEPLOY = {
    "CreateChangeSet": "the plan is a change set",
    "DescribeChangeSet": "the plan is shown before anybody agrees",
    "ListChangeSets": "a plan that was made before is found again",
    "ExecuteChangeSet": "what was agreed to is executed",
    "DeleteChangeSet": "a plan that is declined, or empty, is taken back",
    "DeleteStack": "a stack that a declined plan brought into being goes with it",
    "DescribeStacks": "what to do depends on the stack's state",
    "DescribeStackEvents": "progress is shown, and why it failed",
    "DescribeEvents": "what AWS finds wrong before it begins is shown",
    "ListStackResources": "progress is shown as resources of all",
    "GetTemplate": "a plan is bound to the template that is there",
    "UpdateTerminationProtection": "a deployed stack is protected from deletion",
    "GetStackPolicy": "a stack policy of somebody else's is kept",
    "SetStackPolicy": "updates keep the alias where the release moved it",
    "ContinueUpdateRollback": "a stack whose rollback failed is brought back",
    "RollbackStack": "what a failure left is rolled back",
}
_DESTROY = {
    "DeleteStack": "the stack is deleted",
    "DescribeStacks": "what to do depends on the stack's state",
    "DescribeStackEvents": "progress is shown, and why it failed",
    "ListStackResources": "what stays is listed before anybody agrees",
    "GetTemplate": "what is retained is read from the template that is there",
    "UpdateTerminationProtection": "protection is taken off when somebody asks for it",
}
_EMPTY = {
    "s3:ListBucketVersions": "buckets that are not empty are listed",
    "s3:DeleteObjectVersion": "--empty-buckets deletes every version",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the stack is, as parts of an ARN; a star for what is not known.

    Attributes:
        partition: as `aws`.
        region: as `eu-central-1`.
        account: twelve digits.
        stack: the stack's name.
    """

    partition: str
    region: str
    account: str
    stack: str

    @property
    def stack_arn(self) -> str:
        """The stack, whatever id it gets."""
        front = f"arn:{self.partition}:cloudformation:{self.region}:{self.account}"
        return f"{front}:stack/{self.stack}/*"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateBucket:
    """The bucket through which a large template goes.

    Attributes:
        name: its name.
        kms_key: the key that encrypts the template there, as `deploy --kms-key-id` takes it: an id,
            an alias, or the ARN of either; None where the bucket takes no key of KMS.
    """

    name: str
    kms_key: str | None = None


def to_deploy(
    place: Place, template_bucket: TemplateBucket | None, role: str | None
) -> Iterator[Need]:
    """What `cicdgen deploy` calls itself.

    Args:
        place: where the stack is.
        template_bucket: the bucket through which a large template goes.
        role: the service role that the stack gets, by its ARN.
    """
    for name, why in _DEPLOY.items():
        # Whoever is to deploy with a role must not deploy without it.
        named = name == "CreateChangeSet" and role is not None
        conditions = (("StringEquals", "cloudformation:RoleArn", (str(role),)),) if named else ()
        yield Need(
            action=f"cloudformation:{name}",
            resources=(place.stack_arn,),
            conditions=conditions,
            topic="Stack",
            why=why,
        )
    yield from _passing(role)
    if template_bucket is not None:
        yield from _through(template_bucket, place)


def _through(bucket: TemplateBucket, place: Place) -> Iterator[Need]:
    """What sending a template through a bucket takes."""
    arn = f"arn:{place.partition}:s3:::{bucket.name}"
    for name, why in (
        ("PutObject", "a template over 51,200 bytes goes through this bucket"),
        ("GetObject", "CloudFormation reads it there, as whoever deploys"),
    ):
        yield Need(action=f"s3:{name}", resources=(f"{arn}/*",), topic="TemplateBucket", why=why)
    if bucket.kms_key is None:
        return
    key, named = _key(bucket.kms_key, place)
    # With a bucket key the bucket is the context, without one the object (s3/UsingKMSEncryption).
    within = ("StringLike", "kms:EncryptionContext:aws:s3:arn", (arn, f"{arn}/*"))
    for name, why in (
        ("GenerateDataKey", "S3 encrypts the template with this key, as whoever deploys"),
        ("Decrypt", "CloudFormation reads the encrypted template, as whoever deploys"),
    ):
        yield Need(
            action=f"kms:{name}",
            resources=(key,),
            conditions=(*named, within),
            topic="TemplateKey",
            why=why,
        )


def _key(given: str, place: Place) -> tuple[str, tuple[Condition, ...]]:
    """The ARN of a key as policies take it: an alias is a condition there, and no resource.

    Source: kms/alias-authorization.
    """
    front, found, name = given.rpartition(":")
    front = front if found else f"arn:{place.partition}:kms:{place.region}:{place.account}"
    if name.startswith("alias/"):
        return f"{front}:key/*", (("ForAnyValue:StringEquals", "kms:ResourceAliases", (name,)),)
    return f"{front}:{name if name.startswith('key/') else f'key/{name}'}", ()


def to_destroy(place: Place, stack: Stack, arns: Arns, role: str | None) -> Iterator[Need]:
    """What `cicdgen destroy` calls itself; as `to_deploy`."""
    from cicdgen.permissions.resources import goes  # noqa: PLC0415 - beside the one use

    for name, why in _DESTROY.items():
        yield Need(
            action=f"cloudformation:{name}", resources=(place.stack_arn,), topic="Stack", why=why
        )
    yield from _passing(role)
    for bucket in stack.of_type("AWS::S3::Bucket"):
        if not goes(bucket):
            continue
        (arn,) = arns.of(bucket)
        for action, why in _EMPTY.items():
            yield Need(
                action=action, resources=on(action, (arn, f"{arn}/*")), topic="Empty", why=why
            )


def to_publish(place: Place, stack: Stack, arns: Arns, key: str) -> Iterator[Need]:
    """What `cicdgen publish` calls.

    Args:
        place: where the stack is.
        stack: the template's stack.
        arns: of its resources.
        key: the key of the source object.
    """
    (bucket,) = arns.of(stack.resources["SourceBucket"])
    (pipeline,) = arns.of(stack.resources["Pipeline"])
    (kms_key,) = arns.of(stack.resources["S3Key"])
    source = f"{bucket}/{key}"
    for name, why in (
        ("DescribeStacks", "the stack's outputs name bucket, key and pipeline"),
        ("DescribeStackResource", "the stack knows the key that encrypts the source"),
    ):
        yield Need(
            action=f"cloudformation:{name}", resources=(place.stack_arn,), topic="Stack", why=why
        )
    yield Need(
        action="s3:PutObject", resources=(source,), topic="Source", why="the source is uploaded"
    )
    yield Need(
        action="s3:GetObject",
        resources=(source,),
        topic="Source",
        why="--if-changed reads the digest of the source that is there",
    )
    yield Need(
        action="s3:ListBucket",
        resources=(bucket,),
        topic="SourceBucket",
        why="--if-changed: without it S3 answers 403 and not 404 where there is no source yet",
    )
    yield Need(
        action="kms:GenerateDataKey",
        resources=(kms_key,),
        # With a bucket key, the bucket is the context (s3/bucket-key).
        conditions=(
            ("StringEquals", "kms:EncryptionContext:aws:s3:arn", (bucket,))
            if "*" not in bucket
            else ("StringLike", "kms:EncryptionContext:aws:s3:arn", (bucket,)),
        ),
        topic="SourceKey",
        why="S3 encrypts the source with the key of whoever uploads it",
    )
    for name in ("ListPipelineExecutions", "GetPipelineExecution", "ListActionExecutions"):
        yield Need(
            action=f"codepipeline:{name}",
            resources=(pipeline,),
            topic="Follow",
            why="--follow shows the run that the upload starts",
        )


def _passing(role: str | None) -> Iterator[Need]:
    if role is not None:
        yield Need(
            action="iam:PassRole",
            resources=(role,),
            conditions=(
                ("StringEquals", "iam:PassedToService", ("cloudformation.amazonaws.com",)),
            ),
            topic="ServiceRole",
            why="CloudFormation works with this role, and not with the rights of whoever deploys",
        )
