"""Keys and roles: their own policy has to allow, or to hand the decision on."""

from __future__ import annotations

import pytest
from tests.iam.asking import (
    ACCOUNT,
    OTHER,
    ROLE_ARN,
    ROOT,
    STRANGER,
    Outcome,
    Question,
    allow,
    deny,
)
from tests.iam.truth_table.rows import (
    KEY,
    KMS,
    PRINCIPAL,
    TARGET_ROLE,
    TRUST,
    VIA,
    Row,
    assume,
    decrypt,
    key,
    table,
    trust,
)

from cicdgen.cloudformation import Shape, Text
from cicdgen.iam import Federated, RoleSession, Service

IMPORTED = Text.token("import deployer", Shape.GIVEN)
GENERATED_ROLE = Text(f"arn:aws:iam::{ACCOUNT}:role/") + Text.token("Role", Shape.MADE)

KEYS: list[Row] = [
    (
        "identity policy without the key policy",
        KMS,
        "denied",
        decrypt(identity=[allow("kms:Decrypt", KEY)]),
    ),
    (
        "key policy hands over, identity allows",
        KMS,
        "allowed",
        decrypt(identity=[allow("kms:Decrypt", KEY)], on_resource=[key("kms:*", {"AWS": ACCOUNT})]),
    ),
    (
        "key policy hands over, identity lacks",
        KMS,
        "denied",
        decrypt(on_resource=[key("kms:*", {"AWS": ACCOUNT})]),
    ),
    (
        "key policy hands over other actions only",
        KMS,
        "denied",
        decrypt(
            identity=[allow("kms:Decrypt", KEY)],
            on_resource=[key(["kms:Create*", "kms:Describe*", "kms:Put*"], {"AWS": ACCOUNT})],
        ),
    ),
    (
        "the seed's key: administration for the account, use for services",
        KMS,
        "denied",
        decrypt(
            identity=[allow("kms:Decrypt", KEY)],
            context={"kms:ViaService": "s3.us-east-1.amazonaws.com"},
            on_resource=[
                key(["kms:Create*", "kms:Describe*", "kms:Enable*"], {"AWS": ACCOUNT}),
                key(
                    ["kms:Decrypt", "kms:GenerateDataKey*"],
                    {"Service": ["lambda.amazonaws.com", "s3.amazonaws.com"]},
                    {"StringEquals": {"kms:ViaService": ["s3.us-east-1.amazonaws.com"]}},
                ),
            ],
        ),
    ),
    (
        "key policy names the role",
        KMS,
        "allowed",
        decrypt(on_resource=[key("kms:Decrypt", {"AWS": ROLE_ARN})]),
    ),
    (
        "key policy names everyone",
        KMS,
        "allowed",
        decrypt(on_resource=[key("kms:Decrypt", "*")]),
    ),
    (
        "deny of an identity policy is effective",
        KMS,
        "denied explicitly",
        decrypt(identity=[deny("kms:Decrypt", KEY)], on_resource=[key("kms:*", {"AWS": ROLE_ARN})]),
    ),
    (
        "handed over only through S3: through S3",
        VIA,
        "allowed",
        decrypt(
            identity=[allow("kms:Decrypt", KEY)],
            context={"kms:ViaService": "s3.us-east-1.amazonaws.com"},
            on_resource=[
                key(
                    "kms:Decrypt",
                    {"AWS": ACCOUNT},
                    {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
                )
            ],
        ),
    ),
    (
        "handed over only through S3: directly",
        VIA,
        "denied",
        decrypt(
            identity=[allow("kms:Decrypt", KEY)],
            on_resource=[
                key(
                    "kms:Decrypt",
                    {"AWS": ACCOUNT},
                    {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
                )
            ],
        ),
    ),
    (
        "kms:CallerAccount is the caller's",
        VIA,
        "allowed",
        decrypt(
            on_resource=[key("kms:Decrypt", "*", {"StringEquals": {"kms:CallerAccount": ACCOUNT}})]
        ),
    ),
    (
        "kms:CallerAccount of a stranger",
        VIA,
        "denied",
        decrypt(
            principal=STRANGER,
            identity=[allow("kms:Decrypt", KEY)],
            on_resource=[key("kms:Decrypt", "*", {"StringEquals": {"kms:CallerAccount": ACCOUNT}})],
        ),
    ),
    (
        "root user without the key policy",
        KMS,
        "denied",
        decrypt(principal=ROOT, on_resource=[key("kms:Decrypt", {"AWS": ROLE_ARN})]),
    ),
    (
        "an action without a key needs the identity policy only",
        KMS,
        "allowed",
        Question(action="kms:ListAliases", identity=[allow("kms:ListAliases")]),
    ),
    (
        "an alias has no policy of its own",
        KMS,
        "allowed",
        Question(
            action="kms:DeleteAlias",
            resource=f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/shop",
            identity=[allow("kms:DeleteAlias")],
        ),
    ),
    (
        "key policy names somebody, who may be the account",
        KMS,
        "unknown",
        decrypt(
            principal=RoleSession(GENERATED_ROLE),
            identity=[allow("kms:Decrypt", KEY)],
            on_resource=[key("kms:Decrypt", {"AWS": IMPORTED.code})],
        ),
    ),
    (
        "key policy names somebody who is not this role, and the role has nothing",
        KMS,
        "denied",
        decrypt(
            principal=RoleSession(GENERATED_ROLE),
            on_resource=[key("kms:Decrypt", {"AWS": IMPORTED.code})],
        ),
    ),
    (
        "a key that nobody knows",
        KMS,
        "unknown",
        decrypt(identity=[allow("kms:Decrypt", KEY)], on_resource=None),
    ),
]

ROLES: list[Row] = [
    (
        "identity policy without the trust policy",
        TRUST,
        "denied",
        assume(identity=[allow("sts:AssumeRole", TARGET_ROLE)]),
    ),
    (
        "trust of the role itself",
        TRUST,
        "allowed",
        assume(on_resource=[trust({"AWS": ROLE_ARN})]),
    ),
    (
        "trust of the account, identity allows",
        TRUST,
        "allowed",
        assume(
            identity=[allow("sts:AssumeRole", TARGET_ROLE)],
            on_resource=[trust({"AWS": ACCOUNT})],
        ),
    ),
    (
        "trust of the account, identity lacks",
        TRUST,
        "denied",
        assume(on_resource=[trust({"AWS": ACCOUNT})]),
    ),
    (
        "trust of the service",
        PRINCIPAL,
        "allowed",
        assume(
            principal=Service("codepipeline.amazonaws.com"),
            on_resource=[trust({"Service": "codepipeline.amazonaws.com"})],
        ),
    ),
    (
        "EventBridge with the pipeline's role",
        PRINCIPAL,
        "denied",
        assume(
            principal=Service("events.amazonaws.com"),
            on_resource=[trust({"Service": "codepipeline.amazonaws.com"})],
        ),
    ),
    (
        "trust for one source: the source",
        "IAM/confused-deputy",
        "allowed",
        assume(
            principal=Service("codebuild.amazonaws.com"),
            context={"aws:SourceArn": f"arn:aws:codebuild:us-east-1:{ACCOUNT}:project/build"},
            on_resource=[
                trust(
                    {"Service": "codebuild.amazonaws.com"},
                    condition={
                        "ArnEquals": {
                            "aws:SourceArn": f"arn:aws:codebuild:us-east-1:{ACCOUNT}:project/build"
                        }
                    },
                )
            ],
        ),
    ),
    (
        "trust for one source: another",
        "IAM/confused-deputy",
        "denied",
        assume(
            principal=Service("codebuild.amazonaws.com"),
            context={"aws:SourceArn": f"arn:aws:codebuild:us-east-1:{OTHER}:project/build"},
            on_resource=[
                trust(
                    {"Service": "codebuild.amazonaws.com"},
                    condition={"StringLike": {"aws:SourceArn": f"arn:aws:codebuild:*:{ACCOUNT}:*"}},
                )
            ],
        ),
    ),
    (
        "web identity of the provider",
        PRINCIPAL,
        "allowed",
        Question(
            action="sts:AssumeRoleWithWebIdentity",
            resource=TARGET_ROLE,
            principal=Federated(Text(f"arn:aws:iam::{ACCOUNT}:oidc-provider/ci.example")),
            on_resource=[
                trust(
                    {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/ci.example"},
                    "sts:AssumeRoleWithWebIdentity",
                )
            ],
        ),
    ),
    (
        "web identity of another provider",
        PRINCIPAL,
        "denied",
        Question(
            action="sts:AssumeRoleWithWebIdentity",
            resource=TARGET_ROLE,
            principal=Federated(Text(f"arn:aws:iam::{ACCOUNT}:oidc-provider/other.example")),
            on_resource=[
                trust(
                    {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/ci.example"},
                    "sts:AssumeRoleWithWebIdentity",
                )
            ],
        ),
    ),
    (
        "trust for web identities is not for AssumeRole",
        PRINCIPAL,
        "denied",
        assume(on_resource=[trust({"AWS": ROLE_ARN}, "sts:AssumeRoleWithWebIdentity")]),
    ),
]


@pytest.mark.parametrize("expected, question", table(KEYS, ROLES))
def test_the_evaluator_says_what_the_page_says(expected: Outcome, question: Question) -> None:
    """Each question gets the answer that AWS's documentation gives."""
    assert expected == question.outcome
