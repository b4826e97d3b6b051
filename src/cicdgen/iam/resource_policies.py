"""What hangs on the resources of a stack: bucket, topic, queue, key, trust and other policies."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from cicdgen.cloudformation.intrinsics import as_text
from cicdgen.cloudformation.stack import Resource, Stack
from cicdgen.cloudformation.text import ANY_RUN, Text
from cicdgen.cloudformation.values import Fields, Items, Json, Path, Value
from cicdgen.iam.parse import REPOSITORY, RESOURCE, TRUST, read_document, read_json
from cicdgen.iam.policies import Owned, ResourcePolicy
from cicdgen.iam.shared_policies import shared_policies
from cicdgen.iam.statement import Origin


class _Place(NamedTuple):
    """Where a type keeps a policy, and what it is a policy of.

    Attributes:
        document: The property with the document, dotted if it is deeper.
        target: The property that names the resource, `""` for the resource itself.
        of: The type of that resource.
    """

    document: str
    target: str
    of: str


_PLACES: Mapping[str, _Place] = MappingProxyType(
    {
        "AWS::DynamoDB::Table": _Place("ResourcePolicy.PolicyDocument", "", "AWS::DynamoDB::Table"),
        "AWS::ECR::Repository": _Place("RepositoryPolicyText", "", "AWS::ECR::Repository"),
        "AWS::IAM::Role": _Place("AssumeRolePolicyDocument", "", "AWS::IAM::Role"),
        "AWS::KMS::Key": _Place("KeyPolicy", "", "AWS::KMS::Key"),
        "AWS::KMS::ReplicaKey": _Place("KeyPolicy", "", "AWS::KMS::ReplicaKey"),
        "AWS::Kinesis::ResourcePolicy": _Place(
            "ResourcePolicy", "ResourceArn", "AWS::Kinesis::Stream"
        ),
        "AWS::S3::BucketPolicy": _Place("PolicyDocument", "Bucket", "AWS::S3::Bucket"),
        "AWS::SNS::TopicInlinePolicy": _Place("PolicyDocument", "TopicArn", "AWS::SNS::Topic"),
        "AWS::SNS::TopicPolicy": _Place("PolicyDocument", "Topics", "AWS::SNS::Topic"),
        "AWS::SQS::QueueInlinePolicy": _Place("PolicyDocument", "Queue", "AWS::SQS::Queue"),
        "AWS::SQS::QueuePolicy": _Place("PolicyDocument", "Queues", "AWS::SQS::Queue"),
        "AWS::SecretsManager::ResourcePolicy": _Place(
            "ResourcePolicy", "SecretId", "AWS::SecretsManager::Secret"
        ),
    }
)

_PARTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "AWS::CodePipeline::Pipeline": ("codepipeline", "/*"),
        "AWS::DynamoDB::Table": ("dynamodb", "/*"),
        "AWS::ECR::Repository": ("ecr", ""),
        "AWS::Events::EventBus": ("events", ""),
        "AWS::IAM::Role": ("sts", ""),
        "AWS::KMS::Key": ("kms", ""),
        "AWS::KMS::ReplicaKey": ("kms", ""),
        "AWS::Kinesis::Stream": ("kinesis", "/*"),
        "AWS::Lambda::Function": ("lambda", ":*"),
        "AWS::Logs::LogGroup": ("logs", ":*"),
        "AWS::S3::Bucket": ("s3", "/*"),
        "AWS::SNS::Topic": ("sns", ""),
        "AWS::SQS::Queue": ("sqs", ""),
        "AWS::SecretsManager::Secret": ("secretsmanager", ""),
        "AWS::StepFunctions::StateMachine": ("states", ":*"),
    }
)
"""For types with a policy or with parts: the prefix of actions on them, and what is part of them.

