"""Every scenario of what we render ends as it should, and for the reason that it has."""

from __future__ import annotations

import pytest
from tests.rehearsal.staging import body, rehearsed, wrong

from cicdgen.rehearsal.record import Load, Rehearsal
from cicdgen.rehearsal.scenarios import NAMES
from cicdgen.rehearsal.stage import Options
from cicdgen.rehearsal.timeline import (
    AlarmChanged,
    AlarmState,
    DeploymentBegan,
    FunctionInvoked,
    Logged,
    Notice,
    TrafficShifted,
)


@pytest.fixture(scope="module")
def prod() -> dict[str, Rehearsal]:
    """Every scenario of the golden template of prod."""
    return {each.scenario: each for each in rehearsed(body("prod"))}


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_every_scenario_ends_as_it_should(env: str) -> None:
    """What we render releases what is good, and takes back or stops what is not."""
    rehearsals = rehearsed(body(env))

    assert {} == wrong(rehearsals)
    assert list(NAMES) == [each.scenario for each in rehearsals]


def test_a_good_release_moves_the_traffic_in_steps(prod: dict[str, Rehearsal]) -> None:
    """A tenth of the traffic goes to the new version first, and ten minutes later the rest."""
    shifts = prod["good"].shifts

    assert [{"1": 1}, {"1": 0.9, "2": 0.1}, {"2": 1}] == [dict(each.weights) for each in shifts]
    assert 600 == shifts[2].at - shifts[1].at


def test_a_good_release_runs_the_functions_of_the_template(prod: dict[str, Rehearsal]) -> None:
    """The deployer runs until CodeDeploy is done, and the hook tries the new version once."""
    invoked = [e.function for e in prod["good"].events if isinstance(e, FunctionInvoked)]

    assert 1 == invoked.count("Hook")
    assert 1 == invoked.count("Function:2")
    assert invoked.count("Deployer") > 10


def test_a_good_release_hurts_nobody(prod: dict[str, Rehearsal]) -> None:
    """No request fails, no alarm fires, and only the approval is asked for."""
    good = prod["good"]

    assert 0 == good.hurt
    assert good.fired_at is None
    assert ["approval needed: Approve, Approve"] == [each.about for each in good.notices]


def test_a_bad_canary_is_taken_back_by_its_alarm(prod: dict[str, Rehearsal]) -> None:
    """The rollback alarm fires, its notice arrives, and the traffic goes back to where it was."""
    bad = prod["bad-canary"]
    fired = [
        e.alarm for e in bad.events if isinstance(e, AlarmChanged) and e.after is AlarmState.ALARM
    ]
    told = [e for e in bad.notices if e.by == "RollbackAlarm"]

    assert "RollbackAlarm" in fired
    assert told
    assert all(each.arrived for each in told)
    assert ("email shop-oncall@example.com",) == told[0].told
    assert {"1": 1} == dict(bad.shifts[-1].weights)


def test_a_bad_canary_hurts_its_share_and_no_more(prod: dict[str, Rehearsal]) -> None:
    """Until the rollback a tenth of the requests fail: those that the new version got."""
    bad = prod["bad-canary"]
    minutes = (bad.shifts[-1].at - bad.shifts[-2].at) / 60

    assert bad.hurt == pytest.approx(600 * 0.1 * minutes)
    assert 0 < bad.hurt < 600


def test_all_at_once_says_that_nothing_can_go_back() -> None:
    """Without a window the bad version keeps the traffic, and an alarm tells of it."""
    (bad,) = rehearsed(body("dev"), "bad-canary")

    assert bad.passed
    assert "nothing can go back" in bad.expected
    assert {"2": 1} == dict(bad.shifts[-1].weights)
    assert bad.fired_at is not None


def test_a_crash_is_noticed_after_twenty_minutes(prod: dict[str, Rehearsal]) -> None:
    """Nobody answers the job: the action fails when CodePipeline's time is up."""
    crash = prod["deployer-crash"]

    assert any("no answer in 20 minutes" in cause for cause in crash.causes)
    assert not [e for e in crash.events if isinstance(e, DeploymentBegan)]
    assert any(e.error for e in crash.events if isinstance(e, FunctionInvoked))


def test_a_replay_deploys_nothing_twice(prod: dict[str, Rehearsal]) -> None:
    """The same source makes the same release, which serves already."""
    replay = prod["replay"]
    lines = [e.line for e in replay.events if isinstance(e, Logged) and '"none"' in e.line]

    assert 1 == len(lines)
    assert 3 == len([e for e in replay.events if isinstance(e, TrafficShifted)])


def test_a_rejection_stops_the_release() -> None:
    """Whoever says no has the traffic stay where it is."""
    (good,) = rehearsed(body("prod"), "good", options=Options(approves=False))

    assert good.passed
    assert {"1": 1} == dict(good.shifts[-1].weights)
    assert any("rejected" in cause for cause in good.causes)


@pytest.mark.parametrize(
    "load, passes",
    [
        (Load(requests_per_minute=600, error_rate=0.2), True),
        (Load(requests_per_minute=600, error_rate=0.05), False),
        (Load(requests_per_minute=0), False),
    ],
    ids=["tolerated twice over", "tolerated", "nobody calls"],
)
def test_an_alarm_sees_what_it_is_set_to_see(load: Load, *, passes: bool) -> None:
    """Ten per cent of its own requests are tolerated of a version: more is taken back."""
    (bad,) = rehearsed(body("prod"), "bad-canary", options=Options(load=load))

    assert passes is bad.passed
    assert passes is (dict(bad.shifts[-1].weights) == {"1": 1})


@pytest.mark.parametrize(
    "action",
    [
        "codebuild:StartBuild",
        "codedeploy:CreateDeployment",
        "codepipeline:PutJobSuccessResult",
        "codepipeline:StartPipelineExecution",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "lambda:InvokeFunction",
        "lambda:PublishVersion",
        "lambda:UpdateAlias",
        "logs:PutLogEvents",
        "s3:GetObject",
        "s3:PutObject",
        "sns:Publish",
        "sts:AssumeRole",
    ],
)
def test_a_missing_permission_leaves_nothing_half_done(action: str) -> None:
    """Whatever nobody may do, the run ends, and the alias serves one version."""
    (denied,) = rehearsed(body("prod"), f"denied:{action}")

    assert denied.passed, denied.causes
    assert any(action in call.because for call in denied.denied)


def test_a_permission_that_nobody_needs_is_told() -> None:
    """A denial that nobody meets proves nothing, so it does not pass."""
    (denied,) = rehearsed(body("prod"), "denied:dynamodb:GetItem")

    assert {"denied:dynamodb:GetItem": ("nobody asked for dynamodb:GetItem",)} == wrong([denied])


def test_what_was_not_delivered_is_kept_and_told() -> None:
    """An upload that may not start the pipeline lands in the queue, whose alarm tells."""
    (denied,) = rehearsed(body("prod"), "denied:codepipeline:StartPipelineExecution")
    said = [(e.by, e.topic) for e in denied.events if isinstance(e, Notice) and e.arrived]

    assert [("SourceRule", "Undelivered"), ("UndeliveredWaiting", "Notices")] == said
