"""Where the source arrives and artifacts and releases are kept; who read and wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Ref, Sub
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    BucketPolicy,
    EventBridgeConfiguration,
    LifecycleConfiguration,
    LifecycleRule,
    LoggingConfiguration,
    NoncurrentVersionExpiration,
    NotificationConfiguration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

from cicdgen import arns
from cicdgen.names import RELEASES
from cicdgen.policies import bucket as bucket_policies
from cicdgen.resources.part import Guard, Part

if TYPE_CHECKING:
    from cicdgen.config.schema import Config
    from cicdgen.names import Names
    from cicdgen.resources.keys import Keys

_ACCESS_LOG_DAYS = 365
_UPLOAD_DAYS = 7

_OWNER_ENFORCED = OwnershipControls(
    Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
)
_NOTHING_PUBLIC = PublicAccessBlockConfiguration(
    BlockPublicAcls=True,
    BlockPublicPolicy=True,
    IgnorePublicAcls=True,
    RestrictPublicBuckets=True,
)
_VERSIONED = VersioningConfiguration(Status="Enabled")


class Storage(Part, frozen=True, kw_only=True):
    """The source and the artifact bucket, and one for their access logs unless it is given."""

    guards: tuple[Guard, ...]
    logs: Bucket | None
    logs_policy: BucketPolicy | None
    source: Bucket
    source_policy: BucketPolicy
    artifacts: Bucket
    artifacts_policy: BucketPolicy

    @classmethod
    def define(cls, config: Config, names: Names, keys: Keys) -> Storage:
        """The buckets."""
        logs = logs_policy = None
        guards: tuple[Guard, ...] = ()
        if config.access_log_bucket is None:
            logs = _log_bucket(config, names)
            guards = (_log_guard(names, logs),)
            logs_policy = _bucket_policy(logs, guards[0])

        def bucket(part: str, title: str) -> Bucket:
            bucket = _bucket(title, names.bucket(part), config)
            bucket.BucketEncryption = _encryption(
                ServerSideEncryptionByDefault(
                    SSEAlgorithm="aws:kms", KMSMasterKeyID=arns.of(keys.objects)
                )
            )
            bucket.LoggingConfiguration = LoggingConfiguration(
                DestinationBucketName=Ref(logs) if logs else config.access_log_bucket,
                LogFilePrefix=f"{names.part(part)}/",
            )
            if logs_policy:
                # S3 looks at the target's policy when logging is switched on.
                bucket.DependsOn = logs_policy
            return bucket

        def guard(bucket: Bucket) -> Guard:
            objects = arns.within(bucket, "/*")
            return Guard(
                str(bucket.title),
                (
                    bucket_policies.tls_only(bucket=arns.of(bucket), objects=objects),
                    *bucket_policies.this_key_only(objects=objects, key=arns.of(keys.objects)),
                ),
            )

        source = bucket("source", "SourceBucket")
        source.NotificationConfiguration = NotificationConfiguration(
            EventBridgeConfiguration=EventBridgeConfiguration(EventBridgeEnabled=True)
        )
        source.LifecycleConfiguration = LifecycleConfiguration(
            Rules=[_forget_replaced(config.artifact_retention)]
        )
        artifacts = bucket("artifacts", "ArtifactBucket")
        artifacts.LifecycleConfiguration = LifecycleConfiguration(
            Rules=[
                _forget_replaced(config.artifact_retention),
                LifecycleRule(
                    Id="forget-artifacts",
                    Status="Enabled",
                    Prefix=f"{names.artifact_prefix}/",
                    ExpirationInDays=config.artifact_retention,
                ),
            ]
        )
        guards += (guard(source), guard(artifacts))
        return cls(
            guards=guards,
            logs=logs,
            logs_policy=logs_policy,
            source=source,
            source_policy=_bucket_policy(source, guards[-2]),
            artifacts=artifacts,
            artifacts_policy=_bucket_policy(artifacts, guards[-1]),
        )

    @property
    def releases(self) -> Sub:
        """Where the build stores releases by their digest."""
        return arns.within(self.artifacts, f"/{RELEASES}/*")


def _bucket(title: str, name: str, config: Config) -> Bucket:
    return Bucket(
        title,
        DeletionPolicy=config.deletion_policy,
        UpdateReplacePolicy=config.update_replace_policy,
        BucketName=Sub(name),
        OwnershipControls=_OWNER_ENFORCED,
        PublicAccessBlockConfiguration=_NOTHING_PUBLIC,
        VersioningConfiguration=_VERSIONED,
    )


def _log_bucket(config: Config, names: Names) -> Bucket:
    bucket = _bucket("LogBucket", names.bucket("logs"), config)
    # s3/enable-server-access-logging: log delivery writes under S3's own keys, not under KMS.
    bucket.BucketEncryption = _encryption(ServerSideEncryptionByDefault(SSEAlgorithm="AES256"))
    bucket.LifecycleConfiguration = LifecycleConfiguration(
        Rules=[
            _forget_replaced(config.artifact_retention),
            LifecycleRule(Id="forget-logs", Status="Enabled", ExpirationInDays=_ACCESS_LOG_DAYS),
        ]
    )
    return bucket


def _log_guard(names: Names, bucket: Bucket) -> Guard:
    objects = arns.within(bucket, "/*")
    logged = tuple(arns.bucket_named(names.bucket(part)) for part in ("source", "artifacts"))
    return Guard(
        str(bucket.title),
        (
            bucket_policies.tls_only(bucket=arns.of(bucket), objects=objects),
            bucket_policies.log_delivery(
                objects=objects, buckets=logged, account_id=Ref("AWS::AccountId")
            ),
        ),
    )


def _bucket_policy(bucket: Bucket, guard: Guard) -> BucketPolicy:
    return BucketPolicy(
        f"{bucket.title}Policy", Bucket=Ref(bucket), PolicyDocument=guard.document()
    )


def _encryption(default: ServerSideEncryptionByDefault) -> BucketEncryption:
    rule = ServerSideEncryptionRule(ServerSideEncryptionByDefault=default)
    if default.SSEAlgorithm == "aws:kms":
        rule.BucketKeyEnabled = True
    return BucketEncryption(ServerSideEncryptionConfiguration=[rule])


def _forget_replaced(days: int) -> LifecycleRule:
    """Drop versions that were replaced, and uploads that were never finished."""
    return LifecycleRule(
        Id="forget-replaced",
        Status="Enabled",
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=days),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(
            DaysAfterInitiation=_UPLOAD_DAYS
        ),
    )
