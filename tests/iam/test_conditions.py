"""Condition operators, by the tables of AWS's documentation and beyond them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.iam.asking import ROLE, Question, allow

from cicdgen.cloudformation import Shape, Text
from cicdgen.iam import ABSENT, UNKNOWN, Statement
from cicdgen.iam.context import Context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.cloudformation.truth import Truth
    from cicdgen.iam.context import Given

OPERATORS = "IAM/reference_policies_elements_condition_operators"
SETS = "IAM/reference_policies_condition-single-vs-multi-valued-context-keys"
SEVERAL = "IAM/reference_policies_condition-logic-multiple-context-keys-or-values"
VARIABLES = "IAM/reference_policies_variables"

ADMIN = {"StringEquals": {"aws:PrincipalTag/job-category": "iamuser-admin"}}
HOME = {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/"]}}
TAGGED = {
    "StringEqualsIgnoreCase": {"aws:RequestTag/environment": ["preprod", "storage"]},
    "ForAnyValue:StringEquals": {"aws:TagKeys": "environment"},
}
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
BINARY = {"BinaryEquals": {"key": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}
OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
BOTH_FAMILIES = {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"]}}
TOPIC = {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-west-2:123456789012:TOPIC-ID"}}
SOURCES = {
    "ForAllValues:ArnLike": {
        "logs:LogGeneratingResourceArns": [
            "arn:aws:cloudfront::123456789012:distribution/*",
            "arn:aws:cloudfront::123456789012:distribution/support*",
        ]
    }
}
SIZES = {"StringLikeIfExists": {"ec2:InstanceType": ["t1.*", "t2.*", "m3.*"]}}
TOKEN = {"Null": {"aws:TokenIssueTime": "false"}}
ALL_TAGS = {
    "ForAllValues:StringEquals": {"aws:TagKeys": ["environment", "cost-center"]},
    "Null": {"aws:TagKeys": "false"},
}
ANY_TAG = {"ForAnyValue:StringEquals": {"aws:TagKeys": ["environment", "cost-center"]}}
STAFF = {
    "StringEquals": {
        "aws:PrincipalTag/department": ["finance", "hr", "legal"],
        "aws:PrincipalTag/role": ["audit", "security"],
    },
    "ArnLike": {
        "aws:PrincipalArn": [
            "arn:aws:iam::222222222222:user/Ana",
            "arn:aws:iam::222222222222:user/Mary",
        ]
    },
}
NOT_STAFF = {**STAFF, "ArnNotLike": STAFF["ArnLike"]}
del NOT_STAFF["ArnLike"]
OWNER = {"StringNotEquals": {"s3:ExistingObjectTag/Team": "${aws:PrincipalTag/Team}"}}
MARY, NIKKI = "arn:aws:iam::222222222222:user/Mary", "arn:aws:iam::222222222222:user/Nikki"
SOURCE = "aws:SourceArn"
LOGS = "logs:LogGeneratingResourceArns"
DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution"
ENCRYPTED = {
    "Null": {"s3:x-amz-server-side-encryption": "false"},
    "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
}


def _department(department: str, role: str | None, arn: str) -> dict[str, Given]:
    tags = {"aws:PrincipalTag/department": department, "aws:PrincipalTag/role": role}
    return {**{k: v for k, v in tags.items() if v is not None}, "aws:PrincipalArn": arn}


DOCUMENTED = [
    (OPERATORS, ADMIN, {"aws:PrincipalTag/job-category": "iamuser-admin"}, True),
    (OPERATORS, ADMIN, {"aws:PrincipalTag/job-category": "dev-ops"}, False),
    (OPERATORS, ADMIN, {}, False),
    (OPERATORS, HOME, {"aws:username": "martha", "s3:prefix": "home/martha/"}, True),
    (OPERATORS, HOME, {"aws:username": "nikki", "s3:prefix": "home/martha/"}, False),
    (OPERATORS, HOME, {"aws:username": ABSENT, "s3:prefix": "home/martha/"}, False),
    (OPERATORS, HOME, {"aws:username": ABSENT, "s3:prefix": "home/"}, True),
    (
        OPERATORS,
        TAGGED,
        {"aws:TagKeys": ["environment"], "aws:RequestTag/environment": "preprod"},
        True,
    ),
    (
        OPERATORS,
        TAGGED,
        {"aws:TagKeys": ["environment", "costcenter"], "aws:RequestTag/environment": "PreProd"},
        True,
    ),
    (
        OPERATORS,
        TAGGED,
        {"aws:TagKeys": ["Environment"], "aws:RequestTag/Environment": "preprod"},
        False,
    ),
    (
        OPERATORS,
        TAGGED,
        {"aws:TagKeys": ["costcenter"], "aws:RequestTag/environment": "preprod"},
        False,
    ),
    (OPERATORS, TAGGED, {"aws:RequestTag/environment": "storage"}, False),
    (OPERATORS, TAGGED, {"aws:TagKeys": ["environment"]}, False),
    (OPERATORS, TAGGED, {}, False),
    (OPERATORS, PLAIN, {"aws:SecureTransport": "false"}, True),
    (OPERATORS, PLAIN, {"aws:SecureTransport": "true"}, False),
    (OPERATORS, PLAIN, {}, False),
    (OPERATORS, BINARY, {"key": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}, True),
    (OPERATORS, BINARY, {"key": "ASIAIOSFODNN7EXAMPLE"}, False),
    (OPERATORS, BINARY, {}, False),
    (OPERATORS, OFFICE, {"aws:SourceIp": "203.0.113.1"}, True),
    (OPERATORS, OFFICE, {"aws:SourceIp": "198.51.100.1"}, False),
    (OPERATORS, BOTH_FAMILIES, {"aws:SourceIp": "2001:db8:1234:5678::1"}, True),
    (OPERATORS, BOTH_FAMILIES, {"aws:SourceIp": "2001:db8:1234:5679::1"}, False),
    (OPERATORS, TOPIC, {SOURCE: "arn:aws:sns:us-west-2:123456789012:TOPIC-ID"}, True),
    (OPERATORS, TOPIC, {SOURCE: "arn:aws:sns:us-west-2:777788889999:TOPIC-ID"}, False),
    (OPERATORS, TOPIC, {}, False),
    (OPERATORS, SOURCES, {LOGS: [f"{DISTRIBUTION}/costcenter"]}, True),
    (OPERATORS, SOURCES, {LOGS: [f"{DISTRIBUTION}/c", f"{DISTRIBUTION}/support2025"]}, True),
    (OPERATORS, SOURCES, {LOGS: ["arn:aws:cloudfront::777788889999:distribution/c"]}, False),
    (OPERATORS, SOURCES, {}, True),
    (OPERATORS, SIZES, {"ec2:InstanceType": "t1.micro"}, True),
    (OPERATORS, SIZES, {"ec2:InstanceType": "m2.micro"}, False),
    (OPERATORS, SIZES, {}, True),
    (OPERATORS, TOKEN, {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}, True),
    (OPERATORS, TOKEN, {}, False),
    (SETS, ALL_TAGS, {"aws:TagKeys": ["environment"]}, True),
    (SETS, ALL_TAGS, {"aws:TagKeys": ["cost-center"]}, True),
    (SETS, ALL_TAGS, {"aws:TagKeys": ["environment", "cost-center"]}, True),
    (SETS, ALL_TAGS, {"aws:TagKeys": ["environment", "dept"]}, False),
    (SETS, ALL_TAGS, {}, False),
    (SETS, ANY_TAG, {"aws:TagKeys": ["environment"]}, True),
    (SETS, ANY_TAG, {"aws:TagKeys": ["environment", "dept"]}, True),
    (SETS, ANY_TAG, {"aws:TagKeys": ["dept"]}, False),
    (SETS, ANY_TAG, {}, False),
    (SEVERAL, STAFF, _department("legal", "audit", MARY), True),
    (SEVERAL, STAFF, _department("hr", "audit", NIKKI), False),
    (SEVERAL, STAFF, _department("hr", "payroll", MARY), False),
    (SEVERAL, STAFF, _department("hr", None, MARY), False),
    (SEVERAL, STAFF, {"aws:PrincipalArn": MARY}, False),
    (SEVERAL, NOT_STAFF, _department("legal", "audit", NIKKI), True),
    (SEVERAL, NOT_STAFF, _department("hr", "audit", MARY), False),
    (SEVERAL, NOT_STAFF, _department("hr", "payroll", NIKKI), False),
    (SEVERAL, NOT_STAFF, {"aws:PrincipalArn": NIKKI}, False),
    (VARIABLES, OWNER, {"s3:ExistingObjectTag/Team": "a", "aws:PrincipalTag/Team": "a"}, False),
    (VARIABLES, OWNER, {"s3:ExistingObjectTag/Team": "a", "aws:PrincipalTag/Team": "b"}, True),
    (VARIABLES, OWNER, {"s3:ExistingObjectTag/Team": "a"}, True),
    ("S3 uploads that say nothing", ENCRYPTED, {}, False),
    ("S3 uploads that say else", ENCRYPTED, {"s3:x-amz-server-side-encryption": "AES256"}, True),
    (
        "IfExists does not help a negated operator",
        {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}},
        {},
        True,
    ),
]

AT = "2026-06-01T12:00:00Z"
COMPARED: list[tuple[str, str, str, Truth]] = [
    ("StringEquals", "a*", "abc", False),
    ("StringEquals", "a*", "a*", True),
    ("StringEquals", "Team", "team", False),
    ("StringEqualsIgnoreCase", "Team", "tEAM", True),
    ("StringNotEqualsIgnoreCase", "Team", "tEAM", False),
    ("StringLike", "t?am*", "team-1", True),
    ("StringLike", "${*}am", "team", False),
    ("StringLike", "${*}am", "*am", True),
    ("StringLike", "${$}{x}", "${x}", True),
    ("StringNotLike", "t?am*", "other", True),
    ("NumericEquals", "10", "10.0", True),
    ("NumericNotEquals", "10", "11", True),
    ("NumericLessThan", "10", "9.5", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", "10", "10.1", True),
    ("NumericGreaterThanEquals", "10", "9", False),
    ("NumericEquals", "ten", "10", None),
    ("DateEquals", AT, "2026-06-01T14:00:00+02:00", True),
    ("DateNotEquals", AT, "2026-06-01T12:00:01Z", True),
    ("DateLessThan", AT, "2026-05-31T23:59:59Z", True),
    ("DateLessThanEquals", AT, AT, True),
    ("DateGreaterThan", AT, "1780315201", True),
    ("DateGreaterThan", "1780315200", AT, False),
    ("DateGreaterThanEquals", AT, "2026-06", False),
    ("DateEquals", "soon", AT, None),
    ("Bool", "TRUE", "true", True),
    ("Bool", "yes", "true", None),
    ("IpAddress", "203.0.113.9", "203.0.113.9", True),
    ("NotIpAddress", "203.0.113.0/24", "198.51.100.1", True),
    ("IpAddress", "office", "198.51.100.1", None),
    ("ArnEquals", "arn:aws:s3:::b*", "arn:aws:s3:::bucket", True),
    ("ArnLike", "arn:aws:*:us-east-1:*:x", "arn:aws:sns:us-east-1:111122223333:x", True),
    ("ArnLike", "arn:aws:*:x", "arn:aws:sns:us-east-1:111122223333:x", None),
    ("ArnLike", "arn:aws:s*1:111122223333:x:y", "arn:aws:sns:us-east-1:111122223333:x:y", False),
    ("ArnLike", "arn:aws:sns:*:*:x", "anonymous", False),
    ("ArnNotLike", "arn:aws:sns:*:*:x", "arn:aws:sns:us-east-1:111122223333:x", False),
    ("ArnLike", "arn:aws:logs:*:*:log-group:*", "arn:aws:logs:r:1:log-group:a:b", True),
]

ABSENCES: list[tuple[str, Any, Truth]] = [
    ("StringEquals", "x", False),
    ("StringEqualsIfExists", "x", True),
    ("StringNotEquals", "x", True),
    ("StringNotEqualsIfExists", "x", True),
    ("NumericLessThan", "1", False),
    ("DateGreaterThan", AT, False),
    ("BoolIfExists", "true", True),
    ("NotIpAddress", "203.0.113.0/24", True),
    ("ArnNotLike", "arn:aws:s3:::*", True),
    ("ForAllValues:StringEquals", "x", True),
    ("ForAllValues:StringNotEquals", "x", True),
    ("ForAnyValue:StringEquals", "x", False),
    ("ForAnyValue:StringNotEquals", "x", False),
    ("ForAnyValue:StringEqualsIfExists", "x", None),
    ("Null", "true", True),
    ("Null", "false", False),
    ("Null", ["true", "false"], True),
]

SEVERAL_VALUES: list[tuple[str, Any, list[str], Truth]] = [
    ("ForAllValues:StringNotEquals", "x", ["a", "b"], True),
    ("ForAllValues:StringNotEquals", "x", ["a", "x"], False),
    ("ForAnyValue:StringNotEquals", "x", ["a", "x"], True),
    ("ForAnyValue:StringNotEquals", "x", ["x"], False),
    ("ForAllValues:StringEquals", "x", [], True),
    ("ForAllValues:StringEquals", "x", [""], True),
    ("ForAnyValue:StringEquals", "x", [], False),
    ("StringEquals", ["a", "b"], ["a", "b"], True),
    ("StringEquals", "a", ["a", "b"], None),
    ("Null", "true", [], True),
    ("Null", "true", [""], None),
]


def _holds(condition: Mapping[str, Any], context: Context) -> Truth:
    statement: Statement = Question(
        action="s3:GetObject", identity=[allow("*", "*", condition)]
    ).policies.statements[0]
    request = Question(action="s3:GetObject", resource="arn:aws:s3:::b/k", principal=ROLE).request
    return statement.about(
        type(request)(
            principal=request.principal,
            action=request.action,
            resource=request.resource,
            given=context,
        )
    )


@pytest.mark.parametrize("source, condition, context, expected", DOCUMENTED)
def test_a_condition_matches_as_the_page_says(
    source: str, condition: Mapping[str, Any], context: Mapping[str, Given], expected: Truth
) -> None:
    """Each row of AWS's tables, and each sentence beside them, comes out as printed."""
    assert source
    assert expected is _holds(condition, Context.of(context, unmentioned=ABSENT))


