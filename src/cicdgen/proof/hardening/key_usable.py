"""Somebody can use a key: its policy names users, or hands the decision to IAM.

A statement for the account hands on exactly the actions that it lists. Without Decrypt among them,
a role's own policy that allows Decrypt has no effect, and every read under the key is refused: the
seed's own repair of failure 1 does this. Without PutKeyPolicy the key cannot be repaired either.
A disabled key is of no use to anybody.
Sources: kms/key-policy-default, kms/enabling-keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Effect
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.granted import identity_statements, policies_of
from cicdgen.proof.parts.limits import limiting_keys
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere
from cicdgen.proof.parts.store import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack
    from cicdgen.iam import Document
    from cicdgen.iam.grantees import Grantee

NAME = "key-usable"
_PAGE = "kms/key-policy-default"


_IN_NAME_OF_CALLER = frozenset(
    f"{name}.amazonaws.com" for name in ("codebuild", "codepipeline", "lambda", "s3")
)
"""Services that use a key as whoever calls them, and never as themselves, where they name it."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the policy of every symmetric key that encrypts."""
    documents = {
        policy.document.origin.resource: policy.document
        for policy in policies_of(stack).resource
        if policy.service == "kms"
    }
    for key in stack.of_type("AWS::KMS::Key"):
        usage = Place.of(key).at("KeyUsage").known or "ENCRYPT_DECRYPT"
        document = documents.get(key.logical_id)
        yield from _enabled(stack, key)
        if document is None or usage != "ENCRYPT_DECRYPT":
            continue
        if document.unreadable:
            because = f"what the policy says: {document.unreadable[0].why}"
            yield Doubt(check=NAME, path=document.origin.path, because=because)
            continue
        yield from _never(document)
        yield from _usable(key, document, user=_user(stack, key))


_CALLERS = {
    "AWS::S3::Bucket": (
        "BucketEncryption.ServerSideEncryptionConfiguration.*"
        ".ServerSideEncryptionByDefault.KMSMasterKeyID"
    ),
    "AWS::Lambda::Function": "KmsKeyArn",
    "AWS::CodeBuild::Project": "EncryptionKey",
    "AWS::CodePipeline::Pipeline": "ArtifactStore.EncryptionKey.Id",
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::SecretsManager::Secret": "KmsKeyId",
}
"""Where a type names a key that it uses in the name of whoever calls."""


def _user(stack: Stack, key: Resource) -> str | None:
    """What uses the key in the name of its caller; None if only services use it as themselves."""
    for resource in stack.of_type(*_CALLERS):
        places = [Place.of(resource)]
        for name in _CALLERS[resource.type].split("."):
            places = [
                below
                for place in places
                for below in (place.members() if name == "*" else (place.at(name),))
            ]
        if any(
            not isinstance(found := key_of(stack, p), Elsewhere) and found is key for p in places
        ):
            return resource.logical_id
    for statement in identity_statements(stack):
        about = (
            statement.actions.match("kms:decrypt"),
            statement.actions.match("kms:generatedatakey"),
        )
        resources = statement.resources.patterns if statement.resources else ()
        if True in about and any(pattern.source == key.arn for pattern in resources):
            return statement.origin.resource
    return None


def _enabled(stack: Stack, key: Resource) -> Iterator[Remark]:
    """A key that something uses is not one that is kept disabled on purpose."""
    enabled = Place.of(key).at("Enabled")
    if enabled.is_unknown:
        because = f"whether {key.logical_id} is enabled"
        yield Doubt(check=NAME, path=enabled.path, because=because)
    if not enabled.is_given or enabled.is_on is not False or (user := _user(stack, key)) is None:
        return
    yield Flaw(
        check=NAME,
        path=enabled.path,
        message=f"{key.logical_id} is disabled, and {user} needs it: KMS refuses every use of it",
        fix="leave Enabled out",
        source="kms/enabling-keys",
    )


def _never(document: Document) -> Iterator[Remark]:
    """Statements for services that ask through which service somebody calls: nobody does.

    kms:ViaService is there where a service calls in the name of a role or a user, and the
    principal is then that role or user (kms/conditions-kms). A service that publishes to SNS is
    different: it is the principal itself, through SNS.
    """
    for statement in document.statements:
        entries = statement.grantees.entries if statement.grantees else ()
        asks = "kms:viaservice" in limiting_keys(statement)
        services = bool(entries) and all(map(_calls_as_caller, entries))
        if statement.effect is Effect.ALLOW and asks and services:
            yield Flaw(
                check=NAME,
                path=statement.origin.path,
                message=f"{statement} is for {statement.grantees} under kms:ViaService, which is"
                " not there where a service calls as itself: it allows nothing",
                fix="allow it to the account under kms:ViaService, or to the service without that",
                source="kms/conditions-kms",
            )


def _calls_as_caller(entry: Grantee) -> bool:
    return entry.kind == "Service" and entry.value.known in _IN_NAME_OF_CALLER


def _usable(key: Resource, document: Document, user: str | None) -> Iterator[Remark]:
    path = document.origin.path
    if user and not _lets(document, "kms:decrypt"):
        yield Flaw(
            check=NAME,
            path=path,
            message=f"the policy of {key.logical_id} lets no role decrypt, and {user} needs one"
            " that does: what roles' own policies say about it has no effect",
            fix="allow the account kms:Decrypt and kms:GenerateDataKey, limited by kms:ViaService",
            source=_PAGE,
        )
    if not _lets(document, "kms:putkeypolicy"):
        yield Flaw(
            check=NAME,
            path=path,
            message=f"nobody may change the policy of {key.logical_id}: KMS refuses such a policy,"
            " or the key is lost",
            fix="allow the account kms:PutKeyPolicy",
            source=_PAGE,
        )


def _lets(document: Document, action: str) -> bool:
    """Whether a statement may allow an action to somebody who is no service."""
    return any(
        statement.effect is Effect.ALLOW
        and statement.actions.match(action) is not False
        and statement.grantees is not None
        and any(e.kind != "Service" for e in statement.grantees.entries)
        for statement in document.statements
    )
