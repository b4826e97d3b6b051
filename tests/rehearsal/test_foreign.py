"""Pipelines that we did not write are rehearsed to their end, or refused with the reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from tests.proof import proving
from tests.proof.hops.foreign import as_cdk_does
from tests.rehearsal.others import (
    BUILDSPEC,
    CODE,
    HOOKED,
    PACKAGE,
    PYTHON,
    SHOP,
    hooked,
    run,
    shop,
)
from tests.rehearsal.staging import foreign, rehearsed, source, staged, wrong

from cicdgen.errors import UsageError
from cicdgen.rehearsal.matrix import every
from cicdgen.rehearsal.stage import Options
from cicdgen.rehearsal.timeline import ActionEnded, Logged

if TYPE_CHECKING:
    from tests.rehearsal.others import Change, Json


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """A template of somebody else, and the scenarios that fit it."""

    name: str
    body: dict[str, Json]
    options: Options
    scenarios: tuple[str, ...]


FOREIGN = (
    Foreign(
        name="a repository, a build, a person and a function",
        body=foreign("repository"),
        options=SHOP,
        scenarios=("good", "bad-canary", "broken-build"),
    ),
    Foreign(
        name="a webhook and a function that is told",
        body=foreign("webhook"),
        options=HOOKED,
        scenarios=("good", "failing-test", "replay"),
    ),
    Foreign(
        name="a connection, and a role for each action",
        body=as_cdk_does.BODY,
        options=Options(artifacts={"Artifact_Build_Synth": PACKAGE.body}),
        scenarios=("good", "broken-build", "replay"),
    ),
)


@pytest.mark.parametrize("given", FOREIGN, ids=[each.name for each in FOREIGN])
def test_every_scenario_that_fits_ends_as_it_should(given: Foreign) -> None:
    """From the source to the end; the others say why they do not fit."""
    with staged(given.body, given.options) as stage:
        can, others = every(stage)

    assert list(given.scenarios) == can
    assert all(": " in why for why in others)
    assert {} == wrong(rehearsed(given.body, options=given.options, uploaded=given.options.source))


def test_a_template_by_hand_is_rehearsed_and_its_bad_canary_found() -> None:
    """The action has no alarms: a bad version takes all traffic, and nobody hears of it."""
    options = Options(artifacts={"Built": PYTHON.body})
    found = wrong(rehearsed(dict(proving.foreign("by_hand")), options=options))

    assert {"bad-canary"} == set(found)
    assert "no alarm fired" in found["bad-canary"]
    assert "CodePipeline did not roll back: Deploy has no Alarms" in found["bad-canary"]


def test_what_a_build_makes_can_be_made_by_its_own_commands() -> None:
    """The buildspec is in the source, and what it makes becomes the version."""
    options = replace(SHOP, artifacts={}, runs_builds=True)
    good = run("repository", options)
    broken = run(
        "repository",
        replace(
            options,
            source=source(buildspec__yml=BUILDSPEC.replace("out/", "out/a.js"), index__js=CODE),
        ),
    )

    assert good.passed, good.causes
    assert not broken.passed
    assert "cannot start: its package has no index.js at its root" in broken.causes[0]


def test_variables_of_a_repository_reach_later_actions() -> None:
    """The commit and its branch, as CodePipeline names them."""
    good = shop(lambda _: None)
    (fetched,) = (e for e in good.events if isinstance(e, ActionEnded) and e.action == "Fetch")
    told = [e.line for e in hooked(lambda _: None).events if isinstance(e, Logged)]

    assert {"main", "shop"} <= set(fetched.variables.values())
    assert 40 == len(fetched.variables["CommitId"])
    assert "released main" in told


def test_a_variable_of_the_pipeline_has_its_default() -> None:
    """As AWS shows it for the version that is to be deployed."""

    def change(resources: dict[str, Json]) -> None:
        resources["MyPipeline"]["Properties"]["Variables"] = [
            {"Name": "strategy", "DefaultValue": "Canary50Percent9Minutes"}
        ]
        action = resources["MyPipeline"]["Properties"]["Stages"][1]["Actions"][0]
        action["Configuration"]["DeployStrategy"] = "#{variables.strategy}"

    package = source(lambda_function__py="def lambda_handler(event, context):\n    return 2\n")
    good = run("tutorial", Options(source=package), change)
    bad = run("tutorial", Options(source=package), change, "bad-canary")

    assert good.passed, good.causes
    assert [0.5, 1.0] == [shift.weights["2"] for shift in good.shifts[1:]]
    assert "Canary50Percent9Minutes" == good.strategy
    assert bad.passed, bad.causes
    assert bad.expected.startswith("an alarm fires, CodePipeline rolls back")


def test_a_variable_of_the_pipeline_without_a_default_is_refused() -> None:
    """Nobody gives it a value here."""
    template = foreign("tutorial")
    template["Resources"]["MyPipeline"]["Properties"]["Variables"] = [{"Name": "version"}]

    with pytest.raises(UsageError, match="the variable version of MyPipeline"), staged(template):
        pass


def _kind(stage: int, category: str, provider: str) -> Change:
    def change(resources: dict[str, Json]) -> None:
        action = resources["Pipeline"]["Properties"]["Stages"][stage]["Actions"][0]
        action["ActionTypeId"].update(Category=category, Provider=provider)

    return change


def test_every_action_that_is_not_modelled_is_named_with_place_and_reason() -> None:
    """The pipeline, the stage, the action, the kind, and why; all of them at once."""
    template = foreign("repository")
    _kind(2, "Deploy", "CloudFormation")(template["Resources"])
    _kind(1, "Build", "Jenkins")(template["Resources"])

    with pytest.raises(UsageError) as raised, staged(template, SHOP):
        pass

    assert (
        "Pipeline, stage Build: the action Compile is Build/AWS/Jenkins, which is not modelled:"
        " nobody has looked up what it does"
        " (Resources.Pipeline.Properties.Stages.1.Actions.0); "
        "Pipeline, stage Release: the action Ask is Deploy/AWS/CloudFormation, which is not"
        " modelled: what it does to a stack stands in that stack's own template"
        " (Resources.Pipeline.Properties.Stages.2.Actions.0)"
    ) == raised.value.message
    assert "Deploy/AWS/Lambda" in (raised.value.hint or "")


def test_a_build_whose_commands_are_nowhere_asks_for_the_source() -> None:
    """They are in a file of the source, and no source was given."""
    words = "the commands of Build are in buildspec.yml of its source"

    with pytest.raises(UsageError, match=words):
        run("repository", replace(SHOP, source=None))


def test_a_slip_in_the_buildspec_of_the_source_is_found_before_anything_begins() -> None:
    """As one in the template."""
    slip = BUILDSPEC.replace("- mkdir out", "- echo a: b")

    with (
        pytest.raises(UsageError, match="Build: line 5, phases/build/commands"),
        staged(foreign("repository"), replace(SHOP, source=source(buildspec__yml=slip))),
    ):
        pass


def test_what_commands_call_that_nobody_can_read_is_told() -> None:
    """The result says that it passed it over."""
    calls = BUILDSPEC.replace("- mkdir out", "- sam deploy")
    found = run("repository", replace(SHOP, source=source(buildspec__yml=calls, index__js=CODE)))

    assert any("Build: what sam deploy calls" in said for said in found.assumptions)


def test_what_commands_of_the_source_call_is_decided() -> None:
    """They are read as those in the template are."""
    calls = BUILDSPEC.replace("- mkdir out", "- aws s3 cp index.js s3://elsewhere/")
    found = run("repository", replace(SHOP, source=source(buildspec__yml=calls, index__js=CODE)))

    assert not found.passed
    assert "s3:PutObject on s3 elsewhere" in found.causes[0]


def test_a_parameter_needs_a_value_only_if_something_asks_for_it() -> None:
    """GitHub's token is never asked for; the branch is."""
    without = replace(HOOKED, parameters={"Artifacts": "some-bucket"})

    assert run("webhook", without).passed
    with pytest.raises(UsageError, match="cannot know Branch") as raised:
        run("repository", replace(SHOP, parameters={}))
    assert "--parameter-overrides NAME=VALUE" in (raised.value.hint or "")


