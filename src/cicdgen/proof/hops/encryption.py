"""Which key something rests under, and the calls that asking for it takes.

Sources: kms/conditions-kms (ViaService), s3/UsingKMSEncryption, s3/bucket-key (the context is the
bucket's ARN where a bucket key is used), sns/sns-key-management, sqs-key-management.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from cicdgen.cloudformation import Fields, Resource, Shape, Text, Value
from cicdgen.iam import ABSENT, UNKNOWN, Principal, Service
from cicdgen.iam.context import Given
from cicdgen.proof.hop import Call
from cicdgen.proof.hops.site import Site, members
from cicdgen.proof.parts.place import Place

_TRUE = Text("true")
_KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
READ = ("kms:Decrypt",)
WRITE = ("kms:GenerateDataKey",)
BOTH = ("kms:GenerateDataKey", "kms:Decrypt")


MANAGED: Final = Text("managed by AWS")
"""A key that AWS manages in the account: whoever may use the service may use it through that."""


def key_named(site: Site, value: Value) -> Text | None:
    """The ARN of a key that is given by id, alias or ARN; MANAGED; None if there is none."""
    if not isinstance(value, Text):
        return None
    if "alias/aws/" in value.code:
        return MANAGED
    found = site.find(value, *_KEYS)
    if found is not None:
        return found.arn
    alias = site.find(value, "AWS::KMS::Alias")
    if alias is not None:
        return key_named(site, alias.properties.get("TargetKeyId"))
    if value.code.startswith("arn:") and ":key/" in value.code:
        return value
    unknown = Text.token(f"the key {value}", Shape.ID, because="it is not in the template")
    return site.arn("kms", Text("key/") + unknown)


def calls(
    site: Site, who: Principal, key: Text, actions: tuple[str, ...], context: Mapping[str, Given]
) -> Iterator[Call]:
    """The calls to KMS."""
    resource = site.find(key, *_KEYS)
    because = "" if resource is None else unusable(resource)
    for action in actions:
        call = site.call(who, action, key, {"kms:CallerAccount": site.account, **context})
        yield replace(call, impossible=because) if because else call


def unusable(key: Resource) -> str:
    """Why nothing can be encrypted under a key, whoever asks; empty if something can.

    Sources: kms/enabling-keys, kms/API_GenerateDataKey (symmetric encryption keys alone).
    """
    place = Place.of(key)
    if place.at("Enabled").is_given and place.at("Enabled").is_on is False:
        return f"{key.logical_id} is disabled: KMS refuses every use of it"
    usage = place.at("KeyUsage").known or "ENCRYPT_DECRYPT"
    spec = place.at("KeySpec").known or "SYMMETRIC_DEFAULT"
    if usage != "ENCRYPT_DECRYPT" or spec != "SYMMETRIC_DEFAULT":
        return f"{key.logical_id} is a key for {usage} of {spec}: it makes no data keys"
    return ""


def via(
    site: Site, who: Principal, key: Text, actions: tuple[str, ...], service: str, /, **more: Given
) -> Iterator[Call]:
    """The calls to KMS that a service makes on a caller's behalf.

    A service that calls SNS or SQS as itself is not told to reach KMS through them: then the key
    policy's conditions on `kms:ViaService` are open.
    """
    context: dict[str, Given] = {
        "kms:ViaService": site.endpoint(service),
        "aws:ViaAWSService": True,
        **more,
    }
    if isinstance(who, Service):
        context["aws:ViaAWSService"] = UNKNOWN
        context["kms:CallerAccount"] = UNKNOWN
    return calls(site, who, key, actions, context)


def grant(site: Site, who: Principal, key: Text) -> Iterator[Call]:
    """The grant on an environment's key (lambda/configuration-envvars-encryption)."""
    context: dict[str, Given] = {"kms:GrantIsForAWSResource": True}
    yield from via(site, who, key, ("kms:CreateGrant",), "lambda", **context)
    yield from via(site, who, key, ("kms:Encrypt",), "lambda")


@dataclass(frozen=True)
class Bucket:
    """A bucket, and how what is put there is encrypted.

    Attributes:
        arn: Its ARN.
        key: The ARN of the default key; None if that is not the author's to manage.
        has_bucket_key: Whether the encryption context is the bucket's ARN.
        resource: The bucket, if it is in the template.
    """

    arn: Text
    key: Text | None
    has_bucket_key: bool
    resource: Resource | None


def bucket_named(site: Site, value: Value) -> Bucket | None:
    """The bucket that a value names."""
    if not isinstance(value, Text):
        return None
    found = site.find(value, "AWS::S3::Bucket")
    if found is None:
        return Bucket(site.bucket_arn(value), None, has_bucket_key=False, resource=None)
    key: Text | None = None
    has_bucket_key = False
    encryption = found.properties.get("BucketEncryption")
    rules = (
        encryption.get("ServerSideEncryptionConfiguration")
        if isinstance(encryption, Fields)
        else None
    )
    for rule in members(rules):
        if isinstance(rule, Fields):
            has_bucket_key = has_bucket_key or rule.get("BucketKeyEnabled") in (True, _TRUE)
            default = rule.get("ServerSideEncryptionByDefault")
            if isinstance(default, Fields):
                key = key_named(site, default.get("KMSMasterKeyID"))
    arn = None if key == MANAGED else key
    return Bucket(found.arn, arn, has_bucket_key=has_bucket_key, resource=found)


def in_bucket(bucket: Bucket, object_arn: Text) -> Mapping[str, Given]:
    """The encryption context of an object."""
    return {"kms:EncryptionContext:aws:s3:arn": bucket.arn if bucket.has_bucket_key else object_arn}


NO_HEADERS: Mapping[str, Given] = {
    "s3:x-amz-server-side-encryption": ABSENT,
    "s3:x-amz-server-side-encryption-aws-kms-key-id": ABSENT,
    "s3:x-amz-acl": ABSENT,
}
"""An upload that leaves encryption to the bucket's default."""
