"""Verdicts held against an evaluator that shares no line with ours, on edits that nobody chose.

`VERDICTS=20000` tries so many edits of each kind; a run of the suite tries a few.
"""

from __future__ import annotations

import os
import random
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
from tests.diff.bodies import document, given, resource, template, with_bucket, with_role
from tests.diff.evaluator import Context, Question, Who, allows

from cicdgen.diff import WIDER, Width, compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.diff.bodies import Body

EDITS = int(os.environ.get("VERDICTS", "80"))

ACTIONS = (
    *("s3:GetObject", "S3:getobject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"),
    *("s3:ListBucket", "s3:Get*", "s3:*Object", "s3:?etObject", "s3:Get*Version", "s3:*", "*"),
    *("sqs:SendMessage", "sqs:*"),
)
RESOURCES = (
    *("*", "arn:aws:*", "arn:aws:s3:::data", "arn:aws:s3:::data/*", "arn:aws:s3:::data/a/*"),
    *("arn:aws:s3:::data*", "arn:aws:s3:::d*a/*", "arn:aws:s3:::*/a/b", "arn:aws:s3:::data/a/b"),
    *("arn:aws:s3:::other/*", "arn:aws:sqs:*:*:q"),
)
ASKED = [
    *(("s3:GetObject", f"arn:aws:s3:::{name}") for name in ("data/a/b", "data/x", "other/a/b")),
    *(("s3:GetObjectVersion", f"arn:aws:s3:::{name}") for name in ("data/a/b", "other/a/b")),
    *(("s3:PutObject", f"arn:aws:s3:::{name}") for name in ("data/a/b", "datax/a/b")),
    *(("s3:ListBucket", f"arn:aws:s3:::{name}") for name in ("data", "other")),
    ("s3:DeleteObject", "arn:aws:s3:::data/a/b"),
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:q"),
]
_STRINGS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    # What a request has, what a policy asks for, and how.
    "aws:SourceVpce": (
        ("vpce-1", "vpce-2", "vpce-33"),
        ("vpce-1", "vpce-2", "vpce-?", "vpce-*", "VPCE-1"),
        (*_STRINGS, "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ),
    "aws:SourceIp": (
        ("10.1.2.3", "10.2.2.3", "192.0.2.1"),
        ("10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24"),
        ("IpAddress", "NotIpAddress"),
    ),
    "aws:MultiFactorAuthAge": (
        ("10", "60", "61"),
        ("10", "60", "61"),
        ("NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericNotEquals"),
    ),
    "aws:CurrentTime": (
        ("2024-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
        ("2024-01-01T00:00:00Z", "2026-06-01T00:00:00Z"),
        ("DateLessThan", "DateGreaterThan", "DateGreaterThanEquals"),
    ),
    "aws:SecureTransport": (("true", "false"), ("true", "false"), ("Bool",)),
    "aws:SourceArn": (
        ("arn:aws:sns:us-east-1:123456789012:t", "arn:aws:sqs:eu-west-1:444455556666:q"),
        ("arn:aws:sns:us-east-1:123456789012:t", "arn:aws:sns:*:123456789012:*", "arn:aws:*:*:*:*"),
        ("ArnLike", "ArnEquals", "ArnNotLike", "StringLike"),
    ),
    "aws:TagKeys": (
        ("a", "b", "team"),
        ("a", "b", "t*"),
        tuple(f"{over}:{each}" for over in ("ForAllValues", "ForAnyValue") for each in _STRINGS),
    ),
}
WHOS: tuple[object, ...] = (
    "*",
    {"AWS": "444455556666"},
    {"AWS": "arn:aws:iam::444455556666:role/r"},
    {"AWS": ["arn:aws:iam::444455556666:root", "arn:aws:iam::555566667777:role/x"]},
    {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]},
)
ASKING = (
    Who("AWS", "arn:aws:iam::444455556666:role/r", "444455556666"),
    Who("AWS", "arn:aws:iam::555566667777:role/x", "555566667777"),
    Who("AWS", "arn:aws:iam::666677778888:role/z", "666677778888"),
    Who("Service", "events.amazonaws.com"),
)


class Author:
    """Writes policies, and edits them."""

    def __init__(self, seed: int, *, of_bucket: bool) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a test
        self._of_bucket = of_bucket

    def policy(self) -> list[Body]:
        """A policy of one to three statements."""
        return [self._statement() for _ in range(self._random.choice((1, 1, 2, 3)))]

    def contexts(self) -> list[Context]:
        """What requests come with."""
        return [{}, *(self._context() for _ in range(24))]

    def edited(self, policy: Sequence[Body]) -> list[Body]:
        """The policy after one edit or two."""
        after = deepcopy(list(policy))
        for _ in range(self._random.choice((1, 1, 2))):
            self._edit(after)
        return after

    def flips(self, chance: float) -> bool:
        """Whether something is done that is done so often."""
        return self._random.random() < chance

    def _statement(self) -> Body:
        r = self._random
        element, place = (
            r.choice((name,) * 6 + (f"Not{name}",)) for name in ("Action", "Resource")
        )
        statement: Body = {
            "Effect": r.choice(("Allow", "Allow", "Allow", "Deny")),
            element: self._some(ACTIONS),
            place: self._some(RESOURCES),
        }
        if self.flips(0.6):
            statement["Condition"] = self._condition()
        return given(statement, r.choice(WHOS)) if self._of_bucket else statement

    def _condition(self) -> Body:
        found: Body = {}
        for _ in range(self._random.choice((1, 1, 2))):
            key = self._random.choice(list(KEYS))
            _, values, operators = KEYS[key]
            if self.flips(0.15):
                found.setdefault("Null", {})[key] = self._random.choice(("true", "false"))
            else:
                operator = self._random.choice(operators) + ("IfExists" if self.flips(0.2) else "")
                found.setdefault(operator, {})[key] = self._some(values)
        return found

    def _some(self, pool: Sequence[str]) -> list[str]:
        return self._random.sample(pool, min(len(pool), self._random.choice((1, 1, 2, 3))))

    def _context(self) -> Context:
        found: Context = {}
        for key, (values, _, _) in KEYS.items():
            if self.flips(0.7):
                many = key == "aws:TagKeys"
                found[key.lower()] = self._some(values) if many else self._random.choice(values)
        return found

    def _edit(self, policy: list[Body]) -> None:
        r = self._random
        at = r.randrange(len(policy)) if policy else None
        what = r.choice(("in", "out", "condition", "free", "action", "resource", "split", "order"))
        if at is None or what == "in":
            policy.append(self._statement())
            return
        statement = policy[at]
        match what:
            case "out":
                del policy[at]
            case "condition":
                statement["Condition"] = {**statement.get("Condition", {}), **self._condition()}
            case "free":
                statement.pop("Condition", None)
            case "action" | "resource":
                name = next(each for each in statement if each.lower().endswith(what))
                statement[name] = self._some(ACTIONS if what == "action" else RESOURCES)
            case "split":
                name = next(each for each in statement if each.endswith("Action"))
                if name == "Action" and len(statement[name]) > 1:
                    policy.append({**deepcopy(statement), name: statement[name][1:]})
                    statement[name] = statement[name][:1]
            case _:
                r.shuffle(policy)


def _role(policy: Sequence[Body], limit: Sequence[Body] | None) -> Body:
    more: Body = {} if limit is None else {"PermissionsBoundary": {"Ref": "Limit"}}
    by = resource("AWS::IAM::ManagedPolicy", PolicyDocument=document(*(limit or policy)))
    body = with_role(*policy, **more) if policy else template(**with_role()["Resources"])
    return {"Resources": {**body["Resources"], "Limit": by}}


def _contradicts(width: Width, old: Sequence[bool], new: Sequence[bool]) -> bool:
    more = any(now and not was for was, now in zip(old, new, strict=True))
    less = any(was and not now for was, now in zip(old, new, strict=True))
    return (more and width not in WIDER) or (less and width is Width.SAME)


def _width(before: Body, after: Body, subject: str) -> Width:
    found = {each.subject: each.width for each in compare(before, after).verdicts}
    return found.get(subject, Width.SAME)


@pytest.mark.parametrize("seed", [1, 2])
def test_no_edit_of_a_role_is_misjudged(seed: int) -> None:
    """What is newly allowed is never called the same or narrower; nor what is lost, the same."""
    author = Author(seed, of_bucket=False)
    for _ in range(EDITS // 2):
        policy = author.policy()
        limit = author.policy() if author.flips(0.3) else None
        after = author.edited(policy)
        limited = (limit and (author.edited(limit) if author.flips(0.4) else limit)) or None
        questions = [
            Question(action, where, context)
            for context in author.contexts()
            for action, where in ASKED
        ]
        width = _width(_role(policy, limit), _role(after, limited), "Role")
        old = [allows(policy, each, limit) for each in questions]
        new = [allows(after, each, limited) for each in questions]

        assert not _contradicts(width, old, new), (width, policy, limit, after, limited)


@pytest.mark.parametrize("seed", [3, 4])
def test_no_edit_of_a_bucket_policy_is_misjudged(seed: int) -> None:
    """The same for whoever comes from outside, and may do anything at home."""
    author = Author(seed, of_bucket=True)
    inside = [(action, where) for action, where in ASKED if where.startswith("arn:aws:s3:::data/")]
    for _ in range(EDITS // 2):
        policy = author.policy()
        after = author.edited(policy)
        questions = [
            Question(action, where, context, who)
            for context in author.contexts()
            for action, where in inside
            for who in ASKING
        ]
        old, new = ([allows(each, one, None) for one in questions] for each in (policy, after))
        width = _width(with_bucket(*policy), with_bucket(*after), "Bucket")

        assert not _contradicts(width, old, new), (width, policy, after)
