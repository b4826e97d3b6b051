"""Which failure is the one that matters."""

from __future__ import annotations

import pytest

from cicdgen.aws.stacks import Event
from cicdgen.deploying.happenings import Happened
from cicdgen.deploying.watching import first_failure, replay

STACK = "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-dev/1"


def _event(name: str, status: str, reason: str = "", physical: str = "x") -> Event:
    return Event(
        id=f"{name}-{status}",
        at="2026-01-01T00:00:00Z",
        logical_id=name,
        physical_id=physical,
        type="AWS::Lambda::Function",
        status=status,
        reason=reason,
        token="",
        stack_id=STACK,
    )


CANCELLED = _event("Version", "CREATE_FAILED", "Resource creation cancelled")
FAILED = _event("Function", "CREATE_FAILED", "the role cannot be assumed")
OF_STACK = _event("shop-dev", "UPDATE_ROLLBACK_FAILED", "see above", physical=STACK)


@pytest.mark.parametrize(
    "events, expected",
    [
        pytest.param((CANCELLED, FAILED), FAILED, id="what was cancelled came first"),
        pytest.param((OF_STACK, FAILED), FAILED, id="the stack itself is not a resource"),
        pytest.param((CANCELLED,), CANCELLED, id="there is nothing but what was cancelled"),
        pytest.param((_event("Function", "CREATE_COMPLETE"),), None, id="nothing failed"),
    ],
)
def test_the_first_that_failed_of_itself_is_told(
    events: tuple[Event, ...], expected: Event | None
) -> None:
    """Others are cancelled because of it, in whatever order AWS lists them."""
    assert expected == first_failure(events)


def test_what_is_over_is_counted_like_what_goes_on() -> None:
    """So many resources done of so many, whenever somebody looks."""
    heard: list[object] = []
    began = _event("Function", "CREATE_IN_PROGRESS")
    done = _event("Function", "CREATE_COMPLETE")
    replay((began, done, OF_STACK), heard.append)

    told = [(each.done, each.total) for each in heard if isinstance(each, Happened)]
    assert [(0, 1), (1, 1), (1, 1)] == told
