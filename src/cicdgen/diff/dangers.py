"""The classes of change that a person has to agree to by name, permissions apart.

What is stateful, and which properties protect it. Source: AWSCloudFormation/aws-attribute-
deletionpolicy, and the page of each type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.diff.change import Danger, Effect
from cicdgen.diff.protections import dropped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicdgen.cloudformation.values import Json

STATEFUL = frozenset(
    {
        "AWS::Backup::BackupVault",
        "AWS::Cassandra::Keyspace",
        "AWS::Cassandra::Table",
        "AWS::CloudTrail::EventDataStore",
        "AWS::CodeArtifact::Repository",
        "AWS::CodeCommit::Repository",
        "AWS::Cognito::IdentityPool",
        "AWS::Cognito::UserPool",
        "AWS::DAX::Cluster",
        "AWS::DocDB::DBCluster",
        "AWS::DocDB::DBInstance",
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::EC2::Instance",
        "AWS::EC2::Volume",
        "AWS::ECR::Repository",
        "AWS::EFS::FileSystem",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::ElastiCache::ServerlessCache",
        "AWS::Elasticsearch::Domain",
        "AWS::Events::Archive",
        "AWS::FSx::FileSystem",
        "AWS::Glue::Database",
        "AWS::Glue::Table",
        "AWS::KMS::Key",
        "AWS::KMS::ReplicaKey",
        "AWS::Kinesis::Stream",
        "AWS::KinesisFirehose::DeliveryStream",
        "AWS::Logs::LogGroup",
        "AWS::Logs::LogStream",
        "AWS::MSK::Cluster",
        "AWS::MemoryDB::Cluster",
        "AWS::Neptune::DBCluster",
        "AWS::Neptune::DBInstance",
        "AWS::OpenSearchServerless::Collection",
        "AWS::OpenSearchService::Domain",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::RDS::GlobalCluster",
        "AWS::Redshift::Cluster",
        "AWS::Route53::HostedZone",
        "AWS::S3::Bucket",
        "AWS::S3Express::DirectoryBucket",
        "AWS::S3Tables::TableBucket",
        "AWS::SDB::Domain",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SSM::Parameter",
        "AWS::SecretsManager::Secret",
        "AWS::Timestream::Database",
        "AWS::Timestream::Table",
    }
)
"""Types that hold what cannot be made again from the template: data, keys, messages, names."""

_MAY_HOLD_ANYTHING = (
    "AWS::CloudFormation::CustomResource",
    "AWS::CloudFormation::Stack",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
)
"""Types of AWS whose content is somebody's: stacks and sets of them, and what a function makes."""

_KEPT = frozenset({"Retain", "RetainExceptOnCreate"})


def dangers(
    type_name: str, effect: Effect, before: Mapping[str, Json], after: Mapping[str, Json]
) -> Iterator[Danger]:
    """The classes that a change of a resource falls under.

    Args:
        type_name: the resource's type.
        effect: what is done to it.
        before: the resource, properties resolved and coded; empty if it is added.
        after: the same; empty if it is deleted.
    """
    match effect:
        case Effect.DELETE:
            # CloudFormation heeds the policy of the template that the resource was in.
            if holds_state(type_name) and not is_kept(before):
                yield Danger.DELETE_STATEFUL
        case Effect.REPLACE | Effect.MAYBE_REPLACE if holds_state(type_name):
            yield Danger.REPLACE_STATEFUL
        case _:
            pass
    if before and after and any(dropped(before, after)):
        yield Danger.DROP_PROTECTION


def holds_state(type_name: str) -> bool:
    """Whether a resource of a type holds state, as far as we know.

    Types of AWS that are not in the table hold none; of anybody else's we do not know.
    """
    if type_name.startswith("AWS::"):
        return type_name in STATEFUL or type_name.startswith(_MAY_HOLD_ANYTHING)
    return True


def is_kept(resource: Mapping[str, Json]) -> bool:
    """Whether the resource stays when it leaves the template."""
    return resource.get("DeletionPolicy") in _KEPT
