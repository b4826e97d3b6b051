"""CodePipeline's own action that deploys a function: versions, shifts, alarms, and what it refuses.

Source: codepipeline/action-reference-LambdaDeploy, codepipeline/tutorials-lambda-deploy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.rehearsal.staging import foreign, rehearsed, source, staged, wrong

from cicdgen.rehearsal.matrix import every
from cicdgen.rehearsal.record import Matrix, Rehearsal
from cicdgen.rehearsal.source import Source, zipped
from cicdgen.rehearsal.timeline import (
    ActionBegan,
    ActionEnded,
    DeploymentEnded,
    PipelineEnded,
    Status,
)
from cicdgen.reports.rehearsal_text import text

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from tests.rehearsal.staging import Json

    Change: TypeAlias = Callable[[dict[str, Json]], object]

PACKAGE = source(lambda_function__py="def lambda_handler(event, context):\n    return 2\n")
ALIAS = "MyLambdaFunction.aliasV1"


def tutorial(change: Change = lambda _: None) -> dict[str, Json]:
    """The template of AWS's tutorial, changed."""
    template = foreign("tutorial")
    change(template["Resources"])
    return template


def run(template: dict[str, Json], scenario: str = "good") -> Rehearsal:
    """One scenario of a template."""
    (found,) = rehearsed(template, scenario, uploaded=PACKAGE)
    return found


def configured(**settings: str | None) -> Change:
    """Change the action's configuration; None takes a key out."""

    def change(resources: dict[str, Json]) -> None:
        held = deploy(resources)["Configuration"]
        held.update(settings)
        for name in [name for name, value in held.items() if value is None]:
            del held[name]

    return change


def deploy(resources: dict[str, Json]) -> Json:
    """The action that deploys."""
    return resources["MyPipeline"]["Properties"]["Stages"][-1]["Actions"][0]


def without(action: str) -> Change:
    """Take an action out of the pipeline's role."""

    def change(resources: dict[str, Json]) -> None:
        (policy,) = resources["PipelineRole"]["Properties"]["Policies"]
        statements = policy["PolicyDocument"]["Statement"]
        for statement in statements:
            if action in statement["Action"]:
                statement["Action"].remove(action)
        policy["PolicyDocument"]["Statement"] = [s for s in statements if s["Action"]]

    return change


def shares(rehearsal: Rehearsal) -> list[tuple[float, dict[str, float]]]:
    """Where the alias sent its traffic, and after how many minutes of the deployment."""
    began = rehearsal.shifts[1].at
    return [
        (round((s.at - began) / 60, 2), {name: round(w, 4) for name, w in s.weights.items()})
        for s in rehearsal.shifts[1:]
    ]


def test_every_scenario_that_fits_ends_as_it_should() -> None:
    """And the others say why they do not fit."""
    with staged(tutorial()) as stage:
        can, others = every(stage)

    assert ["good", "bad-canary"] == can
    assert 5 == len(others)
    assert {} == wrong(rehearsed(tutorial(), uploaded=PACKAGE))


def test_the_artifact_becomes_a_version_and_the_alias_moves_to_it() -> None:
    """A canary keeps its share for its minutes; then all traffic is on the new version."""
    good = run(tutorial())
    (ended,) = (e for e in good.events if isinstance(e, ActionEnded) and e.action == "Deploy")
    (moved,) = (e for e in good.events if isinstance(e, DeploymentEnded))

    assert [(0, {"1": 0.9, "2": 0.1}), (10, {"2": 1.0})] == shares(good)
    assert {"FunctionVersion": "2"} == dict(ended.variables)
    assert (Status.SUCCEEDED, "Deploy of execution-1") == (moved.status, moved.deployment)
    assert "Canary10Percent10Minutes" == good.strategy


@pytest.mark.parametrize(
    "strategy, expected",
    [
        (None, [(0, {"2": 1.0})]),
        ("AllAtOnce", [(0, {"2": 1.0})]),
        ("Canary25Percent1Minute", [(0, {"1": 0.75, "2": 0.25}), (1, {"2": 1.0})]),
        (
            "Linear40PercentEvery2Minutes",
            [(0, {"1": 0.6, "2": 0.4}), (2, {"1": 0.2, "2": 0.8}), (4, {"2": 1.0})],
        ),
        (
            "Linear50PercentEvery1Minute",
            [(0, {"1": 0.5, "2": 0.5}), (1, {"2": 1.0})],
        ),
    ],
    ids=["none is all at once", "all at once", "canary", "linear", "linear in halves"],
)
def test_a_strategy_shifts_as_its_name_says(
    strategy: str | None, expected: list[tuple[float, dict[str, float]]]
) -> None:
    """Both numbers are free."""
    good = run(tutorial(configured(DeployStrategy=strategy)))

    assert [] == list(good.causes)
    assert expected == shares(good)


