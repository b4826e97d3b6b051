"""What is not modelled, or cannot be, is an error that says where: never a green light."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from tests.rehearsal.staging import Json, body, changed, rehearsed, sample, staged, wrong

from cicdgen.errors import UsageError
from cicdgen.rehearsal.scenarios import named
from cicdgen.rehearsal.scene import rehearse
from cicdgen.rehearsal.source import has_handler, packed
from cicdgen.rehearsal.stage import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _pipeline(resources: dict[str, Json]) -> Json:
    return resources["Pipeline"]["Properties"]


def _action(resources: dict[str, Json], stage: str) -> Json:
    return next(s for s in _pipeline(resources)["Stages"] if s["Name"] == stage)["Actions"][0]


def _slip(resources: dict[str, Json]) -> None:
    source = resources["BuildProject"]["Properties"]["Source"]
    source["BuildSpec"] = "version: 0.2\nphases:\n  build:\n    commands:\n      - echo a: b\n"


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda r: r.pop("Pipeline"), "no pipeline: there is nothing to rehearse"),
        (
            lambda r: r.update(Another=copy.deepcopy(r["Pipeline"])),
            "several pipelines: Pipeline, Another",
        ),
        (
            lambda r: _action(r, "Deploy")["ActionTypeId"].update(Provider="StepFunctions"),
            "the action Deploy is Invoke/AWS/StepFunctions, which is not modelled",
        ),
        (
            lambda r: _pipeline(r).update(ExecutionMode="PARALLEL"),
            "the execution mode PARALLEL of Pipeline is not modelled",
        ),
        (
            lambda r: _pipeline(r)["Stages"][1].update(OnFailure={"Result": "ROLLBACK"}),
            "OnFailure of the stage Build is not modelled",
        ),
        (_slip, "BuildProject: line 5, phases/build/commands"),
    ],
    ids=["no pipeline", "two pipelines", "another provider", "beside", "a rollback", "a slip"],
)
def test_a_template_that_cannot_be_rehearsed_says_why(
    change: Callable[[dict[str, Json]], object], words: str
) -> None:
    """Nothing begins: the error names the place."""
    with (
        pytest.raises(UsageError, match=words.replace("(", r"\(")),
        staged(changed("prod", change)),
    ):
        pass


def test_a_condition_that_nobody_decides_is_refused() -> None:
    """A template that may become two stacks is rehearsed as neither."""
    template = body("prod")
    template["Parameters"] = {"Loud": {"Type": "String"}}
    template["Conditions"]["IsLoud"] = {"Fn::Equals": [{"Ref": "Loud"}, "yes"]}
    template["Resources"]["FailureRule"]["Condition"] = "IsLoud"

    with pytest.raises(UsageError, match="2 stacks"), staged(template):
        pass


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("LAMBDA.get_alias(**FUNCTION, Name=ALIAS)", "LAMBDA.list_functions()", "ListFunctions"),
        ("**FUNCTION, **code, Publish=False", "**FUNCTION, **code, Publish=True", "publishes"),
        ('"revisionType": "AppSpecContent"', '"revisionType": "String"', "type String"),
    ],
    ids=["an operation", "an option", "a revision"],
)
def test_a_call_that_is_not_modelled_fails_the_rehearsal(old: str, new: str, words: str) -> None:
    """The code gets status 501, and whatever it makes of that, the rehearsal does not pass."""

    def change(resources: dict[str, Json]) -> None:
        code = resources["Deployer"]["Properties"]["Code"]
        assert old in code["ZipFile"]
        code["ZipFile"] = code["ZipFile"].replace(old, new)

    found = wrong(rehearsed(changed("prod", change), "good"))

    assert "not modelled" in found["good"][0]
    assert any(words in cause or "lambda GET" in cause for cause in found["good"])


@pytest.mark.parametrize(
    "name, properties, words",
    [
        ("Deployer", {"ReservedConcurrentExecutions": 0}, "every call of Deployer is throttled"),
        ("Hook", {"ReservedConcurrentExecutions": 0}, "every call of Hook is throttled"),
        ("Function", {"ReservedConcurrentExecutions": 0}, "the hook shop-prod-hook says Failed"),
        ("Function", {"CodeSigningConfigArn": "arn:elsewhere"}, "not modelled: code signing"),
        ("Function", {"PackageType": "Image"}, "code of Function, which is an image"),
        ("BuildProject", {"Artifacts": {"Type": "NO_ARTIFACTS"}}, "not CODEPIPELINE"),
        ("TestProject", {"Source": {"Type": "NO_SOURCE"}}, "are NO_SOURCE, not CODEPIPELINE"),
        (
            "DeploymentGroup",
            {"DeploymentStyle": {"DeploymentType": "IN_PLACE"}},
            "its DeploymentType is IN_PLACE, and for functions there is BLUE_GREEN alone",
        ),
        ("S3Key", {"Enabled": False}, "S3Key is disabled: KMS refuses every use of it"),
    ],
)
def test_a_part_that_is_switched_off_or_made_for_something_else_fails(
    name: str, properties: Json, words: str
) -> None:
    """No policy shows it, and CloudFormation takes it."""

    def change(resources: dict[str, Json]) -> None:
        resources[name]["Properties"].update(properties)

    found = wrong(rehearsed(changed("prod", change), "good"))

    assert any(words in cause for cause in found["good"]), found


def test_a_function_that_hangs_is_ended_in_its_time() -> None:
    """Lambda's timeout holds for the process, too."""

    def change(resources: dict[str, Json]) -> None:
        deployer = resources["Deployer"]["Properties"]
        deployer["Timeout"] = 2
        deployer["Code"]["ZipFile"] += "\n\ndef handler(event, _context):\n    time.sleep(60)\n"

    found = wrong(rehearsed(changed("prod", change), "good"))

    assert any("no answer in 20 minutes" in cause for cause in found["good"])


