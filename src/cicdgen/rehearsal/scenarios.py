"""The scenarios: what each has go wrong, and the end that it should have.

A scenario that ends as it should may still fail: a call that was needed and denied, a notice that
did not arrive, or something that is not modelled is never passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.errors import UsageError
from cicdgen.iam import action_facts
from cicdgen.rehearsal.timeline import CallMade, FunctionInvoked, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicdgen.rehearsal.ends import End

DENIED = "denied:"
NAMES = (
    "good",
    "bad-canary",
    "broken-build",
    "failing-test",
    "failing-hook",
    "deployer-crash",
    "replay",
)
"""The scenarios, but for `denied:ACTION`."""


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What goes wrong.

    Attributes:
        breaking: the category of the actions with a build whose command fails.
        bad: whether the new version fails its requests.
        failing_trial: whether a version that is tried before it serves answers with an error.
        crash: whether the function that deploys dies as it calls CreateDeployment.
        uploads: how often the same source is uploaded.
        withheld: an action that is taken from everybody.
    """

    breaking: str = ""
    bad: bool = False
    failing_trial: bool = False
    crash: bool = False
    uploads: int = 1
    withheld: str = ""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A scenario.

    Attributes:
        name: as it is asked for.
        meaning: what it does, as a sentence.
        effects: what goes wrong.
        expected: the end that it should have, as a sentence.
        complaints: in which ways an end is another.
    """

    name: str
    meaning: str
    effects: Effects
    expected: Callable[[End], str]
    complaints: Callable[[End], Iterator[str]]


def named(name: str) -> Scenario:
    """The scenario with a name.

    Raises:
        UsageError: there is none.
    """
    if name.startswith(DENIED):
        return _denied(name)
    found = _SCENARIOS.get(name)
    if found is None:
        listed = ", ".join((*NAMES, "denied:ACTION"))
        raise UsageError(f"no scenario is called {name!r}", hint=f"take one of {listed}")
    return found


def _good(end: End) -> Iterator[str]:
    if end.asks and not end.approves:
        yield from _fails(end)
        return
    yield from _ran(end, Status.SUCCEEDED, "the pipeline did not succeed")
    if end.mover and not end.moved:
        yield "the traffic is not on the new version"
    for alarm in end.fired:
        yield f"{alarm.alarm} fired, and nothing was wrong: {alarm.because}"


def _ran(end: End, status: Status, otherwise: str) -> Iterator[str]:
    if len(end.runs) > 1:
        yield f"one change started the pipeline {len(end.runs)} times"
    elif end.runs != [status]:
        yield otherwise


def _expected_good(end: End) -> str:
    if end.mover:
        return "the pipeline succeeds, and all traffic is on the new version"
    return "the pipeline succeeds; it moves no alias"


def _fails(end: End) -> Iterator[str]:
    """The pipeline fails, the traffic stays where it is, and somebody is told."""
    yield from _ran(end, Status.FAILED, "the pipeline did not fail")
    if not end.stayed:
        yield "the traffic is not on the version that served before"
    if end.tells and not end.arrived:
        yield "nobody was told"


def _bad_canary(end: End) -> Iterator[str]:
    if not end.fired:
        yield "no alarm fired"
    if not end.arrived:
        yield "nobody was told"
    if not end.window:
        return
    yield from _fails(end)
    if not end.went_back:
        because = f": {end.blind}" if end.blind else ""
        yield f"{end.mover} did not roll back{because}"


def _expected_bad(end: End) -> str:
    if end.window:
        return (
            f"an alarm fires, {end.mover} rolls back, the pipeline fails, all traffic is on the"
            " version that served before, and somebody is told"
        )
    return "all traffic moves at once, so nothing can go back: an alarm fires, and somebody is told"


def _failing_hook(end: End) -> Iterator[str]:
    if not any(isinstance(e, FunctionInvoked) and "Allow" in e.by for e in end.events):
        yield "no hook was asked"
    yield from _fails(end)


def _replay(end: End) -> Iterator[str]:
    if end.runs != [Status.SUCCEEDED, Status.SUCCEEDED]:
        yield "the pipeline did not succeed both times"
    if not end.mover:
        return
    if not end.moved:
        yield "the traffic is not on the new version"
    if len(end.deployments) != 1:
        yield f"there were {len(end.deployments)} deployments of one release"


def _denied(name: str) -> Scenario:
    action = name.removeprefix(DENIED)
    if action_facts(action) is None:
        raise UsageError(f"{name!r} names no action of AWS", hint="as denied:s3:GetObject")

    def complaints(end: End) -> Iterator[str]:
        calls = [e.call for e in end.events if isinstance(e, CallMade)]
        if not any(c.because and c.action.lower() == action.lower() for c in calls):
            yield f"nobody asked for {action}"
        if end.is_split:
            yield "an alias is left between two versions"
        if None in end.runs:
            yield "the pipeline never ended"

    return Scenario(
        name=name,
        meaning=f"Nobody may {action}.",
        effects=Effects(withheld=action),
        expected=lambda _: "the call is denied, the pipeline ends, and no alias is left half moved",
        complaints=complaints,
    )


_KEPT = "the pipeline fails, all traffic is on the version that served before, somebody is told"
_SCENARIOS = {
    each.name: each
    for each in (
        Scenario(
            name="good",
            meaning="The source is uploaded, and nothing is wrong with it.",
            effects=Effects(),
            expected=lambda end: _KEPT if end.asks and not end.approves else _expected_good(end),
            complaints=_good,
        ),
        Scenario(
            name="bad-canary",
            meaning="The new version fails the requests that it gets.",
            effects=Effects(bad=True),
            expected=_expected_bad,
            complaints=_bad_canary,
        ),
        Scenario(
            name="broken-build",
            meaning="A command of the build fails, in the middle of a block.",
            effects=Effects(breaking="Build"),
            expected=lambda _: _KEPT,
            complaints=_fails,
        ),
        Scenario(
            name="failing-test",
            meaning="A test fails.",
            effects=Effects(breaking="Test"),
            expected=lambda _: _KEPT,
            complaints=_fails,
        ),
        Scenario(
            name="failing-hook",
            meaning="The new version fails when the hook tries it.",
            effects=Effects(failing_trial=True),
            expected=lambda _: _KEPT,
            complaints=_failing_hook,
        ),
        Scenario(
            name="deployer-crash",
            meaning="The function that deploys dies as it starts the deployment.",
            effects=Effects(crash=True),
            expected=lambda _: _KEPT,
            complaints=_fails,
        ),
        Scenario(
            name="replay",
            meaning="The same source is uploaded twice.",
            effects=Effects(uploads=2),
            expected=lambda end: (
                "both runs succeed, with one deployment, on the new version"
                if end.mover
                else "both runs succeed"
            ),
            complaints=_replay,
        ),
    )
}