def test_an_alarm_fails_the_action_and_the_alias_goes_back() -> None:
    """The version that it had behind it is the one to go back to."""
    bad = run(tutorial(), "bad-canary")
    ended = [e for e in bad.events if isinstance(e, DeploymentEnded)]

    assert bad.passed, bad.causes
    assert [(Status.STOPPED, False), (Status.SUCCEEDED, True)] == [
        (e.status, e.is_rollback) for e in ended
    ]
    assert {"1": 1.0} == dict(bad.shifts[-1].weights)
    assert "in ALARM: Errors; aliasV1 is back on version 1" in bad.causes[-1]


def test_the_result_says_when_the_alarm_fired_and_whom_it_hurt() -> None:
    """As it does of CodeDeploy's deployments."""
    bad = run(tutorial(), "bad-canary")
    said = text(Matrix(name="tutorial", rehearsals=(bad,), permissions=(), seconds=0))

    assert "stopped 3.0 minutes after the new version's first request, 180 requests" in said
    assert "the alarm fired at 0:03:00; 180 of" in said
    assert "begins: version 1 to 2, Canary10Percent10Minutes" in said


def test_an_alarm_that_fires_already_keeps_the_traffic_where_it_is() -> None:
    """The version is published, and nothing has to go back."""
    found = run(tutorial(lambda r: r["Errors"]["Properties"].update(Threshold=-1)))
    ended = [e for e in found.events if isinstance(e, DeploymentEnded)]

    assert not found.passed
    assert any("in ALARM: Errors; no traffic has moved" in cause for cause in found.causes)
    assert [(Status.STOPPED, False)] == [(e.status, e.is_rollback) for e in ended]
    assert 1 == len(found.shifts)


def test_a_bad_version_that_no_alarm_of_the_action_sees_is_a_failure() -> None:
    """The alarm tells somebody, and the traffic goes on moving."""
    bad = run(tutorial(configured(Alarms=None)), "bad-canary")

    assert not bad.passed
    assert "CodePipeline did not roll back: Deploy has no Alarms" in bad.causes
    assert {"2": 1.0} == dict(bad.shifts[-1].weights)


def test_with_all_traffic_at_once_an_alarm_only_tells() -> None:
    """Nothing goes back: the action is over before the alarm fires."""
    bad = run(tutorial(configured(DeployStrategy="AllAtOnce")), "bad-canary")

    assert bad.passed, bad.causes
    assert bad.expected.startswith("all traffic moves at once, so nothing can go back")
    assert {"2": 1.0} == dict(bad.shifts[-1].weights)


def published(version: str) -> Change:
    """Move the alias to a version that the template publishes, without an artifact."""

    def change(resources: dict[str, Json]) -> None:
        resources["Next"] = {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Ref": "MyLambdaFunction"}},
        }
        action = deploy(resources)
        action["InputArtifacts"] = []
        action["Configuration"]["PublishedTargetVersion"] = version

    return change


def test_a_published_version_takes_the_traffic_without_an_artifact() -> None:
    """No code is changed, so no right to change it is needed."""

    def change(resources: dict[str, Json]) -> None:
        published(version="2")(resources)
        for action in ("lambda:UpdateFunctionCode", "lambda:PublishVersion"):
            without(action)(resources)

    good = run(tutorial(change))

    assert good.passed, good.causes
    assert [(0, {"1": 0.9, "2": 0.1}), (10, {"2": 1.0})] == shares(good)


def test_without_an_alias_a_version_is_published_and_no_traffic_moves() -> None:
    """AWS then deploys to $LATEST."""
    template = tutorial(configured(FunctionAlias=None, DeployStrategy=None, Alarms=None))
    good = run(template)
    (ended,) = (e for e in good.events if isinstance(e, ActionEnded) and e.action == "Deploy")

    assert good.passed, good.causes
    assert "the pipeline succeeds; it moves no alias" == good.expected
    assert {"FunctionVersion": "2"} == dict(ended.variables)
    assert 1 == len(good.shifts)


@pytest.mark.parametrize(
    "action",
    [
        "lambda:GetAlias",
        "lambda:GetFunctionConfiguration",
        "lambda:UpdateFunctionCode",
        "lambda:PublishVersion",
        "lambda:UpdateAlias",
        "cloudwatch:DescribeAlarms",
    ],
)
def test_a_grant_that_the_role_lacks_is_named(action: str) -> None:
    """The action fails as it would in the account, and the traffic stays."""
    found = run(tutorial(without(action)))

    assert not found.passed
    assert f"PipelineRole may not {action} on" in found.causes[0]
    assert [Status.FAILED] == [e.status for e in found.events if isinstance(e, PipelineEnded)]
    assert {"1": 1.0} == dict(found.shifts[-1].weights)


