"""Laws of the verdicts, tried on policies that nobody wrote."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.diff.bodies import with_role

from cicdgen.diff import Width, compare

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn
    from tests.diff.bodies import Body

# Each statement is of a service of its own, so that what one says, no other says too.
_SERVICES = {
    "s3": (["s3:GetObject", "s3:PutObject", "s3:Get*"], "arn:aws:s3:::data/"),
    "sqs": (["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:*"], "arn:aws:sqs:eu-west-1:1:q-"),
    "kms": (["kms:Decrypt", "kms:Encrypt", "kms:Gen*"], "arn:aws:kms:eu-west-1:1:key/"),
    "dynamodb": (["dynamodb:GetItem", "dynamodb:PutItem"], "arn:aws:dynamodb:eu-west-1:1:table/"),
    "logs": (["logs:PutLogEvents", "logs:*"], "arn:aws:logs:eu-west-1:1:log-group:"),
}
# Another action that works on the same, and that no statement has.
_ANOTHER = {
    "s3": "s3:DeleteObject",
    "kms": "kms:DisableKey",
    "dynamodb": "dynamodb:DeleteTable",
}
_TESTS = (
    {"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}},
    {"StringLike": {"aws:PrincipalTag/team": "a*"}},
    {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}},
    {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
    {"Null": {"aws:TokenIssueTime": "false"}},
    {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}},
    {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}},
)


@st.composite
def _statements(draw: DrawFn) -> list[Body]:
    """Statements that allow, each of another service."""
    services = draw(st.lists(st.sampled_from(sorted(_SERVICES)), min_size=1, unique=True))
    found: list[Body] = []
    for service in services:
        actions, head = _SERVICES[service]
        # The first one stays, so that a narrower action is never hidden behind a wider one.
        chosen = [actions[0], *draw(st.lists(st.sampled_from(actions[1:]), unique=True))]
        statement: Body = {
            "Effect": "Allow",
            "Action": chosen,
            "Resource": [f"{head}a*", *draw(st.lists(st.just(f"{head}b*"), max_size=1))],
        }
        if draw(st.booleans()):
            statement["Condition"] = draw(st.sampled_from(_TESTS))
        found.append(statement)
    return found


def _narrow(draw: DrawFn, statements: list[Body]) -> list[Body]:
    """The statements, one of them narrowed, or one left out, or a denial added."""
    found = deepcopy(statements)
    at = draw(st.integers(0, len(found) - 1))
    statement = found[at]

    def leave_out() -> None:
        del found[at]

    def less_actions() -> None:
        statement["Action"] = statement["Action"][:1]

    def less_resources() -> None:
        statement["Resource"] = statement["Resource"][:1]

    def smaller() -> None:
        statement["Resource"] = [f"{each[:-1]}x*" for each in statement["Resource"]]

    def one_test_more() -> None:
        key = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::1:role/x"}}
        statement["Condition"] = {**statement.get("Condition", {}), **key}

    def deny() -> None:
        found.append({"Effect": "Deny", "Action": statement["Action"], "Resource": "*"})

    choices: list[Callable[[], None]] = [
        leave_out,
        less_actions,
        less_resources,
        smaller,
        one_test_more,
        deny,
    ]
    draw(st.sampled_from(choices))()
    return found


def _widen(draw: DrawFn, statements: list[Body]) -> list[Body]:
    """The statements, one of them surely widened."""
    found = deepcopy(statements)
    statement = found[draw(st.integers(0, len(found) - 1))]

    def another_statement() -> None:
        found.append({"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"})

    def another_action() -> None:
        service = statement["Action"][0].partition(":")[0]
        if service in _ANOTHER:
            statement["Action"] = [*statement["Action"], _ANOTHER[service]]
        else:
            all_actions()

    def all_actions() -> None:
        statement["Action"] = "*"

    def all_resources() -> None:
        statement["Resource"] = "*"

    def no_test() -> None:
        if "Condition" in statement:
            del statement["Condition"]
        else:
            all_resources()

    choices: list[Callable[[], None]] = [
        another_statement,
        another_action,
        all_actions,
        all_resources,
        no_test,
    ]
    draw(st.sampled_from(choices))()
    return found


@st.composite
def _narrowings(draw: DrawFn) -> tuple[list[Body], list[Body]]:
    before = draw(_statements())
    return before, _narrow(draw, before)


@st.composite
def _widenings(draw: DrawFn) -> tuple[list[Body], list[Body]]:
    before = draw(_statements())
    return before, _widen(draw, before)


def _width(before: list[Body], after: list[Body]) -> Width:
    found = compare(with_role(*before), with_role(*after)).verdicts
    return found[0].width if found else Width.SAME


@settings(max_examples=120, deadline=None)
@given(change=_narrowings())
def test_a_narrowing_is_proved_to_be_one(change: tuple[list[Body], list[Body]]) -> None:
    """Less is never called more, and not unknown either: the proof is complete for these."""
    assert _width(*change) in {Width.SAME, Width.NARROWER}


@settings(max_examples=120, deadline=None)
@given(change=_widenings())
def test_a_widening_is_never_called_harmless(change: tuple[list[Body], list[Body]]) -> None:
    """More is never called the same or less."""
    assert _width(*change) in {Width.BROADER, Width.BOTH, Width.UNKNOWN}


@settings(max_examples=60, deadline=None)
@given(change=_narrowings())
def test_a_change_taken_back_is_the_opposite(change: tuple[list[Body], list[Body]]) -> None:
    """What is narrower one way is wider the other way, or the same both ways."""
    there, back = _width(*change), _width(*reversed(change))

    assert (there, back) in {
        (Width.SAME, Width.SAME),
        (Width.NARROWER, Width.BROADER),
        (Width.NARROWER, Width.UNKNOWN),
    }


@settings(max_examples=40, deadline=None)
@given(statements=_statements(), order=st.randoms(use_true_random=False))
def test_the_order_says_nothing(statements: list[Body], order: object) -> None:
    """Shuffled statements, actions and resources mean the same."""
    after = deepcopy(statements)
    for each in (after, *(s[name] for s in after for name in ("Action", "Resource"))):
        order.shuffle(each)  # type: ignore[attr-defined]  # random.Random

    assert Width.SAME is _width(statements, after)


@settings(max_examples=20, deadline=None)
@given(statements=_statements())
def test_a_template_is_not_different_from_itself(statements: list[Body]) -> None:
    """Nothing changed, nothing is told."""
    body = with_role(*statements)

    assert compare(body, deepcopy(body)).is_empty
