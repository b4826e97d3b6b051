"""Builds whose commands really run, in front of the rehearsal's endpoint."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.rehearsal.staging import body, changed, sample, staged, wrong

from cicdgen import assets
from cicdgen.rehearsal.building import broken
from cicdgen.rehearsal.buildspec.spec import load
from cicdgen.rehearsal.record import Load, Rehearsal
from cicdgen.rehearsal.scenarios import named
from cicdgen.rehearsal.scene import rehearse
from cicdgen.rehearsal.stage import Options
from cicdgen.rehearsal.timeline import PhaseEnded, Status

if TYPE_CHECKING:
    from tests.rehearsal.staging import Json

pytestmark = pytest.mark.skipif(shutil.which("jq") is None, reason="the build needs jq")

RUN = Options(runs_builds=True, load=Load(requests_per_minute=60))


def _untested(resources: dict[str, Json]) -> None:
    """Leave the test stage out: it installs what is not here."""
    pipeline = resources["Pipeline"]["Properties"]
    pipeline["Stages"] = [s for s in pipeline["Stages"] if s["Name"] != "Test"]


def run(template: dict[str, Json], scenario: str) -> Rehearsal:
    """Rehearse with the builds' commands."""
    with staged(template, RUN) as stage:
        return rehearse(stage, named(scenario), sample())


def test_the_build_that_we_ship_really_makes_a_release() -> None:
    """Its commands store the release and write the manifest, and the deployer takes it."""
    good = run(changed("prod", _untested), "good")
    calls = {(c.principal, c.action, c.resource.partition("/")[2][:9]) for c in good.calls}

    assert {} == wrong([good])
    assert all(e.was_run for e in good.events if isinstance(e, PhaseEnded))
    assert ("BuildRole", "s3:PutObject", "releases/") in calls


def test_a_command_that_fails_in_a_block_stops_the_build() -> None:
    """The shell itself ends: `set -e` is in each block."""
    bad = run(changed("prod", _untested), "broken-build")
    failed = [
        e.phase for e in bad.events if isinstance(e, PhaseEnded) and e.status is Status.FAILED
    ]

    assert {} == wrong([bad])
    assert ["build"] == failed


def test_a_command_that_fails_unseen_is_seen_here() -> None:
    """Without `set -e` the shell goes on, and what it releases is broken: failure 19."""

    def change(resources: dict[str, Json]) -> None:
        _untested(resources)
        source = resources["BuildProject"]["Properties"]["Source"]
        source["BuildSpec"] = source["BuildSpec"].replace("set -euo pipefail", "set -x")

    bad = run(changed("prod", change), "broken-build")

    assert not bad.passed
    assert "the pipeline did not fail" in bad.causes


def test_a_build_may_do_what_its_role_may() -> None:
    """A call of the build's own is decided as any other, and the missing grant is named."""

    def change(resources: dict[str, Json]) -> None:
        _untested(resources)
        policy = resources["BuildPolicy"]["Properties"]["PolicyDocument"]
        policy["Statement"] = [s for s in policy["Statement"] if s["Sid"] != "StoreReleases"]

    bad = run(changed("prod", change), "good")

    assert "BuildRole may not s3:PutObject on ArtifactBucket/releases/" in bad.causes[0]


@pytest.mark.parametrize("name", ["build", "test"])
def test_the_fault_is_in_the_build_phase_alone(name: str) -> None:
    """Every other command of what we ship is as it was."""
    spec = load(assets.buildspec(name))
    changed_spec = broken(spec)

    assert spec.phases["build"] != changed_spec.phases["build"]
    assert {**spec.phases, "build": None} == {**changed_spec.phases, "build": None}


def test_a_build_without_its_tools_fails_as_itself() -> None:
    """What the commands print is kept, and its end is a cause."""
    bad = run(changed("prod", _no_sources), "good")

    assert any("src/ is missing or empty" in cause for cause in bad.causes)


def _no_sources(resources: dict[str, Json]) -> None:
    _untested(resources)
    source = resources["BuildProject"]["Properties"]["Source"]
    source["BuildSpec"] = source["BuildSpec"].replace("find src ", "find src -name nothing ")


def test_a_runtime_that_the_image_lacks_fails_before_anything_runs() -> None:
    """This machine has a Python: the image would not, and that is what counts."""

    def change(resources: dict[str, Json]) -> None:
        _untested(resources)
        environment = resources["BuildProject"]["Properties"]["Environment"]
        for variable in environment["EnvironmentVariables"]:
            if variable["Name"] == "PYTHON_VERSION":
                variable["Value"] = "3.8"

    bad = run(changed("prod", change), "good")

    assert any("has no Python 3.8" in cause for cause in bad.causes)
    assert not [e for e in bad.events if isinstance(e, PhaseEnded)]


def test_the_golden_template_needs_nothing_changed() -> None:
    """The build stage of the template as it is runs; its test stage lacks a network."""
    found = run(body("prod"), "good")
    ended = {e.project for e in found.events if isinstance(e, PhaseEnded) and e.was_run}

    assert {"BuildProject", "TestProject"} == ended