@pytest.mark.parametrize("action", ["lambda:UpdateAlias", "cloudwatch:DescribeAlarms"])
def test_a_shift_that_is_denied_ends_as_a_failure(action: str) -> None:
    """It had begun, and nothing has to go back."""
    found = run(tutorial(without(action)))
    ended = [e for e in found.events if isinstance(e, DeploymentEnded)]

    assert [(Status.FAILED, False)] == [(e.status, e.is_rollback) for e in ended]
    assert f"may not {action}" in ended[0].because


@pytest.mark.parametrize("action", ["lambda:GetProvisionedConcurrencyConfig", "logs:PutLogEvents"])
def test_what_aws_lists_and_nothing_is_known_to_need_fails_nothing(action: str) -> None:
    """It is told in the timeline, and no more."""
    found = run(tutorial(without(action)))

    assert found.passed, found.causes
    assert [action] == [c.action for c in found.calls if c.because]


@pytest.mark.parametrize("action", ["lambda:UpdateAlias", "cloudwatch:DescribeAlarms"])
def test_a_call_that_nobody_may_make_leaves_no_alias_between_versions(action: str) -> None:
    """Scenario by scenario, as for every pipeline."""
    assert run(tutorial(), f"denied:{action}").passed


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A change to the template, and what the rehearsal says of it."""

    name: str
    change: Change
    words: str


def _two_versions(resources: dict[str, Json]) -> None:
    """As another deployment leaves it while it is under way."""
    resources["Alias"]["Properties"]["RoutingConfig"] = {
        "AdditionalVersionWeights": [{"FunctionVersion": "2", "FunctionWeight": 0.5}]
    }


def _unpublished(resources: dict[str, Json]) -> None:
    """As a function is when nobody has published it."""
    configured(FunctionAlias=None, DeployStrategy=None, Alarms=None)(resources)
    del resources["Version"], resources["Alias"]


WRONG = (
    Wrong(
        name="a pipeline of type V1",
        change=lambda r: r["MyPipeline"]["Properties"].pop("PipelineType"),
        words="Deploy/AWS/Lambda is for pipelines of type V2, and MyPipeline is V1",
    ),
    Wrong(
        name="another name for the strategy",
        change=configured(DeployStrategy="LambdaCanary10Percent5Minutes"),
        words="there is no DeployStrategy 'LambdaCanary10Percent5Minutes'",
    ),
    Wrong(
        name="more than two days",
        change=configured(DeployStrategy="Linear1PercentEvery60Minutes"),
        words="waits 99 hours in all, and two days are the most",
    ),
    Wrong(
        name="a strategy without an alias",
        change=configured(FunctionAlias=None, Alarms=None),
        words="need a FunctionAlias, and there is none",
    ),
    Wrong(
        name="an alias that is not there",
        change=configured(FunctionAlias="live"),
        words="not found: alias live of",
    ),
    Wrong(
        name="an alias with two versions",
        change=_two_versions,
        words="the alias aliasV1 has the versions 1, 2 behind it, and has to have one",
    ),
    Wrong(
        name="an alias on $LATEST",
        change=lambda r: r["Alias"]["Properties"].update(FunctionVersion="$LATEST"),
        words="the alias aliasV1 is on $LATEST: there is no version to go back to",
    ),
    Wrong(
        name="eleven alarms",
        change=configured(Alarms=",".join(["errors"] * 11)),
        words="it has 11 Alarms, and 10 are the most",
    ),
    Wrong(
        name="nothing to deploy",
        change=lambda r: deploy(r).pop("InputArtifacts"),
        words="without an input artifact it needs a PublishedTargetVersion",
    ),
    Wrong(
        name="a version that nobody published",
        change=published(version="7"),
        words="there is no version 7 of MyLambdaFunction",
    ),
    Wrong(
        name="a function without a version",
        change=_unpublished,
        words="MyLambdaFunction has no version, and one has to be there already",
    ),
    Wrong(
        name="no function",
        change=configured(FunctionName=None),
        words="the action Deploy has no FunctionName",
    ),
)


@pytest.mark.parametrize("given", WRONG, ids=[each.name for each in WRONG])
def test_what_the_action_does_not_take_fails_it(given: Wrong) -> None:
    """The rehearsal says which of its settings, and the traffic stays."""
    found = run(tutorial(given.change))

    assert not found.passed
    assert any(given.words in cause for cause in found.causes), found.causes
    assert all("not modelled" not in cause for cause in found.causes)


UNKNOWN = (
    Wrong(
        name="an alarm that is not in the template",
        change=configured(Alarms="elsewhere"),
        words="not modelled: MyPipeline, stage Deploy, action Deploy (Deploy/AWS/Lambda): the alarm"
        " elsewhere",
    ),
    Wrong(
        name="a function that is not in the template",
        change=configured(FunctionName="elsewhere"),
        words="not modelled: MyPipeline, stage Deploy, action Deploy (Deploy/AWS/Lambda): the"
        " function elsewhere",
    ),
    Wrong(
        name="a version and an artifact",
        change=configured(PublishedTargetVersion="1"),
        words="AWS does not say which of them is deployed",
    ),
    Wrong(
        name="alarms without an alias",
        change=configured(FunctionAlias=None, DeployStrategy=None),
        words="AWS does not say what they do",
    ),
    Wrong(
        name="no share at all",
        change=configured(DeployStrategy="Canary0Percent5Minutes"),
        words="the DeployStrategy Canary0Percent5Minutes: AWS does not say",
    ),
    Wrong(
        name="the version that serves already",
        change=published(version="1"),
        words="the alias aliasV1 is on version 1 already: AWS does not say",
    ),
    Wrong(
        name="a function that takes signed code",
        change=lambda r: r["MyLambdaFunction"]["Properties"].update(CodeSigningConfigArn="arn:x"),
        words="code signing, which MyLambdaFunction asks for",
    ),
    Wrong(
        name="a function that is an image",
        change=lambda r: r["MyLambdaFunction"]["Properties"].update(PackageType="Image"),
        words="code of MyLambdaFunction, which is an image",
    ),
)


@pytest.mark.parametrize("given", UNKNOWN, ids=[each.name for each in UNKNOWN])
def test_what_aws_does_not_tell_is_never_guessed(given: Wrong) -> None:
    """The rehearsal fails and says so, though an account may take it."""
    found = run(tutorial(given.change))

    assert not found.passed
    assert any(given.words in cause for cause in found.causes), found.causes


@pytest.mark.parametrize(
    "package, words",
    [
        (
            source(function__zip="", appspec__yml=""),
            "cannot start: its package has no lambda_function.py at its root",
        ),
        (Source(name="text", body=b"no zip"), "Lambda cannot unzip SourceArtifact"),
    ],
    ids=["a zip in the zip", "no zip"],
)
def test_a_package_that_cannot_start_is_found(package: Source, words: str) -> None:
    """Lambda takes any zip: the first request would find out."""
    (found,) = rehearsed(tutorial(), "good", uploaded=package)

    assert not found.passed
    assert any(words in cause for cause in found.causes), found.causes


@pytest.mark.parametrize(
    "runtime, handler, path, starts",
    [
        ("python3.13", "app.main.handler", "app/main.py", True),
        ("python3.13", "app.handler", "app/__init__.py", True),
        ("python3.13", "app.handler", "app.cpython-313-x86_64-linux-gnu.so", True),
        ("python3.13", "app.handler", "src/app.py", False),
        ("nodejs22.x", "index.handler", "index.mjs", True),
        ("nodejs22.x", "lib/index.handler", "lib/index.js", True),
        ("nodejs22.x", "index.handler", "index/__init__.py", False),
        ("nodejs22.x", "lib.index.handler", "lib/index.js", False),
        ("java21", "shop.Handler::handleRequest", "shop/Handler.class", True),
    ],
)
def test_a_handler_is_looked_for_where_its_language_does(
    runtime: str, handler: str, path: str, *, starts: bool
) -> None:
    """Of languages that are not known nothing is said."""

    def change(resources: dict[str, Json]) -> None:
        resources["MyLambdaFunction"]["Properties"].update(Runtime=runtime, Handler=handler)

    package = Source(name="a test's", body=zipped({path: b"code"}))
    (found,) = rehearsed(tutorial(change), "good", uploaded=package)

    assert starts is found.passed, found.causes
    assert starts is not any("cannot start" in cause for cause in found.causes)


def test_the_version_reaches_later_actions() -> None:
    """The output variable is in the action's namespace."""

    def change(resources: dict[str, Json]) -> None:
        resources["MyPipeline"]["Properties"]["Stages"].append(
            {
                "Name": "After",
                "Actions": [
                    {
                        "Name": "Ask",
                        "ActionTypeId": {
                            "Category": "Approval",
                            "Owner": "AWS",
                            "Provider": "Manual",
                            "Version": "1",
                        },
                        "Configuration": {"CustomData": "#{DeployVariables.FunctionVersion}"},
                    }
                ],
            }
        )

    good = run(tutorial(change))

    assert good.passed, good.causes
    assert "Ask" in [e.action for e in good.events if isinstance(e, ActionBegan)]
