"""A proof of "no more than before" is held against many requests, on any two policies at all."""

from __future__ import annotations

import os
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import currently_in_test_context, event, given, settings
from hypothesis import strategies as st
from tests.diff.bodies import allow, document, key, resource, template, with_role
from tests.diff.bodies import given as granting

from cicdgen.cloudformation import SOMEWHERE, Text
from cicdgen.diff import Width, compare
from cicdgen.diff.asking import Side
from cicdgen.diff.pairing import pairs, read, settled
from cicdgen.diff.renaming import Renaming
from cicdgen.iam import ABSENT, Allowed, Denied, Request, RoleSession, Root, Service, User

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy
    from tests.diff.bodies import Body

    from cicdgen.iam import Principal
    from cicdgen.iam.context import Given

EXAMPLES = int(os.environ.get("SOUNDNESS_EXAMPLES", "15"))

_ACTIONS = ("s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:Get*", "s3:*Object", "s3:*")
_RESOURCES = (
    "*",
    "arn:aws:s3:::data/*",
    "arn:aws:s3:::data/a/*",
    "arn:aws:s3:::data/?/b",
    "arn:aws:s3:::*/a/b",
    "arn:aws:s3:::data/a/b",
    "arn:aws:s3:::other/a/b",
)
_TESTS: tuple[Body, ...] = (
    {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
    {"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}},
    {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}},
    {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}},
    {"StringNotEqualsIfExists": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}},
    {"StringEqualsIgnoreCase": {"aws:SourceVpce": "VPCE-1"}},
    {"StringLike": {"aws:SourceVpce": "vpce-*"}},
    {"StringNotLike": {"aws:SourceVpce": "vpce-?"}},
    {"Null": {"aws:SourceVpce": "true"}},
    {"Null": {"aws:SourceVpce": "false"}},
    {"ForAnyValue:StringEquals": {"aws:SourceVpce": ["vpce-1"]}},
    {"ForAllValues:StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}},
    {"ForAllValues:StringLike": {"aws:SourceVpce": ["vpce-*"]}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    {"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}},
    {"NumericLessThanEquals": {"aws:MultiFactorAuthAge": "60"}},
    {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "60"}},
    {"NumericNotEquals": {"aws:MultiFactorAuthAge": "60"}},
    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"NotIpAddress": {"aws:SourceIp": "10.1.0.0/16"}},
)
_ENDPOINTS: tuple[Given, ...] = (ABSENT, "vpce-1", "vpce-2", "vpce-33", "other")
_FACTORS: tuple[tuple[Given, Given], ...] = (
    (ABSENT, ABSENT),
    ("true", "59"),
    ("true", "60"),
    ("false", "61"),
)
_CONTEXTS: tuple[dict[str, Given], ...] = tuple(
    {
        "aws:SourceVpce": endpoint,
        "aws:MultiFactorAuthPresent": present,
        "aws:MultiFactorAuthAge": age,
        "aws:SourceIp": address,
    }
    for endpoint, (present, age), address in product(
        _ENDPOINTS, _FACTORS, ("10.1.2.3", "10.2.2.3", "192.0.2.1")
    )
)
_ASKED_ON = ("data/a/b", "data/x/b", "data/c", "other/a/b", "third/a/b", "third/z")


@st.composite
def _statement(draw: DrawFn) -> Body:
    actions = draw(st.lists(st.sampled_from(_ACTIONS), min_size=1, max_size=2, unique=True))
    resources = draw(st.lists(st.sampled_from(_RESOURCES), min_size=1, max_size=2, unique=True))
    return {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "Action", "NotAction"])): actions,
        draw(st.sampled_from(["Resource", "Resource", "Resource", "NotResource"])): resources,
        **({"Condition": draw(st.sampled_from(_TESTS))} if draw(st.integers(0, 2)) else {}),
    }


_POLICY = st.lists(_statement(), min_size=1, max_size=3)


@st.composite
def _changed(draw: DrawFn, before: list[Body], one: SearchStrategy[Body]) -> list[Body]:
    """The statements with one of them changed in one element, left out, or another one added."""
    after = list(before)
    at = draw(st.integers(0, len(after) - 1))
    other = draw(one)
    match draw(st.sampled_from(["element", "element", "out", "in", "all"])):
        case "element":
            same = [name for name in other if name in after[at]]
            name = draw(st.sampled_from(same))
            after[at] = {**after[at], name: other[name]}
        case "out":
            del after[at]
        case "in":
            after.append(other)
        case _:
            after[at] = other
    return after


@st.composite
def _roles(draw: DrawFn) -> tuple[Body, Body]:
    policy = draw(_POLICY)
    limit = draw(st.none() | _POLICY)
    changed = draw(_changed(policy, _statement()))
    if limit is None:
        return _bounded(policy, None), _bounded(changed, draw(st.none() | _POLICY))
    return _bounded(policy, limit), _bounded(
        changed, draw(st.none() | st.just(limit) | _changed(limit, _statement()))
    )


def _bounded(policy: list[Body], limit: list[Body] | None) -> Body:
    more: Body = {} if limit is None else {"PermissionsBoundary": {"Ref": "Limit"}}
    body = with_role(*policy, **more)
    by = resource("AWS::IAM::ManagedPolicy", PolicyDocument=document(*(limit or [allow("*")])))
    return {"Resources": {**body["Resources"], "Limit": by}}


