"""What becomes of our template when it is broken: a sample of every kind, and each reason.

All mutants together take a minute: `make mutants` runs them, and compares docs/survivors.md.
"""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
from docs.survivors import FILE, TEMPLATES, line
from tests.proof.proving import REGION, Json, ours

from cicdgen.checking.trial import outcomes
from cicdgen.proof.mutation import Kind, Mutant, Outcome, mutants
from cicdgen.proof.mutation.harmless import why
from cicdgen.proof.mutation.original import Original
from cicdgen.proof.proof import account_in

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_A_KIND = 4
SECTIONS = {
    name: section
    for name in TEMPLATES
    for section in FILE.read_text(encoding="utf-8").split("\n## templates/")
    if section.startswith(f"{name}.json")
}


def _sample(body: Json) -> Iterator[Mutant]:
    """A few of each kind, the same in every run."""
    every = list(mutants(body))
    choose = random.Random(3)  # noqa: S311 - it has to be the same again
    for kind in Kind:
        own = [each for each in every if each.kind is kind]
        yield from choose.sample(own, min(OF_A_KIND, len(own)))


@pytest.fixture(scope="module", params=TEMPLATES)
def found(request: pytest.FixtureRequest) -> tuple[str, list[Outcome]]:
    """What becomes of the sample of a template."""
    body = ours(request.param)
    return request.param, outcomes(body, list(_sample(body)), REGION, jobs=1)


def test_no_breakage_is_missed(found: tuple[str, list[Outcome]]) -> None:
    """Each is caught by an error or a warning, or harmless for a reason."""
    assert [] == [str(each.mutant) for each in found[1] if each.is_gap]


def test_what_survives_is_what_the_page_says(found: tuple[str, list[Outcome]]) -> None:
    """With the same reason, and nothing that is caught is on it."""
    name, sample = found
    listed = [each for each in sample if f"\n{line(each)}\n" in SECTIONS[name]]

    assert [each for each in sample if each.survives] == listed
    for each in listed:
        reason = f"{each.harmless[0].upper()}{each.harmless[1:]}"
        under = SECTIONS[name].split(f"\n{line(each)}\n")[0].rpartition("\n### ")[2]

        assert reason == under.partition("\n")[0]


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_page_counts_every_mutant(name: str) -> None:
    """Of every kind, more than 150 in all, and none that somebody should have seen."""
    every = list(mutants(ours(name)))
    section = SECTIONS[name]

    assert len(every) > 150
    assert f"\n{len(every)} mutants: " in section
    assert " 0 gaps.\n" in section
    for kind in Kind:
        of_kind = sum(each.kind is kind for each in every)

        assert f"\n| {kind.value} | {of_kind} | " in section


def _reason(body: Json, what: str) -> str:
    """Why the mutant that is called so is harmless."""
    (mutant,) = (each for each in mutants(body) if what in str(each))
    return why(mutant, Original(body, account_in(REGION)))


def _with(**changes: Json) -> Json:
    """Our template with properties put in place of others, by `Resource__Property`."""
    body = deepcopy(ours())
    for at, value in changes.items():
        resource, _, key = at.partition("__")
        body["Resources"][resource]["Properties"][key] = value
    return body


HOLDS = [
    ("drop a property: SourceBucket without OwnershipControls", "by default since April 2023"),
    ("drop a property: DeploymentGroup without DeploymentStyle", "always blue/green"),
    ("statement 1 without ArnLike aws:SourceArn (Resources.BuildRole.", "aws:SourceAccount still"),
    ("EncryptDeadLetters without StringEquals kms:ViaService", "still asks for kms:ViaService"),
    ("FunctionErrors has Period 6000", "a longer sum"),
    ("RollbackAlarm has EvaluationPeriods 60", "it fires no later"),
    ("BuildLog is /shop-prod/build-another", "whatever writes there refers to it"),
    ("Function has no LOG_LEVEL", "no code of the template reads LOG_LEVEL"),
    ("Approve before Test", "is approved and tested before"),
    ("FailureRule does not ask for source (", "no service but CodePipeline"),
    ("RollbackAlarm tells nobody", "a deployment listens to it"),
    ("SourceBucketPolicy without RefuseOtherKeys", "it holds back people"),
    ("BuildPolicy without FindArtifacts", "codebuild.look-at-store"),
    ("HookRole, not FunctionRole (Resources.LogPolicy", "lambda.encrypt-log"),
]


@pytest.mark.parametrize("what,words", HOLDS, ids=[what for what, _ in HOLDS])
def test_a_harmless_change_has_its_reason(what: str, words: str) -> None:
    """It is derived from the template."""
    assert words in _reason(ours(), what)


FAILS = [
    ("drop a property: ArtifactBucket without BucketEncryption", {}),
    (
        "drop a property: SourceBucket without OwnershipControls",
        {"SourceBucket__OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}},
    ),
    ("UseThroughS3 without StringEquals kms:ViaService", {}),
    ("SendUndelivered without ArnEquals aws:SourceArn", {}),
    ("RollbackAlarm has Period 1200, not 60 (Resources.RollbackAlarm.Properties.Metrics[0]", {}),
    ("PipelineFailed has EvaluationPeriods 20", {}),
    (
        "BuildLog is /shop-prod/build-another",
        {"TestProject__LogsConfig": {"CloudWatchLogs": {"GroupName": "/shop-prod/build"}}},
    ),
    ("Deployer has no ALIAS", {}),
    ("Deploy before Approve", {}),
    ("FailureRule does not ask for state", {}),
    ("PipelineFailed tells nobody", {}),
    ("SourceBucketPolicy without RefusePlainHttp", {}),
    ("BuildPolicy without WriteArtifacts", {}),
    ("PipelineRole, not TestRole (Resources.LogPolicy", {}),
    ("Hook has handler index.another", {}),
]


@pytest.mark.parametrize("what,changes", FAILS, ids=[what for what, _ in FAILS])
def test_a_change_that_does_harm_has_none(what: str, changes: dict[str, Json]) -> None:
    """No reason is given for what only looks like a harmless one."""
    body = json.loads(json.dumps(_with(**changes)))

    assert "" == _reason(body, what)
