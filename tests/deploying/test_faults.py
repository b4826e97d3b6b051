"""A fault at each call of AWS in turn: nothing is lost, and the next run ends well.

Ground: the strict fake. `POINTS` is what docs/deploy.md states.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.deploying.ground import Ground
from tests.deploying.scenarios import SCENARIOS, again
from tests.fakes.cloudformation_server import Account, Fault, Faults, Time

from cicdgen.aws.calling import Caller
from cicdgen.errors import CicdgenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fakes.cloudformation_server import Endpoint

_FOR_EVER = 1_000_000

CALLS = {
    "deploy a new stack": 14,
    "deploy an update": 14,
    "plan": 7,
    "apply": 12,
    "watch": 7,
    "destroy": 15,
}
"""How many calls each scenario makes when nothing goes wrong."""

FAULTS = {
    "throttled once": (Fault.THROTTLED, 1),
    "throttled for ever": (Fault.THROTTLED, _FOR_EVER),
    "a 500 once": (Fault.BROKEN, 1),
    "a 500 for ever": (Fault.BROKEN, _FOR_EVER),
    "cut before AWS has it": (Fault.CUT_BEFORE, 1),
    "cut after AWS has done it": (Fault.CUT_AFTER, 1),
    "no connection any more": (Fault.CUT_BEFORE, _FOR_EVER),
    "expired token": (Fault.EXPIRED, _FOR_EVER),
}
KILLS = ("killed before the call", "killed after the call")
POINTS = sum(CALLS.values()) * (len(FAULTS) + len(KILLS))


class _KilledError(BaseException):
    """The process is gone: no `except Exception` sees it."""


class _DyingGround(Ground):
    """Somebody whose process is killed at a call."""

    at: int = 0
    after: bool = False

    def caller(self) -> Caller:
        """A caller that dies."""
        return _dying(super().caller(), self)


def _dying(caller: Caller, ground: _DyingGround) -> Caller:
    made = _DyingCaller(access=caller.access, clock=caller.clock, _clients=caller._clients)  # noqa: SLF001
    made.ground = ground
    return made


class _DyingCaller(Caller):
    """Calls, and dies at one of them."""

    ground: _DyingGround

    def call(
        self,
        operation: str,
        arguments: dict[str, Any] | None = None,
        *,
        service: str = "cloudformation",
    ) -> dict[str, Any]:
        """Call, or die."""
        seen = self.ground.account.faults.seen
        here = len(seen) + 1 == self.ground.at
        if here and not self.ground.after:
            raise _KilledError
        try:
            return super().call(operation, arguments, service=service)
        finally:
            if here and self.ground.after:
                raise _KilledError


def _fresh(endpoint: Endpoint, clients: dict[str, Any]) -> _DyingGround:
    account = Account(Time(), change_set_seconds=0.5, stack_seconds=2)
    return _DyingGround(account=endpoint.serve(account), url=endpoint.url, clients=clients)


def _told(ground: Ground, run: Callable[[Ground], None]) -> str | None:
    """The hint that a run ends with; None if it succeeds."""
    try:
        run(ground)
    except CicdgenError as error:
        return error.hint or "nothing"
    return None


def _points(calls: int) -> Iterator[int]:
    return iter(range(1, calls + 1))


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_scenario_makes_so_many_calls(
    endpoint: Endpoint, clients: dict[str, Any], name: str
) -> None:
    """The number of points is not a guess: each call of a run without faults is one."""
    ground = _fresh(endpoint, clients)
    SCENARIOS[name].before(ground)
    ground.account.faults = Faults()

    SCENARIOS[name].run(ground)

    assert CALLS[name] == len(ground.account.faults.seen)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_next_run_ends_well_after_a_fault(
    endpoint: Endpoint, clients: dict[str, Any], name: str, fault: str
) -> None:
    """Whatever call goes wrong: the run succeeds or says what to do, and then all is well."""
    kind, times = FAULTS[fault]
    for at in _points(CALLS[name]):
        ground = _fresh(endpoint, clients)
        SCENARIOS[name].before(ground)
        ground.account.faults = Faults(at=at, times=times, fault=kind)
        where = f"{name}, call {at}"
        told = _told(ground, SCENARIOS[name].run)
        # What happens once is waited out; what goes on ends in an error with the next step.
        assert told is None or (times > 1 and re.search("`cicdgen |same command", told)), where
        ground.account.faults = Faults()
        again(ground, SCENARIOS[name].then)

        assert SCENARIOS[name].is_well(ground), (where, ground.stack)
        assert [] == ground.account.unknown


@pytest.mark.parametrize("kill", KILLS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_next_run_ends_well_after_a_kill(
    endpoint: Endpoint, clients: dict[str, Any], name: str, kill: str
) -> None:
    """A process that is killed cleans nothing up: the next one takes up what it finds."""
    for at in _points(CALLS[name]):
        ground = _fresh(endpoint, clients)
        SCENARIOS[name].before(ground)
        ground.account.faults = Faults()
        ground.at, ground.after = at, kill == KILLS[1]
        with pytest.raises(_KilledError):
            SCENARIOS[name].run(ground)
        ground.at = 0
        again(ground, SCENARIOS[name].then)

        assert SCENARIOS[name].is_well(ground), (name, at, ground.stack)
        assert [] == ground.account.unknown


def test_the_docs_state_how_many_points_there_are() -> None:
    """The number in docs/deploy.md is the number that is tried here."""
    text = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text(encoding="utf-8")
    stated = re.search(r"([\d,]+) points", text)

    assert stated is not None
    assert POINTS == int(stated[1].replace(",", ""))
