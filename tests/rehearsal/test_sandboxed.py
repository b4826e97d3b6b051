"""An embedded AWS behind the models: objects lie there, and what is released runs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests import sandboxes
from tests.rehearsal.staging import body, changed, rehearsed, sample, staged, wrong

from cicdgen.rehearsal.record import FunctionInvoked
from cicdgen.rehearsal.scenarios import named
from cicdgen.rehearsal.scene import rehearse
from cicdgen.rehearsal.source import packed
from cicdgen.rehearsal.stage import Options
from cicdgen.sandbox import environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.rehearsal.staging import Json

INSIDE = Options(in_sandbox=True)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox is where the tests have it."""
    monkeypatch.setenv(environment.VARIABLE, str(sandboxes.installed()))


@pytest.mark.parametrize("scenario", ["good", "bad-canary", "replay"])
def test_model_and_sandbox_agree(scenario: str) -> None:
    """Digests, version numbers and weights are the same on both sides, to the end."""
    rehearsals = rehearsed(body("prod"), scenario, options=INSIDE)

    assert {} == wrong(rehearsals)


def test_what_is_released_is_really_tried(tmp_path: Path) -> None:
    """A function that fails its smoke test never gets traffic: its own code says so."""
    (tmp_path / "src").mkdir()
    code = "def handler(event, _context):\n    raise KeyError(event['source'])\n"
    (tmp_path / "src" / "index.py").write_text(code, encoding="utf-8")
    with staged(body("prod"), INSIDE) as stage:
        found = rehearse(stage, named("good"), packed(tmp_path, "broken"))
    tried = [e.error for e in found.events if isinstance(e, FunctionInvoked) and e.error]

    assert not found.passed
    assert 1 == len(tried)
    assert {"1": 1} == dict(found.shifts[-1].weights)


def test_a_name_that_cloudformation_makes_is_taken_from_there() -> None:
    """A bucket without a name gets one when it is deployed, and code is told that one."""

    def change(resources: dict[str, Json]) -> None:
        del resources["ArtifactBucket"]["Properties"]["BucketName"]

    assert {} == wrong(rehearsed(changed("prod", change), "good", options=INSIDE))


def test_a_difference_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where model and sandbox disagree, one of them is wrong, and nothing passes."""
    from cicdgen.rehearsal import sandboxed  # noqa: PLC0415 - it is what is changed

    def other(_: object, *_rest: object, **_more: object) -> str:
        return "another digest"

    monkeypatch.setattr(sandboxed.Sandboxed, "update", other)
    with staged(body("prod"), INSIDE) as stage:
        found = rehearse(stage, named("good"), sample())

    assert not found.passed
    assert "and another digest to the sandbox" in found.causes[0]