def test_a_parameter_that_the_template_has_not_is_refused() -> None:
    """It is a slip of whoever typed it."""
    with (
        pytest.raises(UsageError, match="no parameter Brunch"),
        staged(foreign("repository"), replace(SHOP, parameters={"Brunch": "main"})),
    ):
        pass


def test_a_bucket_that_is_made_elsewhere_is_assumed_and_told() -> None:
    """Only the pipeline's own: a role still needs its grant."""
    found = hooked(lambda _: None)

    def closed(resources: dict[str, Json]) -> None:
        (policy,) = resources["Role"]["Properties"]["Policies"]
        policy["PolicyDocument"]["Statement"][0]["Action"].remove("s3:*")

    refused = hooked(closed)

    assert any("the bucket some-bucket, which is not" in said for said in found.assumptions)
    assert "Role may not s3:PutObject on s3 some-bucket" in refused.causes[0]


def test_a_deployment_to_servers_is_refused_when_its_turn_comes() -> None:
    """A group of servers beside it stops nothing else."""

    def change(resources: dict[str, Json]) -> None:
        resources["Application"] = {"Type": "AWS::CodeDeploy::Application", "Properties": {}}
        resources["Group"] = {
            "Type": "AWS::CodeDeploy::DeploymentGroup",
            "Properties": {
                "ApplicationName": {"Ref": "Application"},
                "DeploymentConfigName": "CodeDeployDefault.OneAtATime",
                "ServiceRoleArn": {"Fn::GetAtt": ["PipelineRole", "Arn"]},
            },
        }

    def deployed(resources: dict[str, Json]) -> None:
        change(resources)
        action = resources["Pipeline"]["Properties"]["Stages"][2]["Actions"][1]
        action["ActionTypeId"]["Provider"] = "CodeDeploy"
        action["Configuration"] = {
            "ApplicationName": {"Ref": "Application"},
            "DeploymentGroupName": {"Ref": "Group"},
        }

    assert shop(change).passed
    assert (
        "not modelled: Pipeline, stage Release, action Deploy (Deploy/AWS/CodeDeploy): a deployment"
        " to servers by the action Deploy"
    ) == shop(deployed).causes[0]


