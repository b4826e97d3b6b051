"""Templates of others on their stage, for the tests of the rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from tests.rehearsal.staging import foreign, rehearsed, source

from cicdgen.rehearsal.source import Source, zipped
from cicdgen.rehearsal.stage import Options
from cicdgen.rehearsal.timeline import PipelineBegan

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicdgen.rehearsal.record import Rehearsal

Json = Any
Change: TypeAlias = "Callable[[dict[str, Json]], object]"

BUILDSPEC = """version: 0.2
phases:
  build:
    commands:
      - mkdir out
      - cp index.js out/
artifacts:
  base-directory: out
  files: ['**/*']
"""
CODE = "exports.handler = async () => 2;\n"
PACKAGE = source(index__js=CODE)
REPOSITORY = source(buildspec__yml=BUILDSPEC, index__js=CODE)
NAMED = Source(name="a test's", body=zipped({"ci/build.yml": BUILDSPEC.encode()}))
PYTHON = source(index__py="def handler(event, context):\n    return 2\n")

SHOP = Options(
    source=REPOSITORY, parameters={"Branch": "main"}, artifacts={"Package": PACKAGE.body}
)
HOOKED = Options(source=NAMED, parameters={"GitHubToken": "x", "Artifacts": "some-bucket"})


def run(
    name: str, options: Options, change: Change = lambda _: None, scenario: str = "good"
) -> Rehearsal:
    """One scenario of a template that is changed."""
    template = foreign(name)
    change(template["Resources"])
    (found,) = rehearsed(template, scenario, options=options, uploaded=options.source)
    return found


def shop(change: Change, scenario: str = "good") -> Rehearsal:
    """The pipeline with a repository."""
    return run("repository", SHOP, change, scenario)


def hooked(change: Change) -> Rehearsal:
    """The pipeline with a webhook."""
    return run("webhook", HOOKED, change)


def fetch(resources: dict[str, Json]) -> Json:
    """The configuration of the source action."""
    return resources["Pipeline"]["Properties"]["Stages"][0]["Actions"][0]["Configuration"]


def runs(rehearsal: Rehearsal) -> int:
    """How often the pipeline started."""
    return len([e for e in rehearsal.events if isinstance(e, PipelineBegan)])
