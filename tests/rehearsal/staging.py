"""Templates on their stage, for the tests of the rehearsal."""

from __future__ import annotations

import copy
import json
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicdgen import assets
from cicdgen.cloudformation import Template
from cicdgen.proof.proof import account_in
from cicdgen.proof.reading import read
from cicdgen.rehearsal.scenarios import NAMES, named
from cicdgen.rehearsal.scene import rehearse
from cicdgen.rehearsal.source import Source, packed, zipped
from cicdgen.rehearsal.stage import Options, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cicdgen.rehearsal.record import Rehearsal

Json = Any
TEMPLATES = Path(__file__).parents[2] / "templates"
FOREIGN = Path(__file__).with_name("foreign")
REGION = "eu-central-1"


@cache
def sample() -> Source:
    """The starter's function."""
    return packed(assets.STARTER, "the sample", is_sample=True)


def body(env: str) -> dict[str, Json]:
    """A golden template, to be changed at will."""
    found: dict[str, Json] = json.loads((TEMPLATES / f"{env}.json").read_text(encoding="utf-8"))
    return copy.deepcopy(found)


def foreign(name: str) -> dict[str, Json]:
    """A template that somebody else might have written, to be changed at will."""
    path = FOREIGN / f"{name}.yaml"
    found: Json = read(path.read_text(encoding="utf-8"), path.name).body
    return dict(copy.deepcopy(found))


def source(**files: str) -> Source:
    """A source with these files in it; `__` in a name is its dot."""
    named_ = {name.replace("__", "."): text.encode() for name, text in files.items()}
    return Source(name="a test's", body=zipped(named_))


@contextmanager
def staged(
    template: dict[str, Json], options: Options | None = None, region: str = REGION
) -> Iterator[Stage]:
    """A template on its stage."""
    partition = account_in(region).partition or "aws"
    with Stage(Template.read(template), region, partition, options or Options()) as stage:
        yield stage


def rehearsed(
    template: dict[str, Json],
    *scenarios: str,
    options: Options | None = None,
    region: str = REGION,
    uploaded: Source | None = None,
) -> list[Rehearsal]:
    """Scenarios of a template; without names all of those that it can have."""
    with staged(template, options, region) as stage:
        chosen = scenarios or [n for n in NAMES if not stage.applicable(named(n))]
        return [rehearse(stage, named(name), uploaded or sample()) for name in chosen]


def wrong(rehearsals: Sequence[Rehearsal]) -> dict[str, tuple[str, ...]]:
    """The causes of those that did not end as they should, by scenario."""
    return {each.scenario: each.causes for each in rehearsals if not each.passed}


def changed(env: str, change: Callable[[dict[str, Json]], object]) -> dict[str, Json]:
    """A golden template with a change to its resources."""
    template = body(env)
    change(template["Resources"])
    return template