def test_a_way_to_shift_traffic_that_is_made_elsewhere_is_refused() -> None:
    """Nothing begins, for nobody knows how its deployments would end."""
    template = _with_a_group("ours")

    with pytest.raises(UsageError, match="not modelled: how Group moves traffic"):
        rehearsed(template, "good", options=SHOP, uploaded=SHOP.source)


def test_a_group_of_codedeploy_beside_changes_who_has_to_go_back() -> None:
    """With both any alias may move, and what AWS does not say stays left out."""
    template = _with_a_group("CodeDeployDefault.LambdaCanary10Percent30Minutes")
    with staged(template, SHOP) as stage:
        aim = stage.aim
        can, _ = every(stage)

    assert ("CodeDeploy", True, 30.0) == (aim.mover, aim.moves_itself, aim.window)
    assert aim.is_on("Other.alias")
    assert (
        "CodeDeployDefault.LambdaCanary10Percent30Minutes, Linear20PercentEvery3Minutes"
    ) == aim.strategy
    assert "replay" not in can


def _with_a_group(config: str) -> dict[str, Json]:
    """The template of a repository, with a group of CodeDeploy for functions beside it."""
    template = foreign("repository")
    template["Resources"].update(
        Application={
            "Type": "AWS::CodeDeploy::Application",
            "Properties": {"ComputePlatform": "Lambda"},
        },
        Group={
            "Type": "AWS::CodeDeploy::DeploymentGroup",
            "Properties": {
                "ApplicationName": {"Ref": "Application"},
                "DeploymentConfigName": config,
                "ServiceRoleArn": {"Fn::GetAtt": ["PipelineRole", "Arn"]},
            },
        },
    )
    return template
