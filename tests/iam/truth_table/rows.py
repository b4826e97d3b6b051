"""What the tables share: the pages, resources, policies and how a row becomes a test.

A row is a name, the page that answers its question (as guide/page), the answer, and the question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.iam.asking import (
    ACCOUNT,
    OTHER,
    ROLE_ARN,
    SESSION_ARN,
    USER_ARN,
    Outcome,
    Question,
    allow,
    deny,
)

from cicdgen.cloudformation import Text
from cicdgen.iam import RoleSession

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _pytest.mark.structures import ParameterSet

DENYALLOW = "IAM/reference_policies_evaluation-logic_policy-eval-denyallow"
BASICS = "IAM/reference_policies_evaluation-logic_policy-eval-basics"
CROSS = "IAM/reference_policies_evaluation-logic-cross-account"
BOUNDARIES = "IAM/access_policies_boundaries"
PRINCIPAL = "IAM/reference_policies_elements_principal"
NOTPRINCIPAL = "IAM/reference_policies_elements_notprincipal"
NOTRESOURCE = "IAM/reference_policies_elements_notresource"
NOTACTION = "IAM/reference_policies_elements_notaction"
RESOURCE = "IAM/reference_policies_elements_resource"
ACTION = "IAM/reference_policies_elements_action"
VARIABLES = "IAM/reference_policies_variables"
KMS = "kms/key-policy-default"
VIA = "kms/conditions-kms"
TRUST = "IAM/access_policies-cross-account-resource-access"
LAMBDA = "lambda/access-control-resource-based"

BUCKET = "arn:aws:s3:::amzn-s3-demo-bucket"
OBJECT = f"{BUCKET}/photo.jpg"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:news"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"
TARGET_ROLE = f"arn:aws:iam::{ACCOUNT}:role/target"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:worker"

READ = allow("s3:GetObject", OBJECT)
READ_BY = {
    "everyone": allow("s3:GetObject", OBJECT, principal="*"),
    "everyone in AWS": allow("s3:GetObject", OBJECT, principal={"AWS": "*"}),
    "role": allow("s3:GetObject", OBJECT, principal={"AWS": ROLE_ARN}),
    "session": allow("s3:GetObject", OBJECT, principal={"AWS": SESSION_ARN}),
    "user": allow("s3:GetObject", OBJECT, principal={"AWS": USER_ARN}),
    "account": allow("s3:GetObject", OBJECT, principal={"AWS": ACCOUNT}),
    "root": allow("s3:GetObject", OBJECT, principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    "other account": allow("s3:GetObject", OBJECT, principal={"AWS": OTHER}),
}
ONLY_SQS = [allow("sqs:*")]
CARLOS = [
    allow(["s3:GetBucketLocation", "s3:ListAllMyBuckets"], "arn:aws:s3:::*"),
    allow("s3:*", [f"{BUCKET}-carlos/*", f"{BUCKET}-carlos"]),
    deny("s3:*", "arn:aws:s3:::*log*"),
]
CARLOS_BUCKET = [
    allow("s3:*", [f"{BUCKET}-carlos/*", f"{BUCKET}-carlos"], principal={"AWS": USER_ARN})
]
DEMO = RoleSession(Text("arn:aws:iam::111111111111:role/Demo"), "x")
DEMO_POLICY = [
    allow("s3:ListAllMyBuckets"),
    allow("s3:*Object*", "arn:aws:s3:::production/*"),
    deny("s3:*", ["arn:aws:s3:::*log*", "arn:aws:s3:::*log*/*"]),
]
PRODUCTION = [
    allow(
        ["s3:GetObject*", "s3:PutObject*", "s3:ReplicateObject", "s3:RestoreObject"],
        "arn:aws:s3:::production/*",
        principal={"AWS": "arn:aws:iam::111111111111:role/Demo"},
    )
]
SHIRLEY = [allow(["s3:*", "cloudwatch:*", "ec2:*"])]

Row = tuple[str, str, Outcome, Question]


def read(**given: object) -> Question:
    """A question about reading the object."""
    return Question(action="s3:GetObject", resource=OBJECT, **given)  # type: ignore[arg-type]


def decrypt(**given: object) -> Question:
    """A question about decrypting with the key."""
    return Question(action="kms:Decrypt", resource=KEY, **given)  # type: ignore[arg-type]


def assume(**given: object) -> Question:
    """A question about assuming the target role."""
    return Question(action="sts:AssumeRole", resource=TARGET_ROLE, **given)  # type: ignore[arg-type]


def trust(principal: object, action: str = "sts:AssumeRole", condition: object = None) -> object:
    """A statement of a trust policy."""
    return allow(action, None, condition, principal=principal)


def key(actions: object, principal: object, condition: object = None) -> object:
    """A statement of a key policy."""
    return allow(actions, "*", condition, principal=principal)


def table(*tables: Sequence[Row]) -> list[ParameterSet]:
    """Rows as parameters of a test, named by what they say and where it is said."""
    rows = [row for rows in tables for row in rows]
    return [
        pytest.param(expected, question, id=f"{name} [{source}]")
        for name, source, expected, question in rows
    ]
