"""Who starts a pipeline when its source changes, and what a source action needs for it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.proof.hops.foreign import as_cdk_does
from tests.rehearsal.others import (
    PACKAGE,
    PYTHON,
    fetch,
    hooked,
    run,
    runs,
    shop,
)
from tests.rehearsal.staging import rehearsed, source, wrong

from cicdgen.rehearsal.stage import Options
from cicdgen.rehearsal.timeline import PipelineBegan, RuleTried
from cicdgen.rehearsal.uploading import POLL

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.rehearsal.others import Change, Json

    from cicdgen.rehearsal.record import Rehearsal


def _polls(resources: dict[str, Json]) -> None:
    del fetch(resources)["PollForSourceChanges"]


def _polls_alone(resources: dict[str, Json]) -> None:
    _polls(resources)
    del resources["Rule"]


def test_a_source_that_is_polled_starts_the_pipeline_itself() -> None:
    """Polling is the default, and needs no rule."""
    good = shop(_polls_alone)
    (began,) = (e.at for e in good.events if isinstance(e, PipelineBegan))

    assert good.passed, good.causes
    assert POLL == began


def test_polling_besides_a_rule_starts_the_pipeline_twice() -> None:
    """AWS says to turn it off."""
    found = shop(_polls)

    assert 2 == runs(found)
    assert "one change started the pipeline 2 times" in found.causes


@pytest.mark.parametrize("told", ["to EventBridge", "to nobody"])
def test_an_object_that_is_polled_needs_no_event(told: str) -> None:
    """As a repository; and that no rule matches is no cause of anything."""

    def change(resources: dict[str, Json]) -> None:
        del resources["Trigger"]
        if told == "to nobody":
            del resources["Source"]["Properties"]["NotificationConfiguration"]
        stages = resources["MyPipeline"]["Properties"]["Stages"]
        del stages[0]["Actions"][0]["Configuration"]["PollForSourceChanges"]

    package = source(lambda_function__py="def lambda_handler(event, context):\n    return 2\n")
    good = run("tutorial", Options(source=package), change)

    assert good.passed, good.causes
    assert () == good.causes
    assert 1 == runs(good)


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A change to a template, and what the rehearsal says of it."""

    name: str
    rehearse: Callable[[Change], Rehearsal]
    change: Change
    words: str


def _without(action: str) -> Change:
    def change(resources: dict[str, Json]) -> None:
        (policy,) = resources["PipelineRole"]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]:
            if action in statement["Action"]:
                statement["Action"].remove(action)

    return change


def _branch(resources: dict[str, Json]) -> None:
    resources["Rule"]["Properties"]["EventPattern"]["detail"]["referenceName"] = ["release"]


def _override(kind: str, path: str) -> Change:
    """Have the rule say which revision the pipeline starts with."""

    def change(resources: dict[str, Json]) -> None:
        (target,) = resources["Rule"]["Properties"]["Targets"]
        target["InputTransformer"] = {
            "InputPathsMap": {"revision": path},
            "InputTemplate": '{"sourceRevisions": [{"actionName": "Fetch", "revisionType": "'
            + kind
            + '", "revisionValue": "<revision>"}]}',
        }

    return change


