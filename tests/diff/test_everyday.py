"""Edits that reviewers see every day: each gets the verdict that they would give it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.diff.bodies import allow, deny, given, role, template, when, with_bucket, with_role

from cicdgen.diff import Width, compare
from cicdgen.diff.forms import can_work_on

if TYPE_CHECKING:
    from tests.diff.bodies import Body

SAME, NARROWER, BROADER = Width.SAME, Width.NARROWER, Width.BROADER
BUCKET, OBJECTS = "arn:aws:s3:::data", "arn:aws:s3:::data/*"
LOG = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f"
QUEUE, TOPIC = "arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:sns:us-east-1:123456789012:t"
OTHER = {"AWS": "444455556666"}
_VPC = when("StringEquals", "aws:SourceVpce", "vpce-1")

ON_A_ROLE: dict[str, tuple[list[Body], list[Body], Width]] = {
    "buckets and objects in one statement": (
        [allow("s3:ListBucket", BUCKET), allow("s3:GetObject", OBJECTS)],
        [allow(["s3:ListBucket", "s3:GetObject"], [BUCKET, OBJECTS])],
        SAME,
    ),
    "buckets and objects apart": (
        [allow(["s3:ListBucket", "s3:GetObject"], [BUCKET, OBJECTS])],
        [allow("s3:ListBucket", BUCKET), allow("s3:GetObject", OBJECTS)],
        SAME,
    ),
    "queues and topics in one statement": (
        [allow("sqs:SendMessage", QUEUE), allow("sns:Publish", TOPIC)],
        [allow(["sqs:SendMessage", "sns:Publish"], [QUEUE, TOPIC])],
        SAME,
    ),
    "a bucket beside its objects": (
        [allow("s3:GetObject", OBJECTS)],
        [allow("s3:GetObject", [BUCKET, OBJECTS])],
        SAME,
    ),
    "a bucket whose name has dots": (
        [allow("s3:GetObject", OBJECTS)],
        [allow(["s3:GetObject", "s3:ListBucket"], [OBJECTS, "arn:aws:s3:::my.own.bucket"])],
        BROADER,
    ),
    "an access point": (
        [allow("s3:GetObject", OBJECTS)],
        [
            allow(
                "s3:GetObject",
                [OBJECTS, "arn:aws:s3:us-east-1:123456789012:accesspoint/a/object/*"],
            )
        ],
        BROADER,
    ),
    "an alias of a function": (
        [allow("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:f")],
        [allow("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:f:live")],
        Width.BOTH,
    ),
    "a log's streams by name": (
        [allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{LOG}:*")],
        [allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{LOG}:log-stream:*")],
        NARROWER,
    ),
    "a star to a list": (
        [allow("s3:*", [BUCKET, OBJECTS])],
        [allow(["s3:GetObject", "s3:PutObject"], OBJECTS)],
        NARROWER,
    ),
    "a list to a star": (
        [allow(["s3:GetObject", "s3:GetObjectVersion"], OBJECTS)],
        [allow("s3:Get*", OBJECTS)],
        BROADER,
    ),
    "everything to one service": ([allow("*")], [allow("s3:*")], NARROWER),
    "a denial comes": ([allow("s3:*")], [allow("s3:*"), deny("s3:DeleteBucket")], NARROWER),
    "a denial goes": ([allow("s3:*"), deny("s3:DeleteBucket")], [allow("s3:*")], BROADER),
    "a denial of less": (
        [allow("s3:*"), deny("s3:Delete*")],
        [allow("s3:*"), deny("s3:DeleteBucket")],
        BROADER,
    ),
    "only over TLS": (
        [allow("s3:GetObject", OBJECTS)],
        [allow("s3:GetObject", OBJECTS, **when("Bool", "aws:SecureTransport", "true"))],
        NARROWER,
    ),
    "only with a second factor": (
        [allow("ec2:*")],
        [
            allow("ec2:*"),
            deny(
                "ec2:TerminateInstances",
                "*",
                **when("BoolIfExists", "aws:MultiFactorAuthPresent", "false"),
            ),
        ],
        NARROWER,
    ),
    "only in a region": (
        [allow("ec2:*")],
        [allow("ec2:*", "*", **when("StringEquals", "aws:RequestedRegion", "eu-west-1"))],
        NARROWER,
    ),
    "another network": (
        [allow("s3:GetObject", OBJECTS, **when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))],
        [
            allow(
                "s3:GetObject",
                OBJECTS,
                **when("IpAddress", "aws:SourceIp", "10.0.0.0/8", "192.0.2.0/24"),
            )
        ],
        BROADER,
    ),
    "a condition that forgives": (
        [allow("s3:GetObject", OBJECTS, **_VPC)],
        [
            allow(
                "s3:GetObject", OBJECTS, **when("StringEqualsIfExists", "aws:SourceVpce", "vpce-1")
            )
        ],
        BROADER,
    ),
    "any service may be passed to": (
        [
            allow(
                "iam:PassRole",
                "*",
                **when("StringEquals", "iam:PassedToService", "lambda.amazonaws.com"),
            )
        ],
        [allow("iam:PassRole")],
        BROADER,
    ),
    "a prefix for each user": (
        [allow("s3:GetObject", OBJECTS)],
        [allow("s3:GetObject", "arn:aws:s3:::data/${aws:PrincipalTag/team}/*")],
        NARROWER,
    ),
    "no prefix for each user": (
        [allow("s3:GetObject", "arn:aws:s3:::data/${aws:username}/*")],
        [allow("s3:GetObject", OBJECTS)],
        BROADER,
    ),
    "any account's queue": (
        [allow("sqs:SendMessage", QUEUE)],
        [allow("sqs:SendMessage", "arn:aws:sqs:*:*:q")],
        BROADER,
    ),
}


@pytest.mark.parametrize("case", ON_A_ROLE)
def test_an_edit_of_a_role(case: str) -> None:
    """What a statement cannot permit is no reason for another verdict."""
    before, after, width = ON_A_ROLE[case]
    found = compare(with_role(*before), with_role(*after)).verdicts

    assert [("Role", width)] == [(each.subject, each.width) for each in found]


@pytest.mark.parametrize("case", ON_A_ROLE)
def test_what_is_shown_can_be_asked(case: str) -> None:
    """A witness is a request that AWS would take: the action works on such a resource."""
    before, after, _ = ON_A_ROLE[case]
    shown = [
        each.witness
        for one, other in ((before, after), (after, before))
        for each in compare(with_role(*one), with_role(*other)).verdicts
        if each.witness
    ]

    assert [] == [
        each
        for each in shown
        if not can_work_on(each.action, re.sub(r"\$\{[^}]*\}", "1", each.resource))
    ]


def test_an_edit_of_a_bucket_policy() -> None:
    """Buckets and objects in one statement are the same there, too."""
    before = with_bucket(
        given(allow("s3:ListBucket", BUCKET), OTHER), given(allow("s3:GetObject", OBJECTS), OTHER)
    )
    after = with_bucket(given(allow(["s3:ListBucket", "s3:GetObject"], [BUCKET, OBJECTS]), OTHER))

    assert [Width.SAME] == [each.width for each in compare(before, after).verdicts]


def test_less_than_everything_is_narrower_whatever_it_is() -> None:
    """A policy that cannot be read allows no more than `*` on `*`."""
    unread = {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/SomethingNew"]}
    before = template(Role=role(allow("*")))
    after = template(Role=role(allow("s3:GetObject", OBJECTS), **unread))
    denied = template(Role=role(allow("*"), deny("iam:*")))

    assert [Width.NARROWER] == [each.width for each in compare(before, after).verdicts]
    assert [Width.UNKNOWN] == [each.width for each in compare(denied, after).verdicts]


@pytest.mark.parametrize(
    "action, pattern, works",
    [
        ("s3:ListBucket", "arn:aws:s3:::data", True),
        ("s3:ListBucket", "arn:aws:s3:::data/a", False),
        ("s3:GetObject", "arn:aws:s3:::data", False),
        ("s3:GetObject", "arn:aws:s3:::data/a/b", True),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::data", False),
        ("s3:ListAllMyBuckets", "*", True),
        ("sqs:SendMessage", "arn:aws:sns:us-east-1:123456789012:t", False),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/mrk-1", True),
        ("some:Thing", "arn:aws:s3:::data", True),
    ],
)
def test_what_an_action_works_on(action: str, pattern: str, *, works: bool) -> None:
    """By the service authorization reference; what it does not know may work on anything."""
    assert works == can_work_on(action, pattern)
