"""An end that a scenario should not have is told, each way of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cicdgen.rehearsal.ends import End
from cicdgen.rehearsal.scenarios import named
from cicdgen.rehearsal.timeline import (
    AlarmChanged,
    AlarmState,
    Call,
    CallMade,
    DeploymentBegan,
    DeploymentEnded,
    FunctionInvoked,
    Notice,
    Status,
    Verdict,
)

TOLD = Notice(at=1, about="it failed", by="Rule", topic="Notices", told=(), arrived=True)
ASKED = replace(TOLD, about="approval needed: Approve")
FIRED = AlarmChanged(at=1, alarm="Alarm", before=AlarmState.OK, after=AlarmState.ALARM)
BACK = DeploymentEnded(at=1, deployment="d-2", status=Status.SUCCEEDED, is_rollback=True)
TRIED = FunctionInvoked(at=1, function="Hook", by="CodeDeploy, BeforeAllowTraffic")
BEGAN = DeploymentBegan(at=1, deployment="d-1", config="c", current="1", target="2")
DENIED = CallMade(
    at=1,
    call=Call(
        principal="Role",
        action="s3:GetObject",
        resource="Bucket/key",
        verdict=Verdict.DENIED,
        because="the scenario takes it away",
    ),
)

MOVED = End(
    before={"f.live": "1"},
    after={"f.live": {"2": 1.0}},
    runs=[Status.SUCCEEDED],
    events=[],
    window=10,
    tells=True,
    approves=True,
    asks=True,
)
STAYED = replace(MOVED, after={"f.live": {"1": 1.0}}, runs=[Status.FAILED], events=[TOLD])
SPLIT = replace(STAYED, after={"f.live": {"1": 0.9, "2": 0.1}})
BAD = replace(STAYED, events=[TOLD, FIRED, BACK])
TWICE = replace(MOVED, runs=[Status.SUCCEEDED, Status.SUCCEEDED], events=[BEGAN])

CASES = (
    ("good", MOVED, None),
    ("good", replace(MOVED, runs=[Status.FAILED]), "did not succeed"),
    ("good", replace(MOVED, runs=[]), "did not succeed"),
    ("good", replace(MOVED, after={"f.live": {"1": 1.0}}), "not on the new version"),
    ("good", replace(MOVED, after={}), "not on the new version"),
    ("good", replace(MOVED, events=[FIRED]), "Alarm fired, and nothing was wrong"),
    ("good", replace(STAYED, approves=False), None),
    ("good", replace(MOVED, approves=False), "did not fail"),
    ("bad-canary", BAD, None),
    ("bad-canary", replace(BAD, events=[TOLD, BACK]), "no alarm fired"),
    ("bad-canary", replace(BAD, events=[FIRED, BACK]), "nobody was told"),
    ("bad-canary", replace(BAD, events=[FIRED, BACK], tells=False), "nobody was told"),
    ("bad-canary", replace(BAD, events=[TOLD, FIRED]), "did not roll back"),
    ("bad-canary", replace(BAD, after=SPLIT.after), "not on the version that served before"),
    ("bad-canary", replace(MOVED, window=0, events=[FIRED, TOLD]), None),
    ("bad-canary", replace(MOVED, window=0, events=[TOLD]), "no alarm fired"),
    ("broken-build", STAYED, None),
    ("broken-build", MOVED, "did not fail"),
    ("broken-build", replace(STAYED, events=[]), "nobody was told"),
    ("broken-build", replace(STAYED, events=[ASKED]), "nobody was told"),
    ("broken-build", replace(STAYED, events=[], tells=False), None),
    ("failing-hook", replace(STAYED, events=[TOLD, TRIED]), None),
    ("failing-hook", STAYED, "no hook was asked"),
    ("deployer-crash", SPLIT, "not on the version that served before"),
    ("replay", TWICE, None),
    ("replay", replace(TWICE, events=[BEGAN, BEGAN]), "2 deployments"),
    ("replay", replace(TWICE, runs=[Status.SUCCEEDED]), "both times"),
    ("denied:s3:GetObject", replace(STAYED, events=[DENIED]), None),
    ("denied:s3:GetObject", STAYED, "nobody asked for"),
    ("denied:s3:GetObject", replace(SPLIT, events=[DENIED]), "between two versions"),
    ("denied:s3:GetObject", replace(STAYED, runs=[None], events=[DENIED]), "never ended"),
)


@pytest.mark.parametrize(
    "scenario, end, complaint", CASES, ids=[f"{c[0]}: {c[2] or 'as it should'}" for c in CASES]
)
def test_an_end_is_what_the_scenario_makes_of_it(
    scenario: str, end: End, complaint: str | None
) -> None:
    """One that is right has no complaints; one that is wrong has the one that says why."""
    found = list(named(scenario).complaints(end))

    if complaint is None:
        assert [] == found
    else:
        assert any(complaint in each for each in found), found