@settings(max_examples=EXAMPLES, deadline=None)
@given(change=_roles())
def test_no_request_contradicts_a_verdict_on_a_role(change: tuple[Body, Body]) -> None:
    """Where nothing more is permitted, no request is denied before and allowed after."""
    before, after = change
    width = _width(before, after, "Role")
    requests = [
        Request.of(RoleSession(Text("")), action, f"arn:aws:s3:::{name}", context)
        for action in ("s3:GetObject", "s3:GetObjectTagging", "s3:PutObject")
        for name in _ASKED_ON
        for context in _CONTEXTS
    ]

    assert _agrees(width, before, after, requests, "Role")


_WHOS: tuple[object, ...] = (
    "*",
    {"AWS": "444455556666"},
    {"AWS": "arn:aws:iam::444455556666:role/r"},
    {"AWS": "arn:aws:iam::999999999999:role/r"},
    {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
    {"Service": "events.amazonaws.com"},
    {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]},
)
_ASKING: tuple[Principal, ...] = (
    Root(Text("444455556666")),
    Root(Text("999999999999")),
    RoleSession(Text("arn:aws:iam::444455556666:role/r")),
    RoleSession(Text("arn:aws:iam::999999999999:role/r")),
    User(Text("arn:aws:iam::444455556666:user/u")),
    Service("events.amazonaws.com"),
    Service("sns.amazonaws.com"),
)


@st.composite
def _granted(draw: DrawFn) -> Body:
    statement = draw(_statement())
    return granting(statement, draw(st.sampled_from(_WHOS)))


@st.composite
def _grants(draw: DrawFn) -> tuple[list[Body], list[Body]]:
    before = draw(st.lists(_granted(), min_size=1, max_size=3))
    return before, draw(_changed(before, _granted()))


@settings(max_examples=EXAMPLES, deadline=None)
@given(change=_grants())
def test_no_request_contradicts_a_verdict_on_a_bucket(
    change: tuple[list[Body], list[Body]],
) -> None:
    """The same for the policy of a bucket, whoever asks, with rights of the own account or not."""
    old, new = _bucket(change[0]), _bucket(change[1])
    requests = [
        Request.of(who, action, f"arn:aws:s3:::{name}", context)
        for who in _ASKING
        for action in ("s3:GetObject", "s3:PutObject")
        for name in ("data/a/b", "data/x/b", "data/c")
        for context in _CONTEXTS[::4]
    ]

    assert _agrees(_width(old, new, "Bucket"), old, new, requests, None)


_KEY_ACTIONS = ("kms:Decrypt", "kms:Encrypt", "kms:*", "kms:D*")


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    before=st.lists(
        st.tuples(st.sampled_from(_KEY_ACTIONS), st.sampled_from(_WHOS), st.sampled_from(_TESTS)),
        min_size=1,
        max_size=3,
    ),
    after=st.lists(
        st.tuples(st.sampled_from(_KEY_ACTIONS), st.sampled_from(_WHOS), st.sampled_from(_TESTS)),
        min_size=1,
        max_size=3,
    ),
)
def test_no_request_contradicts_a_verdict_on_a_key(
    before: list[tuple[str, object, Body]], after: list[tuple[str, object, Body]]
) -> None:
    """The same for a key, whose policy has to allow whatever an identity may."""
    old, new = (
        template(Key=key(*(granting(allow(a, Condition=c), w) for a, w, c in each)))
        for each in (before, after)
    )
    requests = [
        Request.of(who, action, "", context)
        for who in _ASKING
        for action in ("kms:Decrypt", "kms:Encrypt")
        for context in _CONTEXTS[::3]
    ]

    assert _agrees(_width(old, new, "Key"), old, new, requests, None)


def _bucket(statements: list[Body]) -> Body:
    return template(
        Bucket=resource("AWS::S3::Bucket", BucketName="data"),
        Policy=resource(
            "AWS::S3::BucketPolicy", Bucket="data", PolicyDocument=document(*statements)
        ),
    )


def _width(before: Body, after: Body, subject: str) -> Width:
    found = {each.subject: each.width for each in compare(before, after).verdicts}
    return found.get(subject, Width.SAME)


def _agrees(
    width: Width, before: Body, after: Body, requests: list[Request], role: str | None
) -> bool:
    """Whether no request shows the verdict to be wrong."""
    if currently_in_test_context():
        event(width.value)
    more, less = False, False
    for pair in settled(pairs(read(before), read(after), SOMEWHERE, {}, {})):
        sides = Side.both(pair, Renaming({}), {"Bucket"})
        for request in requests:
            asked = request
            if role is not None:
                principal = RoleSession(pair.before.resources[role].arn)
                asked = Request(
                    principal=principal,
                    action=request.action,
                    resource=request.resource,
                    given=request.given,
                )
            elif not request.resource.code:
                asked = Request(
                    principal=request.principal,
                    action=request.action,
                    resource=pair.before.resources["Key"].arn,
                    given=request.given,
                )
            for rights in (True, False):
                old, new = (side.answer(asked, rights=rights) for side in sides)
                more |= isinstance(old, Denied) and isinstance(new, Allowed)
                less |= isinstance(old, Allowed) and isinstance(new, Denied)
    return not (more and width in {Width.SAME, Width.NARROWER}) and not (
        less and width is Width.SAME
    )


@pytest.mark.parametrize("before", _TESTS, ids=str)
def test_no_two_conditions_are_mistaken_for_each_other(before: Body) -> None:
    """Each of these conditions is held against each other one: a wrong implication shows."""
    requests = [
        Request.of(RoleSession(Text("")), "s3:GetObject", "arn:aws:s3:::data/a/b", context)
        for context in _CONTEXTS[::2]
    ]
    old = _bounded([allow("s3:GetObject", Condition=before)], None)
    for after in _TESTS:
        new = _bounded([allow("s3:GetObject", Condition=after)], None)

        assert _agrees(_width(old, new, "Role"), old, new, requests, "Role"), after
