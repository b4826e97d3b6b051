"""Laws that hold for every policy: what denying, allowing and not knowing can and cannot do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.iam.asking import ACCOUNT, OTHER, Question, allow, deny
from tests.iam.differential.questions import generate

from cicdgen.cloudformation import Shape, Text
from cicdgen.iam import UNKNOWN, Allowed, Denied, RoleSession, Unknown, User, decide

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

QUESTIONS = st.randoms(use_true_random=False)
many = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)

NAME = "shop-artifacts"
MADE_NAME = "shop-artifacts-1abcdefghijk"


@many
@given(QUESTIONS)
def test_an_explicit_deny_always_wins(random: Random) -> None:
    """A statement that denies the request denies it, whatever else is there."""
    question = generate(random)
    everything = deny("*", None, NotResource="arn:aws:nothing:::x", principal="*")
    denied = replace(question, on_resource=[*(question.on_resource or ()), everything])
    if question.action.lower().startswith("sts:"):
        denied = replace(
            question, on_resource=[*(question.on_resource or ()), deny("*", None, principal="*")]
        )
    if question.resource == "*":
        denied = replace(question, identity=[*question.identity, deny("*")])

    answer = denied.answer

    if isinstance(question.principal, RoleSession | User) or question.resource != "*":
        assert isinstance(answer, Denied)
        assert answer.is_explicit


@many
@given(QUESTIONS)
def test_one_more_allow_never_denies(random: Random) -> None:
    """What is allowed stays allowed when a statement that allows is added, wherever."""
    question = generate(random)
    more = generate(random)
    allows = [each for each in more.identity if each["Effect"] == "Allow"]
    grants = [each for each in more.on_resource or () if each["Effect"] == "Allow"]
    if question.action.lower().startswith("sts:"):
        grants = [each for each in grants if "Resource" not in each and "NotResource" not in each]
    else:
        grants = [each for each in grants if "Resource" in each or "NotResource" in each]

    if question.outcome == "allowed":
        wider = replace(
            question,
            identity=[*question.identity, *allows, allow("*")],
            on_resource=[*(question.on_resource or ()), *grants],
        )

        assert wider.outcome == "allowed"


@many
@given(QUESTIONS)
def test_one_deny_less_never_denies(random: Random) -> None:
    """What is allowed stays allowed when a statement that denies is taken away."""
    question = generate(random)
    policies = question.policies
    before = decide(question.request, policies)

    for statement in policies.statements:
        if statement.effect.value == "Deny" and isinstance(before, Allowed):
            assert isinstance(decide(question.request, policies.without(statement)), Allowed)


@many
@given(QUESTIONS)
def test_one_allow_less_never_allows(random: Random) -> None:
    """What is not allowed does not become so when a statement that allows is taken away."""
    question = generate(random)
    policies = question.policies
    before = decide(question.request, policies)

    for statement in policies.statements:
        if statement.effect.value == "Allow" and isinstance(before, Denied):
            assert isinstance(decide(question.request, policies.without(statement)), Denied)


@many
@given(QUESTIONS)
def test_what_allows_is_needed_or_doubled(random: Random) -> None:
    """Without all the statements that an answer names, the request is no longer allowed."""
    question = generate(random)
    answer = decide(question.request, question.policies)

    if isinstance(answer, Allowed):
        left = question.policies
        again = decide(question.request, left)
        assert isinstance(again, Allowed)
        for statement in again.by:
            left = left.without(statement)

        assert isinstance(decide(question.request, left), Denied)


@many
@given(QUESTIONS, st.booleans())
def test_a_decided_answer_holds_for_every_value(random: Random, generated: bool) -> None:  # noqa: FBT001
    """An answer given without knowing names and accounts is the answer once they are known."""
    question = generate(random)
    name = MADE_NAME if generated else NAME
    known = _renamed(question, {NAME: name})
    shape = Shape.MADE if generated else Shape.GIVEN
    unknown = _renamed(
        known,
        {
            name: Text.token("Bucket", shape).code,
            ACCOUNT: Text.token("AWS::AccountId", Shape.ACCOUNT).code,
        },
    )

    _agree(unknown, known)


@many
@given(QUESTIONS, st.data())
def test_a_decided_answer_holds_for_every_context(random: Random, data: st.DataObject) -> None:
    """An answer given without knowing the context is the answer once it is known."""
    question = generate(random)
    keys = sorted(question.context)
    hidden = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    visible = {key: value for key, value in question.context.items() if key not in hidden}
    unknown = replace(question, context=visible, unmentioned=UNKNOWN)

    _agree(unknown, question)


@many
@given(QUESTIONS)
def test_a_decided_answer_holds_for_either_account(random: Random) -> None:
    """Two accounts that are not known may be one: an answer holds if they are, and if not."""
    question = generate(random)
    one, other = Text.token("One", Shape.ACCOUNT), Text.token("Other", Shape.ACCOUNT)
    unknown = _renamed(question, {ACCOUNT: one.code, OTHER: other.code})

    _agree(unknown, question)
    _agree(unknown, _renamed(question, {OTHER: ACCOUNT}))


def _agree(unknown: Question, known: Question) -> None:
    before, after = unknown.answer, known.answer
    if isinstance(before, Unknown):
        assert before.because
    if not isinstance(before, Unknown):
        assert type(before) is type(after), f"{before}, but then {after}"
    if isinstance(before, Denied) and isinstance(after, Denied):
        assert before.is_explicit <= after.is_explicit


def _renamed(question: Question, names: Mapping[str, str]) -> Question:
    """The question with texts replaced wherever they stand."""

    def renamed(value: Any) -> Any:  # noqa: ANN401 - JSON
        match value:
            case str():
                for old, new in names.items():
                    value = value.replace(old, new)
                return value
            case list() | tuple():
                return [renamed(member) for member in value]
            case dict():
                return {key: renamed(member) for key, member in value.items()}
            case Text():
                return Text(renamed(value.code))
            case _:
                return value

    principal = question.principal
    match principal:
        case RoleSession(role=role, session=session):
            principal = RoleSession(renamed(role), session)
        case User(arn=arn):
            principal = User(renamed(arn))
        case _:
            pass
    return replace(
        question,
        principal=principal,
        resource=Text(renamed(str(question.resource))),
        identity=renamed(list(question.identity)),
        on_resource=None if question.on_resource is None else renamed(list(question.on_resource)),
        boundary=None if question.boundary is None else renamed(list(question.boundary)),
        context={
            key: Text(renamed(value)) if isinstance(value, str) else value
            for key, value in question.context.items()
        },
        account=renamed(question.account),
    )