Any other type has the second word of its name for a prefix, and no parts.
"""

_DEFAULT_KEY_POLICY: Mapping[str, Json] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}],
}
_DEFAULT_TOPIC_POLICY: Mapping[str, Json] = {
    "Version": "2008-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [
                "sns:AddPermission",
                "sns:DeleteTopic",
                "sns:GetTopicAttributes",
                "sns:ListSubscriptionsByTopic",
                "sns:Publish",
                "sns:RemovePermission",
                "sns:SetTopicAttributes",
                "sns:Subscribe",
            ],
        }
    ],
}


def resource_policies(stack: Stack) -> Iterator[ResourcePolicy]:
    """Every policy that the template hangs on a resource, and those that AWS adds by default."""
    found: list[ResourcePolicy] = []
    for resource in stack.of_type(*_PLACES):
        found += _written(resource, _PLACES[resource.type])
    yield from found
    yield from shared_policies(stack)
    yield from _defaults(stack, {policy.to for policy in found})


def owned_resources(stack: Stack) -> Iterator[Owned]:
    """The resources of the stack, and what is part of them, by the service that they belong to."""
    for resource in stack.resources.values():
        service, below = _PARTS.get(resource.type, ("", ""))
        service = service or "".join(resource.type.lower().split("::")[1:2])
        yield Owned(arn=resource.arn, service=service, covers=_covers(resource.arn, below))


def _written(resource: Resource, place: _Place) -> Iterator[ResourcePolicy]:
    at, value = _dig(resource.properties, place.document, resource.path)
    if value is None and place.target == "":
        return
    kinds = {"AWS::ECR::Repository": REPOSITORY, "AWS::IAM::Role": TRUST}
    origin = Origin(resource=resource.logical_id, path=at)
    document = read_document(value, origin, kinds.get(place.of, RESOURCE))
    service, below = _PARTS[place.of]
    for target in _targets(resource, place):
        yield ResourcePolicy(
            to=target,
            document=document,
            service=service,
            covers=_covers(target, below),
            certain=resource.exists is True,
        )


def _targets(resource: Resource, place: _Place) -> Iterator[Text]:
    """The ARNs of what a policy hangs on, however the template names it."""
    if not place.target:
        yield resource.arn
        return
    value = resource.properties.get(place.target)
    for member in value if isinstance(value, Items) else (value,):
        named = as_text(member)
        if named is not None:
            yield _arn_of(named, place.of, resource.stack)


def _arn_of(named: Text, kind: str, stack: Stack) -> Text:
    """The ARN of a resource of a type that is given by name, URL or ARN."""
    if named.code.startswith("arn:"):
        return named
    for resource in stack.of_type(kind):
        if named in (resource.ref, resource.name):
            return resource.arn
    pseudo = stack.pseudo_parameters
    partition, region = pseudo["AWS::Partition"].code, pseudo["AWS::Region"].code
    account = pseudo["AWS::AccountId"].code
    match kind:
        case "AWS::S3::Bucket":
            return Text(f"arn:{partition}:s3:::") + named
        case "AWS::SQS::Queue" if named.code.startswith("https://"):
            return Text(f"arn:{partition}:sqs:{region}:{account}:{named.code.rpartition('/')[2]}")
        case _:
            return named


def _covers(arn: Text, below: str) -> tuple[str, ...]:
    return (arn.code, arn.code + below.replace("*", ANY_RUN)) if below else (arn.code,)


def _dig(properties: Fields, dotted: str, path: Path) -> tuple[Path, Value]:
    value: Value = properties
    for name in dotted.split("."):
        if not isinstance(value, Fields) or name not in value:
            return (*path, *dotted.split(".")), None
        path, value = value.paths[name], value[name]
    return path, value


def _defaults(stack: Stack, written: set[Text]) -> Iterator[ResourcePolicy]:
    """The policies that keys and topics have when the template gives them none.

    Sources: kms/key-policy-default. For topics AWS's pages do not agree: the default policy that
    SNS shows lets the owner's account act, told by `aws:SourceOwner`, which some services set when
    they publish (sns/sns-access-policy-use-cases); a caller who asks for such a service says so.
    """
    account = stack.account.account_id
    for resource in stack.of_type("AWS::KMS::Key", "AWS::SNS::Topic"):
        if resource.arn in written:
            continue
        is_key = resource.type == "AWS::KMS::Key"
        body = _DEFAULT_KEY_POLICY if is_key else _DEFAULT_TOPIC_POLICY
        statement: dict[str, Json] = dict(body["Statement"][0])
        if is_key:
            statement["Principal"] = {"AWS": account.code}
        else:
            statement["Resource"] = resource.arn.code
            statement["Condition"] = {"StringEquals": {"AWS:SourceOwner": account.code}}
        what = "default key policy" if is_key else "default topic policy"
        origin = Origin(resource=f"{what} of {resource.logical_id}", path=resource.path)
        value = read_json({**body, "Statement": [statement]}, resource.path)
        yield ResourcePolicy(
            to=resource.arn,
            document=read_document(value, origin, RESOURCE),
            service="kms" if is_key else "sns",
            covers=(resource.arn.code,),
            certain=resource.exists is True,
        )
