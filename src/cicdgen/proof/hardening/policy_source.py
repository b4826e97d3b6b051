"""A service uses a key, topic, queue or bucket for what is yours, and not for somebody else's.

Some services say in each request for which resource they act. Where they do, a policy that lets
the service in and does not look is open to a resource of any other account (confused deputy).
Source: AmazonCloudWatchLogs/encrypt-log-data-kms, eventbridge/eb-rule-dlq,
AmazonS3/enable-server-access-logging, sns/sns-key-management; for alarms, CDK's and others' own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Effect
from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.granted import resource_statements
from cicdgen.proof.parts.limits import limiting_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "policy-source"
_SAID = {
    ("logs", "AWS::KMS::Key"): "AmazonCloudWatchLogs/encrypt-log-data-kms",
    ("events", "AWS::SQS::QueuePolicy"): "eventbridge/eb-rule-dlq",
    ("logging.s3", "AWS::S3::BucketPolicy"): "AmazonS3/enable-server-access-logging",
    ("s3", "AWS::SNS::TopicPolicy"): "AmazonS3/grant-destinations-permissions-to-s3",
    ("s3", "AWS::SQS::QueuePolicy"): "AmazonS3/grant-destinations-permissions-to-s3",
    ("sns", "AWS::SQS::QueuePolicy"): "sns/subscribe-sqs-queue-to-sns-topic",
}
"""By service and where the policy stands: who is known to say, and the page that shows it."""
_LIMITS = (
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceorg",
    "kms:encryptioncontext",
    "kms:calleraccount",
    "aws:principal",
)


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every statement for a service that says for whom it acts."""
    for statement in resource_statements(stack):
        if statement.effect is not Effect.ALLOW:
            continue
        if any(key.startswith(_LIMITS) for key in limiting_keys(statement)):
            continue
        kind = stack.resources[statement.origin.resource].type
        for entry in statement.grantees.entries if statement.grantees else ():
            name = (entry.value.known or str(entry.value)).partition(".amazonaws")[0]
            name = "logs" if name.startswith("logs.") else name
            page = _SAID.get((name, kind))
            if page is not None:
                yield Flaw(
                    check=NAME,
                    path=statement.origin.path,
                    message=f"{statement} lets {entry.value} in for anyone's sake",
                    fix="add a condition on aws:SourceArn or aws:SourceAccount (for Logs:"
                    " kms:EncryptionContext:aws:logs:arn)",
                    source=page,
                )