STARTS = (
    Wrong(
        name="a rule for another branch",
        rehearse=shop,
        change=_branch,
        words="no rule matches the push to main of shop",
    ),
    Wrong(
        name="no rule",
        rehearse=shop,
        change=lambda r: r.pop("Rule"),
        words="no rule matches the push",
    ),
    Wrong(
        name="a rule whose role may start nothing",
        rehearse=shop,
        change=lambda r: r["RuleRole"]["Properties"].pop("Policies"),
        words="RuleRole may not codepipeline:StartPipelineExecution on Pipeline",
    ),
    Wrong(
        name="a commit that is not there",
        rehearse=shop,
        change=_override("COMMIT_ID", "$.detail.oldCommitId"),
        words="there is no commit 0000000000",
    ),
    Wrong(
        name="a revision of S3's",
        rehearse=shop,
        change=_override("S3_OBJECT_VERSION_ID", "$.detail.commitId"),
        words="S3_OBJECT_VERSION_ID is not of CodeCommit",
    ),
    Wrong(
        name="no webhook",
        rehearse=hooked,
        change=lambda r: r.pop("Webhook"),
        words="nobody starts the pipeline: GitHub has no webhook",
    ),
    Wrong(
        name="a webhook of another action",
        rehearse=hooked,
        change=lambda r: r["Webhook"]["Properties"].update(TargetAction="Other"),
        words="nobody starts the pipeline: GitHub has no webhook",
    ),
    *(
        Wrong(
            name=action,
            rehearse=shop,
            change=_without(action),
            words=f"PipelineRole may not {action} on Repository",
        )
        for action in (
            "codecommit:GetBranch",
            "codecommit:GetCommit",
            "codecommit:UploadArchive",
            "codecommit:GetUploadArchiveStatus",
        )
    ),
    Wrong(
        name="a clone in the artifact's place",
        rehearse=shop,
        change=lambda r: fetch(r).update(OutputArtifactFormat="CODEBUILD_CLONE_REF"),
        words="not modelled: Pipeline, stage Source, action Fetch (Source/AWS/CodeCommit): the"
        " OutputArtifactFormat CODEBUILD_CLONE_REF of Fetch",
    ),
    Wrong(
        name="a variable that this source has not",
        rehearse=shop,
        change=lambda r: r["Pipeline"]["Properties"]["Stages"][2]["Actions"][0][
            "Configuration"
        ].update(CustomData="#{SourceVariables.CommitUrl}"),
        words="the variable #{SourceVariables.CommitUrl} is not known",
    ),
)


@pytest.mark.parametrize("given", STARTS, ids=[each.name for each in STARTS])
def test_a_source_that_does_not_get_there_says_why(given: Wrong) -> None:
    """Who does not start the pipeline, or what its role may not do."""
    found = given.rehearse(given.change)

    assert not found.passed
    assert any(given.words in cause for cause in found.causes), found.causes


def test_a_commit_that_the_rule_names_is_the_one_that_is_released() -> None:
    """StartPipelineExecution takes a revision of each source."""
    good = shop(_override("COMMIT_ID", "$.detail.commitId"))

    assert good.passed, good.causes
    assert any(isinstance(e, RuleTried) and e.matched for e in good.events)


@pytest.mark.parametrize(
    "change, words",
    [
        (
            lambda r: r["SourceActionRoleDefaultPolicy"]["Properties"]["PolicyDocument"][
                "Statement"
            ].pop(0),
            "SourceActionRole may codestar-connections:UseConnection on Connection",
        ),
        (lambda r: fetch(r).update(DetectChanges="false"), "DetectChanges of GitHub"),
        (
            lambda r: r["PipelineRoleDefaultPolicy"]["Properties"]["PolicyDocument"][
                "Statement"
            ].pop(),
            "PipelineRole may not sts:AssumeRole on SourceActionRole",
        ),
    ],
    ids=["the connection", "nobody looks", "the action's role"],
)
def test_a_connection_that_brings_nothing_says_why(change: Change, words: str) -> None:
    """As CDK writes it, with a role for each action."""
    template = copy.deepcopy(as_cdk_does.BODY)
    change(template["Resources"])
    options = Options(artifacts={"Artifact_Build_Synth": PACKAGE.body})
    found = wrong(rehearsed(template, "good", options=options))

    assert any(words in cause for cause in found["good"]), found


def test_an_object_in_a_bucket_that_is_made_elsewhere_is_read_there() -> None:
    """The bucket is taken as being there, with versions and events."""

    def change(resources: dict[str, Json]) -> None:
        stages = resources["MyPipeline"]["Properties"]["Stages"]
        stages[0]["Actions"][0]["Configuration"]["S3Bucket"] = "theirs"
        pattern = resources["Trigger"]["Properties"]["EventPattern"]
        pattern["detail"]["bucket"]["name"] = ["theirs"]
        (policy,) = resources["PipelineRole"]["Properties"]["Policies"]
        policy["PolicyDocument"]["Statement"][0]["Resource"] = "arn:aws:s3:::theirs/*"
        policy["PolicyDocument"]["Statement"][1]["Resource"] = "arn:aws:s3:::*"

    package = source(lambda_function__py="def lambda_handler(event, context):\n    return 2\n")
    good = run("tutorial", Options(source=package), change)

    assert good.passed, good.causes
    assert any("the bucket theirs, which is not" in said for said in good.assumptions)


