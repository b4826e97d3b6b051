"""`cicdgen rehearse` on templates of others: parameters, sources, and what does not fit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.rehearsal.others import BUILDSPEC

from cicdgen.errors import Exit

if TYPE_CHECKING:
    from tests.cli.conftest import Cicdgen

FOREIGN = Path(__file__).parents[1] / "rehearsal" / "foreign"
TUTORIAL, REPOSITORY = str(FOREIGN / "tutorial.yaml"), str(FOREIGN / "repository.yaml")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a buildspec, and without src/."""
    (tmp_path / "buildspec.yml").write_text(BUILDSPEC, encoding="utf-8")
    (tmp_path / "index.js").write_text("exports.handler = async () => 2;", encoding="utf-8")
    return tmp_path


def test_a_function_that_codepipeline_deploys_itself_needs_no_source(cicdgen: Cicdgen) -> None:
    """The smallest package that the handler asks for is made up, and the result says so."""
    ran = cicdgen("rehearse", TUTORIAL, "--scenario", "bad-canary")

    assert Exit.DONE == ran.code
    assert "begins: version 1 to 2, Canary10Percent10Minutes" in ran.out
    assert "aliasV1 is back on version 1" in ran.out
    assert "180 of" in ran.out
    assert "the source is a made-up lambda_function.py" in ran.out


def test_what_does_not_fit_is_left_out_with_the_reason(cicdgen: Cicdgen) -> None:
    """Of all scenarios those with an end that is known are rehearsed."""
    ran = cicdgen("rehearse", TUTORIAL, "--all")

    assert Exit.DONE == ran.code
    assert ran.out.splitlines()[-1].startswith("2 scenarios: 2 as they should")
    assert "replay is left out: AWS does not say what Deploy/AWS/Lambda does" in ran.err
    assert "deployer-crash is left out: nothing asks CodeDeploy for a deployment" in ran.err


@pytest.mark.parametrize("scenario", ["failing-hook", "deployer-crash", "replay", "failing-test"])
def test_a_scenario_that_does_not_fit_is_refused(cicdgen: Cicdgen, scenario: str) -> None:
    """Asked for by name, it would end in a way that says nothing."""
    ran = cicdgen("rehearse", TUTORIAL, "--scenario", scenario)

    assert (Exit.USAGE, "") == (ran.code, ran.out)
    assert f"{scenario} does not fit: " in ran.err


def test_a_repository_is_built_and_released(cicdgen: Cicdgen, repository: Path) -> None:
    """The buildspec is read in the folder, and the branch is told on the command line."""
    ran = cicdgen(
        "rehearse",
        REPOSITORY,
        "--parameter-overrides",
        "Branch=main",
        "--source",
        str(repository),
        "--run-build",
    )

    assert (Exit.DONE, "") == (ran.code, ran.err)
    assert "uploaded main to shop" in ran.out
    assert "ended as it should: the pipeline succeeded; Shop.live: 100% on version 2" in ran.out


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "the rehearsal cannot know Branch"),
        (["--parameter-overrides", "Branch"], "--parameter-overrides Branch: no value"),
        (["--parameter-overrides", "Brunch=main"], "the template has no parameter Brunch"),
        (
            ["--parameter-overrides", "Branch=main"],
            "the commands of Build are in buildspec.yml of its source",
        ),
    ],
    ids=["no value", "no equals sign", "no such parameter", "no source"],
)
def test_what_lacks_is_a_usage_error(cicdgen: Cicdgen, arguments: list[str], words: str) -> None:
    """The error says what to give."""
    ran = cicdgen("rehearse", REPOSITORY, *arguments)

    assert (Exit.USAGE, "") == (ran.code, ran.out)
    assert words in ran.err
