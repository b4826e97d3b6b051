"""Who may manage a key, and through which service it may be used.

The statement for the account grants nobody anything: it delegates, so that IAM policies count
(kms/key-policy-default). It delegates exactly what it lists. Without Decrypt and GenerateDataKey in
it no role could use the key, whatever the role's policy says: that is the trap in the obvious
narrow policy. `kms:ViaService` holds use to calls that a service makes on a principal's behalf
(kms/conditions-kms); AWS's own aws/s3 and aws/lambda keys are held the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import kms
from awacs.aws import ArnLike, AWSPrincipal, Principal, StringEquals

from cicdgen.policies.grant import Everything, Grant

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn

THIS_KEY = Everything(because="in a key policy * is the key itself")

ADMINISTER = (
    kms.DescribeKey,
    kms.EnableKey,
    kms.DisableKey,
    kms.EnableKeyRotation,
    kms.DisableKeyRotation,
    kms.GetKeyPolicy,
    kms.GetKeyRotationStatus,
    kms.ListGrants,
    kms.ListKeyRotations,
    kms.ListResourceTags,
    kms.PutKeyPolicy,
    kms.RevokeGrant,
    kms.RotateKeyOnDemand,
    kms.ScheduleKeyDeletion,
    kms.CancelKeyDeletion,
    kms.TagResource,
    kms.UntagResource,
    kms.UpdateKeyDescription,
)

# logs/encrypt-log-data-kms: Encrypt, Decrypt, ReEncrypt*, GenerateDataKey*, Describe*, spelt out,
# but for data key pairs, which are for asymmetric encryption.
LOGS_ACTIONS = (
    kms.Encrypt,
    kms.Decrypt,
    kms.ReEncryptFrom,
    kms.ReEncryptTo,
    kms.GenerateDataKey,
    kms.GenerateDataKeyWithoutPlaintext,
    kms.DescribeKey,
)

# sns/sns-key-management, s3/UsingKMSEncryption, sqs-key-management: what a writer needs.
WRITE_ACTIONS = (kms.Decrypt, kms.GenerateDataKey)


def lambda_key(
    *, account: Arn, via: tuple[Arn, Arn, Arn], logs: Arn, groups: Arn
) -> tuple[Grant, ...]:
    """The key of the functions' environments, of log groups and dead letters.

    Args:
        account: the account as a principal.
        via: Lambda, Logs and SQS as `kms:ViaService` names them.
        logs: Logs as a principal.
        groups: the pattern of the log groups' ARNs.
    """
    return (
        _administer(account),
        Grant(
            sid="UseThroughServices",
            # DescribeKey is delegated above, through whatever service.
            actions=tuple(action for action in LOGS_ACTIONS if action is not kms.DescribeKey),
            on=THIS_KEY,
            to=AWSPrincipal(account),
            when=(StringEquals("kms:ViaService", list(via)),),
            why="Lets IAM allow use of the key through Lambda, Logs and SQS: without it nobody "
            "can configure a function, write an encrypted log event or a dead letter.",
        ),
        Grant(
            sid="GrantThroughLambda",
            actions=(kms.CreateGrant,),
            on=THIS_KEY,
            to=AWSPrincipal(account),
            when=(StringEquals("kms:ViaService", via[0]),),
            why="Lambda decrypts a function's environment by a grant that it makes with the rights "
            "of whoever configures the function (lambda/configuration-envvars-encryption).",
        ),
        Grant(
            sid="EncryptLogs",
            actions=LOGS_ACTIONS,
            on=THIS_KEY,
            to=Principal("Service", logs),
            when=(ArnLike("kms:EncryptionContext:aws:logs:arn", groups),),
            why="CloudWatch Logs encrypts the log groups as itself (logs/encrypt-log-data-kms): "
            "without it they cannot be created with this key.",
        ),
    )


def s3_key(*, account: Arn, via_s3: Arn) -> tuple[Grant, ...]:
    """The key of source and artifacts. S3 asks for it as the role that reads or writes."""
    return (
        _administer(account),
        Grant(
            sid="UseThroughS3",
            actions=WRITE_ACTIONS,
            on=THIS_KEY,
            to=AWSPrincipal(account),
            when=(StringEquals("kms:ViaService", via_s3),),
            why="Lets IAM allow use of the key through S3: without it no role and no person can "
            "read or write source and artifacts, whatever their own policy says.",
        ),
    )


def through_sns(*, account: Arn, via_sns: Arn) -> Grant:
    """The pipeline may ask for an approval: it publishes as its role."""
    return Grant(
        sid="UseThroughSns",
        actions=WRITE_ACTIONS,
        on=THIS_KEY,
        to=AWSPrincipal(account),
        when=(StringEquals("kms:ViaService", via_sns),),
        why="Lets IAM allow use of the key through SNS: without it the pipeline cannot ask for an "
        "approval.",
    )


def sns_key(*, account: Arn, alarms: Arn) -> tuple[Grant, ...]:
    """The key of the topic. Alarms and events publish as services."""
    return (
        _administer(account),
        Grant(
            sid="PublishAlarms",
            actions=WRITE_ACTIONS,
            on=THIS_KEY,
            to=Principal("Service", "cloudwatch.amazonaws.com"),
            when=(
                StringEquals("aws:SourceAccount", account),
                ArnLike("aws:SourceArn", alarms),
            ),
            why="CloudWatch publishes to the encrypted topic as itself: without it every alarm "
            "fires and nobody hears (sns/sns-key-management).",
        ),
        Grant(
            sid="PublishEvents",
            actions=WRITE_ACTIONS,
            on=THIS_KEY,
            to=Principal("Service", "events.amazonaws.com"),
            why="EventBridge publishes a failed pipeline to the encrypted topic as itself. AWS "
            "documents that source conditions do not work from EventBridge to an encrypted topic "
            "(sns/sns-key-management), so there is none.",
        ),
    )


def _administer(account: Arn) -> Grant:
    return Grant(
        sid="Administer",
        actions=ADMINISTER,
        on=THIS_KEY,
        to=AWSPrincipal(account),
        why="Lets IAM say who administers the key: without it the key could be changed by nobody "
        "but AWS Support. It allows no use and no grants.",
    )
