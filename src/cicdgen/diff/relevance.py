"""Which changes can permit somebody more or less: most can not, and cost no evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.diff.acting import members, names_role
from cicdgen.diff.statements import is_document

if TYPE_CHECKING:
    from cicdgen.cloudformation.values import Json
    from cicdgen.diff.change import PropertyChange, ResourceChange

JUDGED = frozenset(
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

EXPOSED = frozenset(
    {
        "AWS::CodeBuild::Project",
        "AWS::Cognito::IdentityPool",
        "AWS::Lambda::Url",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
    }
)
"""Types that open or close without a policy, or have one that nobody wrote."""

GRANTING = (
    "AWS::EKS::AccessEntry",
    "AWS::Lambda::LayerVersionPermission",
    "AWS::LakeFormation::",
    "AWS::Organizations::Policy",
    "AWS::RAM::",
    "AWS::S3::AccessGrant",
    "AWS::SSO::",
)
"""Types that grant without a policy of IAM's, or that policies of accounts come of."""

OF_TEMPLATES = (
    "AWS::CloudFormation::Stack",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
)
"""Types that are made of a template which lies elsewhere: it may hold anything."""


def may_permit(change: ResourceChange) -> bool:
    """Whether a change can make a difference to what somebody may do.

    Policies are compared with all names filled in: a change of a name, a parameter or a condition
    that makes a difference to one is a change of the resource that has the policy.
    """
    return (
        change.type in JUDGED | EXPOSED
        or change.type.startswith((*GRANTING, *OF_TEMPLATES, "AWS::IAM::", "AWS::Serverless::"))
        or any(
            holds_policy(each)
            or any(names_role(str(step)) for step in each.path)
            or any(map(names_role, members((each.before, each.after))))
            or "Fn::" in repr(each)
            for each in change.properties
        )
    )


def holds_policy(change: PropertyChange) -> bool:
    """Whether a change is of a policy document, or of something in one or around one."""
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
