"""People: who administers the keys, uploads the source and configures the functions.

They have every right that IAM can give: what the template's own policies make of that is asked.
Sources: kms/key-policy-default, s3/UsingKMSEncryption, lambda/configuration-envvars-encryption.
"""

from collections.abc import Iterator
from dataclasses import replace

from cicdgen.cloudformation import Fields, Resource, Text
from cicdgen.cloudformation.text import Shape
from cicdgen.iam import Document, Origin, Policies, Principal, RoleSession, User
from cicdgen.iam.parse import IDENTITY, read_document, read_json
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Call, Hop, Strength
from cicdgen.proof.hops.encryption import MANAGED, bucket_named, grant, key_named
from cicdgen.proof.hops.objects import write
from cicdgen.proof.hops.pipelines import pipelines
from cicdgen.proof.hops.site import Site, at

ADMINISTER = (
    "kms:PutKeyPolicy",
    "kms:GetKeyPolicy",
    "kms:DescribeKey",
    "kms:EnableKey",
    "kms:DisableKey",
    "kms:EnableKeyRotation",
    "kms:DisableKeyRotation",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListResourceTags",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateKeyDescription",
)
"""What administers a key, of what kms/key-policy-default gives to key administrators."""

_TAGGING = frozenset({"kms:TagResource", "kms:UntagResource"})
_RARELY = (
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:RotateKeyOnDemand",
    "kms:UpdateAlias",
)
_ADMINISTRATOR = "an administrator of the account"


def person(site: Site) -> RoleSession:
    """Somebody with every right that an identity policy can give."""
    partition = site.stack.pseudo_parameters["AWS::Partition"].code
    name = Text.token(_ADMINISTRATOR, Shape.WORD, because="it stands for any of them")
    return RoleSession(Text(f"arn:{partition}:iam::{site.account.code}:role/") + name)


def every_right() -> Document:
    """The policy of that person. Its place is no place in any template."""
    body = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
    return read_document(read_json(body, ()), Origin(resource=_ADMINISTRATOR, path=()), IDENTITY)


def hops(site: Site, policies: Policies) -> Iterator[Hop | Doubt]:
    """What people do."""
    someone = person(site)
    for key in site.every("AWS::KMS::Key", "AWS::KMS::ReplicaKey"):
        yield from _administer(site, key, someone, policies)
    for pipeline in pipelines(site):
        for action in pipeline.actions:
            if action.kind == "Source/AWS/S3":
                yield from _upload(site, pipeline.resource, action.configuration, someone)
    for function in site.every("AWS::Lambda::Function"):
        yield from _configure(site, function, someone)


def _administer(
    site: Site, key: Resource, someone: RoleSession, policies: Policies
) -> Iterator[Hop]:
    """Whoever the key policy names may do it in the account's place."""
    everyone = (someone, *_named(key, policies))

    def call(action: str) -> Call:
        ways = tuple(site.request(who, action, key.arn) for who in everyone)
        return Call(ways=ways, on=key.logical_id)

    # CloudFormation tags a key that has tags, and no other.
    spared = frozenset() if "Tags" in key.properties else _TAGGING
    hop = Hop(
        id="person.administer-key",
        of=key.logical_id,
        path=at(key, "KeyPolicy"),
        who=_ADMINISTRATOR,
        calls=tuple(call(action) for action in ADMINISTER if action not in spared),
        why="Nobody can do that until somebody changes the key's policy, and without"
        " kms:PutKeyPolicy nobody but AWS Support ever can.",
        source="kms/key-policy-default",
    )
    yield hop
    for action in (*_RARELY, *sorted(spared)):
        yield replace(hop, calls=(call(action),), strength=Strength.OPTIONAL)


def _named(key: Resource, policies: Policies) -> Iterator[Principal]:
    """Users and roles that the key policy names themselves."""
    for held in policies.of_resource("kms", key.arn).policies:
        for statement in held.document.statements:
            for entry in statement.grantees.entries if statement.grantees is not None else ():
                if entry.kind == "AWS" and ":role/" in entry.value.code:
                    yield RoleSession(entry.value)
                elif entry.kind == "AWS" and ":user/" in entry.value.code:
                    yield User(entry.value)


def _upload(
    site: Site, of: Resource, configuration: Fields | None, someone: RoleSession
) -> Iterator[Hop]:
    """Without headers, as `aws s3 cp` does it, or with the bucket's key; in parts if large."""
    bucket = bucket_named(site, configuration.get("S3Bucket") if configuration else None)
    key = configuration.get("S3ObjectKey") if configuration else None
    if bucket is None or bucket.resource is None or not isinstance(key, Text):
        return
    plain = Hop(
        id="person.upload-source",
        of=of.logical_id,
        path=at(bucket.resource),
        who=_ADMINISTRATOR,
        calls=write(site, someone, bucket, key, in_parts=True),
        why="Nobody can upload the source, whatever their own policies say.",
        source="AmazonS3/UsingKMSEncryption",
    )
    yield plain
    if bucket.key is not None:
        headers: dict[str, str | Text] = {
            "s3:x-amz-server-side-encryption": "aws:kms",
            "s3:x-amz-server-side-encryption-aws-kms-key-id": bucket.key,
        }
        calls = write(site, someone, bucket, key, headers=headers, in_parts=True)
        yield replace(plain, id="person.upload-source-with-key", calls=calls)


def _configure(site: Site, function: Resource, someone: RoleSession) -> Iterator[Hop]:
    """Lambda makes a grant on the environment's key with the rights of who configures it."""
    key = key_named(site, function.properties.get("KmsKeyArn"))
    if key is None or key == MANAGED:
        return
    yield Hop(
        id="person.configure-function",
        of=function.logical_id,
        path=at(function, "KmsKeyArn"),
        who=_ADMINISTRATOR,
        calls=tuple(grant(site, someone, key)),
        why="The function cannot be created or configured with this key.",
        source="lambda/configuration-envvars-encryption",
    )
