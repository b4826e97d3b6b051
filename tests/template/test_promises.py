"""Every one of the twenty failures is impossible in what we render."""

from __future__ import annotations

import json

import pytest
from tests.reading import Template
from tests.template.promises import PROMISES, Promise

TABLE = pytest.mark.parametrize(
    "promise", PROMISES, ids=[f"{promise.number}: {promise.sentence}" for promise in PROMISES]
)


@TABLE
@pytest.mark.parametrize("env", ["default", "dev", "prod"])
def test_promise_holds(promise: Promise, env: str, request: pytest.FixtureRequest) -> None:
    """What we render keeps the promise."""
    assert promise.holds(request.getfixturevalue(env))


@TABLE
def test_promise_can_be_broken(promise: Promise, default: Template) -> None:
    """The failure, planted into what we render, is seen."""
    document = json.loads(default.text)
    promise.breaks(document["Resources"])

    assert not promise.holds(Template(json.dumps(document)))


def test_all_twenty_are_there() -> None:
    """No failure is forgotten."""
    assert list(range(1, 21)) == [promise.number for promise in PROMISES]