def test_an_action_of_an_alarm_that_is_not_modelled_is_no_silence() -> None:
    """An alarm that would call a function is a failure, and not a notice that never came."""
    template = changed(
        "prod",
        lambda r: r["RollbackAlarm"]["Properties"].update(
            AlarmActions=[{"Fn::GetAtt": ["Hook", "Arn"]}]
        ),
    )

    found = wrong(rehearsed(template, "bad-canary"))

    assert found["bad-canary"][0].startswith("not modelled: RollbackAlarm tells")


def test_what_a_foreign_build_makes_has_to_be_given() -> None:
    """A buildspec that keeps to no contract of ours makes what nobody knows."""

    def change(resources: dict[str, Json]) -> None:
        source = resources["BuildProject"]["Properties"]["Source"]
        source["BuildSpec"] = source["BuildSpec"].replace("cicdgen.release/1", "another/1")

    with pytest.raises(UsageError, match="what BuildProject makes as BuildOutput is not known"):
        rehearsed(changed("prod", change), "good")


def test_a_given_artifact_is_handed_on_as_it_is() -> None:
    """The deployer reads the zip that a person gave, and refuses what is no manifest."""

    def change(resources: dict[str, Json]) -> None:
        source = resources["BuildProject"]["Properties"]["Source"]
        source["BuildSpec"] = source["BuildSpec"].replace("cicdgen.release/1", "another/1")

    given = Options(artifacts={"BuildOutput": sample().body})
    found = wrong(rehearsed(changed("prod", change), "good", options=given))

    assert any("manifest.json" in cause for cause in found["good"])


def test_a_source_without_code_fails_in_the_build(tmp_path: Path) -> None:
    """The build says what it misses, as the one that runs does."""
    (tmp_path / "README").write_text("nothing", encoding="utf-8")
    with staged(body("prod")) as stage:
        found = rehearse(stage, named("good"), packed(tmp_path, "empty"))

    assert not found.passed
    assert any("src/ is missing or empty" in cause for cause in found.causes)
    assert not has_handler(tmp_path, "index.handler")


def test_a_type_that_nothing_looks_at_is_told() -> None:
    """Whoever reads the result knows what it says nothing about."""
    template = changed(
        "prod",
        lambda r: r.update(Table={"Type": "AWS::DynamoDB::Table", "Properties": {}}),
    )
    (good,) = rehearsed(template, "good")

    assert any("AWS::DynamoDB::Table" in said for said in good.assumptions)


def test_a_scenario_that_does_not_fit_says_why() -> None:
    """Without a test there is none that fails."""

    def change(resources: dict[str, Json]) -> None:
        _pipeline(resources)["Stages"] = [
            stage for stage in _pipeline(resources)["Stages"] if stage["Name"] != "Test"
        ]

    with staged(changed("prod", change)) as stage:
        why = stage.applicable(named("failing-test"))

    assert "the pipeline has no test action" == why


@pytest.mark.parametrize("name", ["worse", "denied:", "denied:GetObject", "denied:s3:GetObjct"])
def test_a_scenario_that_nobody_knows_is_refused(name: str) -> None:
    """The error lists those that there are."""
    with pytest.raises(UsageError):
        named(name)
