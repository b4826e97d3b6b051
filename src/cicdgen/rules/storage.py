"""Buckets, topics and queues: who may reach them, and how."""

from __future__ import annotations

from cicdgen.rules.rule import Rule

RULES = (
    Rule(
        id="E9511",
        title="The owner of a bucket owns its objects, and no ACL gives them away",
        why=(
            "ACLs are how buckets became public for years. `AccessControl` is legacy: S3 has ACLs "
            "turned off in new buckets, and the stack fails when a template sets one that gives "
            "anything away. CloudFront's standard logs alone still need them."
        ),
        fix="Remove AccessControl, and set OwnershipControls to BucketOwnerEnforced.",
        source="AmazonS3/about-object-ownership",
        checks=("bucket-ownership",),
        failures=(11,),
    ),
    Rule(
        id="W9511",
        title="A bucket keeps the versions of its objects, and forgets them after a while",
        why=(
            "Without versions what is overwritten is gone. With versions and no end to them, the "
            "bucket grows for ever."
        ),
        fix=(
            "Enable VersioningConfiguration, and add a lifecycle rule with "
            "NoncurrentVersionExpiration."
        ),
        source="AmazonS3/Versioning",
        checks=("bucket-versions",),
        failures=(11,),
    ),
    Rule(
        id="E9551",
        title="No bucket can be opened to the public",
        why=(
            "The four settings of Block Public Access hold whatever an ACL or a policy says "
            "tomorrow. One that is off is a mistake away from the front page."
        ),
        fix="Set all four settings of PublicAccessBlockConfiguration to true.",
        source="AmazonS3/access-control-block-public-access",
        checks=("bucket-public",),
    ),
    Rule(
        id="W9551",
        title="A bucket says that it is closed to the public",
        why=(
            "S3 turns Block Public Access on in a bucket that is made since April 2023, and leaves "
            "an older one as it is. Whoever takes the settings out of a template turns them off."
        ),
        fix="Set all four settings of PublicAccessBlockConfiguration to true.",
        source="AmazonS3/access-control-block-public-access",
        checks=("bucket-closed",),
    ),
    Rule(
        id="E9567",
        title="A bucket's policy is about that bucket",
        why="S3 refuses a policy with a statement about another bucket, and the stack fails.",
        fix="Name the bucket that the policy hangs on: its ARN, and its ARN with /*.",
        source="AmazonS3/example-bucket-policies",
        checks=("policy-about",),
    ),
    Rule(
        id="W9568",
        title="A service uses a key, topic, queue or bucket for what is yours",
        why=(
            "Logs, EventBridge and S3 act for every account, and say for which resource. A policy "
            "that lets the service in without a look at that is open to anybody's resource: the "
            "confused deputy."
        ),
        fix=(
            "Add a condition on aws:SourceArn or aws:SourceAccount; for Logs and a key, on "
            "kms:EncryptionContext:aws:logs:arn."
        ),
        source="IAM/confused-deputy",
        checks=("policy-source",),
    ),
    Rule(
        id="W9552",
        title="Who asked a bucket for what is written down",
        why="After an incident the access log is what says which objects were read, and by whom.",
        fix="Set LoggingConfiguration to a bucket that takes access logs.",
        source="AmazonS3/ServerLogs",
        checks=("bucket-logging",),
    ),
    Rule(
        id="W9554",
        title="Buckets, topics and queues refuse plain HTTP",
        why=(
            "AWS's endpoints still answer without TLS. A statement on a bucket's objects alone "
            "leaves the bucket open, and the other way round."
        ),
        fix=(
            "Deny every action to everybody where aws:SecureTransport is false, on the bucket and "
            "on its objects."
        ),
        source="AmazonS3/security-best-practices",
        checks=("plain-http",),
    ),
    Rule(
        id="E9555",
        title="No policy of a resource allows everyone in the world",
        why=(
            "The principal `*` is every account there is, and everybody without one. A condition "
            "that anyone can meet does not change that."
        ),
        fix="Name the accounts or roles, or ask for aws:SourceAccount or aws:PrincipalOrgID.",
        source="IAM/reference_policies_elements_principal",
        checks=("policy-public",),
    ),
    Rule(
        id="E9556",
        title="A queue is encrypted",
        why="SQS encrypts by default: only a template that turns it off has a plain queue.",
        fix="Leave SqsManagedSseEnabled out, or name a key in KmsMasterKeyId.",
        source="AWSSimpleQueueService/sqs-server-side-encryption",
        checks=("queue-encryption",),
    ),
    Rule(
        id="W9573",
        title="What a topic tells goes out encrypted",
        why="Over http a notice can be read, and forged, on its way.",
        fix="Subscribe an https endpoint.",
        source="sns/sns-security-best-practices",
        checks=("subscription-plain",),
    ),
)
