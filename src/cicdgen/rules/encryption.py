"""Keys: who may use them, who may change them, and what rests under them."""

from __future__ import annotations

from cicdgen.rules.rule import Rule

RULES = (
    Rule(
        id="E9501",
        title="A key policy hands out no more than somebody needs",
        why=(
            "`kms:*` for the account lets every administrator of IAM decrypt what the key "
            "protects. `kms:Create*` includes grants, with which whoever has them gives "
            "themselves the rest. In a key policy `*` as a resource is the key itself, so the "
            "actions and the principals are all that narrows it."
        ),
        fix=(
            "List the actions that administer the key for the account, without kms:CreateGrant "
            "and without those that use the key. Give use to roles by name, or to a service under "
            "kms:ViaService."
        ),
        source="kms/key-policy-default",
        checks=("key-wide",),
        failures=(1,),
    ),
    Rule(
        id="E9512",
        title="What a bucket holds is encrypted under a key of your own",
        why=(
            "Under AES256, or under AWS's own key, whoever may read an object may also decrypt "
            "it: there is no second policy that could say no, and no log of who used the key."
        ),
        fix="Set SSEAlgorithm to aws:kms, KMSMasterKeyID to your key, BucketKeyEnabled to true.",
        source="AmazonS3/UsingKMSEncryption",
        checks=("bucket-encryption",),
        failures=(12,),
    ),
    Rule(
        id="W9508",
        title="What a build or a pipeline keeps is encrypted under a key of your own",
        why=(
            "Without a key, artifacts rest under AWS's own: whoever may read the bucket may read "
            "them, and no other account ever can."
        ),
        fix="Name your key in ArtifactStore.EncryptionKey, and in the project's EncryptionKey.",
        source="codepipeline/S3-artifact-encryption",
        checks=("project-key",),
        failures=(8,),
    ),
    Rule(
        id="E9550",
        title="Keys are renewed each year",
        why=(
            "A key that is never renewed protects everything there ever was: whoever gets hold of "
            "its material once has it all."
        ),
        fix="Set EnableKeyRotation to true. Old material stays for what it encrypted.",
        source="kms/rotate-keys",
        checks=("key-rotation",),
    ),
    Rule(
        id="E9553",
        title="A policy on encryption lets through uploads that rely on the bucket's default",
        why=(
            "StringNotEquals is true of a header that is not there, with or without IfExists. A "
            "statement that denies uploads under another key so denies `aws s3 cp`, which sends no "
            "header at all, and no source ever arrives."
        ),
        fix='Add `"Null": {"s3:x-amz-server-side-encryption": "false"}` to the condition.',
        source="AmazonS3/UsingKMSEncryption",
        checks=("bucket-upload",),
    ),
    Rule(
        id="W9569",
        title="The account may use a key through the services that need it",
        why=(
            "A statement for the account hands on to whatever IAM policies say. Without "
            "kms:ViaService, code that got hold of a role can call KMS itself, for anything that "
            "is under the key."
        ),
        fix="Add StringEquals on kms:ViaService with the services, as s3.REGION.amazonaws.com.",
        source="kms/conditions-kms",
        checks=("key-through",),
        failures=(1,),
    ),
    Rule(
        id="W9557",
        title="The environment of a function is under a key of your own",
        why=(
            "Under Lambda's own key whoever may read the function's configuration also reads its "
            "variables."
        ),
        fix="Name your key in KmsKeyArn.",
        source="lambda/configuration-envvars-encryption",
        checks=("function-environment",),
        failures=(4,),
    ),
)