@pytest.mark.parametrize("name, value, given, expected", COMPARED)
def test_an_operator_compares(name: str, value: str, given: str, expected: Truth) -> None:
    """Each operator compares as its family does; what cannot be read is unknown."""
    assert expected is _holds({name: {"k:Key": value}}, Context.of({"k:key": given}))


@pytest.mark.parametrize("name, value, expected", ABSENCES)
def test_an_absent_key(name: str, value: Any, expected: Truth) -> None:  # noqa: ANN401
    """A key that is absent fails positive operators and passes negated ones and `IfExists`."""
    assert expected is _holds({name: {"k:Key": value}}, Context.of({"k:Key": ABSENT}))


@pytest.mark.parametrize("name, value, given, expected", SEVERAL_VALUES)
def test_several_values(name: str, value: Any, given: list[str], expected: Truth) -> None:  # noqa: ANN401
    """Set operators look at every value; without one, several values are no certain answer."""
    assert expected is _holds({name: {"k:Key": value}}, Context.of({"k:Key": given}))


@pytest.mark.parametrize("name", [name for name, _, _ in ABSENCES])
def test_a_key_that_nobody_knows(name: str) -> None:
    """Whether a condition on a key that may or may not be there holds, is unknown."""
    assert _holds({name: {"k:Key": "true"}}, Context.of({"k:Key": UNKNOWN})) is None


def test_keys_are_named_in_any_case() -> None:
    """`AWS:SourceArn` in a policy is `aws:sourcearn` in the request."""
    context = Context.of({"aws:sourceARN": "arn:aws:s3:::b"})

    assert _holds({"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::*"}}, context) is True


def test_a_value_that_nobody_knows_equals_itself() -> None:
    """A key's value may be a token: equal to the same token, and to nothing generated else."""
    account, bucket = Text.token("Account", Shape.ACCOUNT), Text.token("Bucket", Shape.MADE)
    condition = {"StringEquals": {"aws:SourceAccount": account.code}}

    assert _holds(condition, Context.of({"aws:SourceAccount": account})) is True
    assert _holds(condition, Context.of({"aws:SourceAccount": "111122223333"})) is None
    assert _holds(condition, Context.of({"aws:SourceAccount": "nobody"})) is False
    assert _holds(condition, Context.of({"aws:SourceAccount": bucket})) is False
