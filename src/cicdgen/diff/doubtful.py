"""Changes that may permit more, and that nothing here can judge: each is told as unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cicdgen.diff.change import Effect
from cicdgen.diff.statements import is_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicdgen.cloudformation.values import Json
    from cicdgen.diff.change import PropertyChange, ResourceChange
    from cicdgen.diff.pairing import Pair

_JUDGED = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::ECR::Repository",
        "AWS::Events::EventBusPolicy",
        "AWS::IAM::Group",
        "AWS::IAM::GroupPolicy",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::User",
        "AWS::IAM::UserPolicy",
        "AWS::KMS::Key",
        "AWS::KMS::ReplicaKey",
        "AWS::Kinesis::ResourcePolicy",
        "AWS::Lambda::Permission",
        "AWS::Logs::ResourcePolicy",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicInlinePolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueueInlinePolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::SecretsManager::ResourcePolicy",
    }
)
"""Types whose policies `cicdgen.iam` reads."""

_EXPOSED = frozenset({"AWS::CodeBuild::Project", "AWS::Lambda::Url", "AWS::S3::Bucket"})

_HARMLESS_MACROS = frozenset({"AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23"})
_GRANTING = ("AWS::Organizations::Policy", "AWS::SSO::", "AWS::RAM::", "AWS::LakeFormation::")


class Doubt(NamedTuple):
    """A resource that may permit more, and why that is not known."""

    subject: str
    because: str


def doubts(changes: Iterable[ResourceChange], pair: Pair) -> Iterator[Doubt]:
    """The changed resources whose permissions cannot be judged."""
    macros = [name for name in pair.after.template.transforms if name not in _HARMLESS_MACROS]
    for change in changes:
        because = "" if change.effect is Effect.DELETE else _because(change, macros)
        if because:
            yield Doubt(change.logical_id, because)


def _because(change: ResourceChange, macros: list[str]) -> str:
    kind, changed = change.type, change.properties
    opened = kind == "AWS::Lambda::Url" and any(
        each.path[-1:] == ("AuthType",) and each.after == "NONE" for each in changed
    )
    made = kind.startswith("AWS::Serverless::") or _is_transformed(change)
    reasons = (
        (
            kind in _JUDGED | _EXPOSED and any(map(_is_open, changed)),
            "conditions that are open decide what it says, and there are too many to try",
        ),
        (macros and made, f"the macro {', '.join(macros)} makes its permissions"),
        (kind.startswith(_GRANTING), f"what {kind} grants is not judged here"),
        (
            kind not in _JUDGED and any(map(_holds_policy, changed)),
            f"policies of {kind} are not judged here",
        ),
        (opened, "anyone may call the URL, if the function's policy lets them"),
    )
    return next((why for applies, why in reasons if applies), "")


def _is_open(change: PropertyChange) -> bool:
    return "Fn::If" in change.path or "'Fn::If'" in repr((change.before, change.after))


def _is_transformed(change: ResourceChange) -> bool:
    return any("Fn::Transform" in repr(each) for each in change.properties)


def _holds_policy(change: PropertyChange) -> bool:
    return any(_has_document(value) for value in (change.before, change.after)) or (
        "Statement" in change.path
    )


def _has_document(value: Json) -> bool:
    match value:
        case dict():
            return is_document(value) or any(map(_has_document, value.values()))
        case list():
            return any(map(_has_document, value))
        case str():
            return '"Statement"' in value and '"Effect"' in value
        case _:
            return False