def test_a_source_that_names_no_object_is_refused() -> None:
    """Nothing can be put where nobody knows."""

    def change(resources: dict[str, Json]) -> None:
        stages = resources["MyPipeline"]["Properties"]["Stages"]
        del stages[0]["Actions"][0]["Configuration"]["S3ObjectKey"]

    found = run("tutorial", Options(source=PYTHON), change)

    assert "not modelled: which object Source reads" in found.causes


def test_an_event_that_cloudtrail_would_tell_of_is_refused() -> None:
    """Whether a trail records the upload is not looked at."""

    def change(resources: dict[str, Json]) -> None:
        pattern = resources["Trigger"]["Properties"]["EventPattern"]
        pattern["detail-type"] = ["AWS API Call via CloudTrail"]

    found = run("tutorial", Options(source=PYTHON), change)

    assert "not modelled: Trigger waits for what CloudTrail records" in found.causes


def test_one_source_of_several_changes() -> None:
    """The pipeline starts once, and the other source is what it was."""

    def change(resources: dict[str, Json]) -> None:
        actions = resources["Pipeline"]["Properties"]["Stages"][0]["Actions"]
        second = copy.deepcopy(actions[0])
        second.update(Name="Second", OutputArtifacts=[{"Name": "More"}])
        del second["Namespace"]
        actions.append(second)

    good = shop(change)

    assert good.passed, good.causes
    assert 1 == runs(good)


def _triggered(**push: Json) -> dict[str, Json]:
    """CDK's pipeline with a trigger on a push."""
    template: dict[str, Json] = copy.deepcopy(as_cdk_does.BODY)
    template["Resources"]["Pipeline"]["Properties"].update(
        PipelineType="V2",
        Triggers=[
            {
                "ProviderType": "CodeStarSourceConnection",
                "GitConfiguration": {"SourceActionName": "GitHub", **push},
            }
        ],
    )
    return template


def _rehearsed(template: dict[str, Json]) -> Rehearsal:
    options = Options(artifacts={"Artifact_Build_Synth": PACKAGE.body})
    (found,) = rehearsed(template, "good", options=options)
    return found


@pytest.mark.parametrize(
    "push",
    [
        {},
        {"Push": [{"Branches": {"Includes": ["main", "release"]}}]},
        {"Push": [{"Branches": {"Excludes": ["release"]}}]},
        {"Push": [{"Branches": {"Includes": ["a"]}}, {"Branches": {"Includes": ["main"]}}]},
    ],
    ids=["any push", "the branch", "all but another", "one of two"],
)
def test_a_trigger_for_the_branch_starts_the_pipeline(push: dict[str, Json]) -> None:
    """Once, in place of the connection's own detection of changes."""
    good = _rehearsed(_triggered(**push))

    assert good.passed, good.causes
    assert 1 == runs(good)


@pytest.mark.parametrize(
    "push",
    [
        {"Push": [{"Branches": {"Includes": ["release"]}}]},
        {"Push": [{"Branches": {"Includes": ["main"], "Excludes": ["main"]}}]},
        {"PullRequest": [{"Events": ["OPEN"]}]},
        {"SourceActionName": "Other"},
    ],
    ids=["another branch", "excluded", "a pull request", "another action"],
)
def test_a_trigger_for_something_else_starts_nothing(push: dict[str, Json]) -> None:
    """And nothing else does: the connection no longer looks for changes."""
    found = _rehearsed(_triggered(**push))

    assert 0 == runs(found)
    assert any("no trigger is for a push to main" in cause for cause in found.causes)


@pytest.mark.parametrize(
    "push, words",
    [
        ({"Branches": {"Includes": ["ma*"]}}, "a trigger with the pattern ma*"),
        ({"Tags": {"Includes": ["v1"]}}, "a trigger that asks for Tags"),
        ({"FilePaths": {"Includes": ["src"]}}, "a trigger that asks for FilePaths"),
    ],
    ids=["a pattern", "tags", "paths"],
)
def test_a_trigger_that_is_not_modelled_is_an_error(push: dict[str, Json], words: str) -> None:
    """It may start the pipeline or not."""
    found = _rehearsed(_triggered(Push=[push]))

    assert f"not modelled: {words}" in found.causes
