"""Stages, run order, artifacts and variables, as a pipeline of somebody else may have them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from tests.rehearsal.staging import changed, rehearsed, wrong

from cicdgen.rehearsal.timeline import ActionBegan, ActionEnded, Logged

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from tests.rehearsal.staging import Json

    from cicdgen.rehearsal.record import Rehearsal

    Change: TypeAlias = Callable[[dict[str, Json]], object]

PRINTED = """

WRAPPED = handler


def handler(event, context):
    given = event["CodePipeline.job"]["data"]["actionConfiguration"]["configuration"]
    print("told", given.get("UserParameters"))
    return WRAPPED(event, context)
"""


def stage_of(resources: dict[str, Json], name: str) -> Json:
    """A stage of the pipeline."""
    stages = resources["Pipeline"]["Properties"]["Stages"]
    return next(stage for stage in stages if stage["Name"] == name)


def began(rehearsal: Rehearsal) -> list[tuple[float, str]]:
    """The actions that began, and when."""
    return [(e.at, e.action) for e in rehearsal.events if isinstance(e, ActionBegan)]


def _second_test(order: int) -> Change:
    def change(resources: dict[str, Json]) -> None:
        actions = stage_of(resources, "Test")["Actions"]
        second = copy.deepcopy(actions[0])
        second.update(Name="Again", RunOrder=order)
        actions.append(second)

    return change


def test_actions_of_one_run_order_begin_together() -> None:
    """And the stage goes on when both are done."""
    (good,) = rehearsed(changed("prod", _second_test(1)), "good")
    times = {name: at for at, name in began(good)}

    assert {} == wrong([good])
    assert times["Test"] == times["Again"]


def test_a_later_run_order_waits() -> None:
    """It begins when those before it have ended."""
    (good,) = rehearsed(changed("prod", _second_test(2)), "good")
    times = {name: at for at, name in began(good)}

    assert {} == wrong([good])
    assert times["Test"] < times["Again"]


def test_a_failure_keeps_later_actions_from_beginning() -> None:
    """Neither those of the stage nor those of the next one."""
    (bad,) = rehearsed(changed("prod", _second_test(2)), "failing-test")

    assert ["Source", "Build", "Test"] == [name for _, name in began(bad)]


def _with_variable(name: str) -> Change:
    def change(resources: dict[str, Json]) -> None:
        stage_of(resources, "Source")["Actions"][0]["Namespace"] = "Source"
        deploy = stage_of(resources, "Deploy")["Actions"][0]
        deploy["Configuration"]["UserParameters"] = f"#{{{name}}}"
        resources["Deployer"]["Properties"]["Code"]["ZipFile"] += PRINTED

    return change


def test_a_variable_of_an_action_is_filled_in() -> None:
    """What an earlier action puts out, a later one is told."""
    template = changed("prod", _with_variable("Source.VersionId"))
    (good,) = rehearsed(template, "good")
    lines = {e.line for e in good.events if isinstance(e, Logged) and e.line.startswith("told")}

    assert {"told version1"} == lines


def test_a_variable_that_nobody_puts_out_fails_its_action() -> None:
    """The action names it."""
    template = changed("prod", _with_variable("Source.Nothing"))
    found = wrong(rehearsed(template, "good"))

    assert any("the variable #{Source.Nothing} is not known" in c for c in found["good"])


def test_output_variables_of_the_deployer_reach_the_pipeline() -> None:
    """Which version was released can be used by whatever comes next."""
    (good,) = rehearsed(changed("prod", lambda _: None), "good")
    deployed = [e for e in good.events if isinstance(e, ActionEnded) and e.action == "Deploy"]

    assert {"DeploymentId": "d-000000001", "FunctionVersion": "2"} == dict(deployed[0].variables)


def test_an_artifact_that_nobody_makes_fails_its_action() -> None:
    """The name is that of the template."""

    def change(resources: dict[str, Json]) -> None:
        deploy = stage_of(resources, "Deploy")["Actions"][0]
        deploy["InputArtifacts"] = [{"Name": "Nothing"}]

    found = wrong(rehearsed(changed("prod", change), "good"))

    assert any("no action before Deploy makes Nothing" in cause for cause in found["good"])


def test_a_source_bucket_without_versions_is_refused() -> None:
    """CodePipeline needs them of an S3 source."""

    def change(resources: dict[str, Json]) -> None:
        del resources["SourceBucket"]["Properties"]["VersioningConfiguration"]

    found = wrong(rehearsed(changed("prod", change), "good"))

    assert any("keeps no versions" in cause for cause in found["good"])


def test_a_bucket_that_says_nothing_starts_nothing() -> None:
    """Without EventBridge on the bucket the upload is heard by nobody."""

    def change(resources: dict[str, Json]) -> None:
        del resources["SourceBucket"]["Properties"]["NotificationConfiguration"]

    found = wrong(rehearsed(changed("prod", change), "good"))

    assert any("does not tell EventBridge" in cause for cause in found["good"])
