"""A run is followed by the version it took, and each way to end is told."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from cicdgen.aws.pipelines import Action, ActionStatus, Run, RunStatus
from cicdgen.errors import AwsError
from cicdgen.publishing.following import Began, Ended, Moved, Step, follow
from cicdgen.reports import publication


@dataclass
class Clock:
    """A clock that moves when somebody sleeps."""

    time: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        """The time."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.time += seconds
        self.slept.append(seconds)


@dataclass
class Runs:
    """A pipeline whose run appears after some looks, and then goes through these states."""

    states: list[Run]
    looks: int = 0
    name: str = "shop-prod-pipeline"

    def run_of(self, version: str) -> str | None:
        """The run, when it is there."""
        assert version == "v1"
        self.looks -= 1
        return self.states[0].id if self.looks < 0 else None

    def run(self, run_id: str) -> Run:
        """The next state; the last one stays."""
        assert run_id == self.states[0].id
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]


def _action(
    name: str, status: ActionStatus, message: str = "", *, approval: bool = False
) -> Action:
    return Action(
        id=f"id-{name}",
        stage=name,
        name=name,
        status=status,
        waits_for_person=approval,
        message=message,
        link=None,
    )


def _run(status: RunStatus, *actions: Action) -> Run:
    return Run(id="run-1", status=status, message="", actions=actions)


GOING = RunStatus.IN_PROGRESS
SOURCE_RUNS = _action("Source", ActionStatus.IN_PROGRESS)
SOURCE_DONE = _action("Source", ActionStatus.SUCCEEDED)
BUILD_RUNS = _action("Build", ActionStatus.IN_PROGRESS)
BUILD_FAILED = _action("Build", ActionStatus.FAILED, "phase BUILD: exit status 1")


def _steps(runs: Runs, clock: Clock | None = None, seconds: float = 3600) -> list[Step]:
    return list(follow(runs, "v1", seconds=seconds, clock=clock or Clock()))


def test_each_step_comes_once() -> None:
    """However often it is looked at, an action that has not moved is not told again."""
    states = [
        _run(GOING, SOURCE_RUNS),
        _run(GOING, SOURCE_RUNS),
        _run(GOING, SOURCE_DONE, BUILD_RUNS),
        _run(RunStatus.FAILED, SOURCE_DONE, BUILD_FAILED),
    ]
    steps = _steps(Runs(states=list(states), looks=2))

    assert [
        Began(run="run-1"),
        Moved(action=SOURCE_RUNS),
        Moved(action=SOURCE_DONE),
        Moved(action=BUILD_RUNS),
        Moved(action=BUILD_FAILED),
        Ended(run=states[-1]),
    ] == steps


@pytest.mark.parametrize(
    "status", sorted(set(RunStatus) - {RunStatus.IN_PROGRESS, RunStatus.STOPPING})
)
def test_only_a_success_is_one(status: RunStatus) -> None:
    """A run that was superseded, stopped or cancelled did not release this source."""
    (*_, end) = _steps(Runs(states=[_run(status)]))

    assert isinstance(end, Ended)
    assert (status is RunStatus.SUCCEEDED) == end.succeeded


def test_a_stopping_run_is_still_followed() -> None:
    """It ends when it has stopped."""
    states = [_run(RunStatus.STOPPING), _run(RunStatus.STOPPED)]
    (*_, end) = _steps(Runs(states=states))

    assert Ended(run=states[-1]) == end


def test_no_run_is_an_error() -> None:
    """An upload that starts nothing is told after three minutes, with where to look."""
    clock = Clock()
    with pytest.raises(AwsError, match="no run of shop-prod-pipeline took version v1 within 180 s"):
        _steps(Runs(states=[_run(GOING)], looks=10**6), clock)

    assert 180 < clock.time < 183


def test_a_run_that_takes_too_long_goes_on() -> None:
    """Giving up following is an error, and says that the run goes on."""
    with pytest.raises(
        AwsError, match="run run-1 of shop-prod-pipeline is still InProgress"
    ) as all_of:
        _steps(Runs(states=[_run(GOING, BUILD_RUNS)]), seconds=60)

    assert all_of.value.hint is not None
    assert "goes on by itself" in all_of.value.hint


def test_it_looks_less_often_while_nothing_happens() -> None:
    """Pauses grow to two seconds, and are short again when something has moved."""
    quiet = [_run(GOING, BUILD_RUNS)] * 8
    states = [*quiet, _run(GOING, BUILD_FAILED), _run(RunStatus.FAILED, BUILD_FAILED)]
    clock = Clock()
    _steps(Runs(states=states), clock)

    assert 2.0 == max(clock.slept)
    assert 0.5 == clock.slept[-1]


def test_a_failure_begins_with_what_failed() -> None:
    """The first line of a failed end is the failed action and its message."""
    end = Ended(run=_run(RunStatus.FAILED, SOURCE_DONE, BUILD_FAILED))
    lines = publication.step(end).splitlines()

    assert ["Build / Build: phase BUILD: exit status 1", "run run-1: Failed"] == lines


def test_an_approval_is_said_to_wait_for_somebody() -> None:
    """Whoever follows sees that it is a person's turn."""
    waits = _action("Approve", ActionStatus.IN_PROGRESS, approval=True)

    assert "Approve / Approve: waits for somebody to approve it" == publication.step(
        Moved(action=waits)
    )
