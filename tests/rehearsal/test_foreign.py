"""Pipelines that we did not write are rehearsed to their end, or refused with the reason."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from tests.proof import proving
from tests.proof.hops.foreign import as_cdk_does
from tests.rehearsal.staging import foreign, rehearsed, source, staged, wrong

from cicdgen.errors import UsageError
from cicdgen.rehearsal.matrix import every
from cicdgen.rehearsal.record import ActionEnded, Logged, PipelineBegan, Rehearsal, RuleTried
from cicdgen.rehearsal.source import Source, zipped
from cicdgen.rehearsal.stage import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from tests.rehearsal.staging import Json

    Change: TypeAlias = Callable[[dict[str, Json]], object]

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


def _polls(resources: dict[str, Json]) -> None:
    del fetch(resources)["PollForSourceChanges"]


def _polls_alone(resources: dict[str, Json]) -> None:
    _polls(resources)
    del resources["Rule"]


def test_a_source_that_is_polled_starts_the_pipeline_itself() -> None:
    """Polling is the default, and needs no rule."""
    good = shop(_polls_alone)

    assert good.passed, good.causes
    assert 1 == runs(good)


def test_polling_besides_a_rule_starts_the_pipeline_twice() -> None:
    """AWS says to turn it off."""
    found = shop(_polls)

    assert 2 == runs(found)
    assert "one change started the pipeline 2 times" in found.causes


def test_an_object_that_is_polled_needs_no_event() -> None:
    """As a repository."""

    def change(resources: dict[str, Json]) -> None:
        del resources["Trigger"], resources["Source"]["Properties"]["NotificationConfiguration"]
        stages = resources["MyPipeline"]["Properties"]["Stages"]
        del stages[0]["Actions"][0]["Configuration"]["PollForSourceChanges"]

    package = source(lambda_function__py="def lambda_handler(event, context):\n    return 2\n")
    good = run("tutorial", Options(source=package), change)

    assert good.passed, good.causes
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


def test_an_event_that_cloudtrail_would_tell_of_is_refused() -> None:
    """Whether a trail records the upload is not looked at."""

    def change(resources: dict[str, Json]) -> None:
        pattern = resources["Trigger"]["Properties"]["EventPattern"]
        pattern["detail-type"] = ["AWS API Call via CloudTrail"]

    found = run("tutorial", Options(source=PYTHON), change)

    assert "not modelled: Trigger waits for what CloudTrail records" in found.causes


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
                "DeploymentConfigName": "ours",
                "ServiceRoleArn": {"Fn::GetAtt": ["PipelineRole", "Arn"]},
            },
        },
    )

    with pytest.raises(UsageError, match="not modelled: how Group moves traffic"):
        rehearsed(template, "good", options=SHOP, uploaded=SHOP.source)


def test_a_group_of_codedeploy_beside_changes_who_has_to_go_back() -> None:
    """With both any alias may move, and what AWS does not say stays left out."""
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
                "DeploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent30Minutes",
                "ServiceRoleArn": {"Fn::GetAtt": ["PipelineRole", "Arn"]},
            },
        },
    )
    with staged(template, SHOP) as stage:
        aim = stage.aim
        can, _ = every(stage)

    assert ("CodeDeploy", True, 30.0) == (aim.mover, aim.moves_itself, aim.window)
    assert aim.is_on("Other.alias")
    assert (
        "CodeDeployDefault.LambdaCanary10Percent30Minutes, Linear20PercentEvery3Minutes"
    ) == aim.strategy
    assert "replay" not in can


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


def _site(settings: dict[str, Json], grants: tuple[str, ...] = ("s3:*",)) -> Change:
    """Put the source's files into a bucket, as a role that may do this in that bucket."""

    def change(resources: dict[str, Json]) -> None:
        resources["Site"] = {"Type": "AWS::S3::Bucket"}
        site = {"Fn::Sub": "${Site.Arn}/*"}
        resources["SiteRole"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": {"AWS": {"Fn::GetAtt": ["Role", "Arn"]}},
                        "Action": "sts:AssumeRole",
                    },
                },
                "Policies": [
                    {
                        "PolicyName": "site",
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {"Effect": "Allow", "Action": list(grants), "Resource": site},
                                {
                                    "Effect": "Allow",
                                    "Action": ["s3:Get*", "s3:List*"],
                                    "Resource": "*",
                                },
                            ],
                        },
                    }
                ],
            },
        }
        (policy,) = resources["Role"]["Properties"]["Policies"]
        policy["PolicyDocument"]["Statement"][0]["Action"].append("sts:AssumeRole")
        resources["Pipeline"]["Properties"]["Stages"].append(
            {
                "Name": "Site",
                "Actions": [
                    {
                        "Name": "Site",
                        "ActionTypeId": {
                            "Category": "Deploy",
                            "Owner": "AWS",
                            "Provider": "S3",
                            "Version": "1",
                        },
                        "RoleArn": {"Fn::GetAtt": ["SiteRole", "Arn"]},
                        "Configuration": {"BucketName": {"Ref": "Site"}, **settings},
                        "InputArtifacts": [{"Name": "Code"}],
                    }
                ],
            }
        )

    return change


def _put(rehearsal: Rehearsal) -> list[str]:
    """What the site's role put into its bucket."""
    return [c.resource for c in rehearsal.calls if (c.principal, c.action) == _PUT]


_PUT = ("SiteRole", "s3:PutObject")


@pytest.mark.parametrize(
    "settings, expected",
    [
        ({"Extract": "true"}, ["Site/ci/build.yml"]),
        ({"Extract": False, "ObjectKey": "all.zip"}, ["Site/all.zip"]),
        ({"Extract": "false", "ObjectKey": "#{Commit.BranchName}.zip"}, ["Site/main.zip"]),
    ],
    ids=["the files", "the artifact", "a variable in its key"],
)
def test_files_are_put_into_a_bucket(settings: dict[str, Json], expected: list[str]) -> None:
    """Each as an object of its own, or all in one zip."""
    good = hooked(_site(settings))

    assert good.passed, good.causes
    assert expected == _put(good)


@pytest.mark.parametrize(
    "settings, grants, words",
    [
        ({"Extract": "true"}, ("s3:GetObject",), "SiteRole may not s3:PutObject on Site/ci/build"),
        (
            {"Extract": "true", "CannedACL": "public-read"},
            ("s3:PutObject",),
            "SiteRole may not s3:PutObjectAcl on Site/ci/build.yml",
        ),
        ({}, ("s3:*",), "the action Site has no Extract"),
        ({"Extract": "yes"}, ("s3:*",), "Extract is yes, and has to be true or false"),
        ({"Extract": "false"}, ("s3:*",), "without Extract it needs an ObjectKey"),
        (
            {"Extract": "true", "ObjectKey": "docs"},
            ("s3:*",),
            "Extract with the ObjectKey docs: AWS does not say",
        ),
    ],
    ids=["no grant", "no grant for the ACL", "no Extract", "a word", "no key", "a key too many"],
)
def test_files_that_do_not_get_there_say_why(
    settings: dict[str, Json], grants: tuple[str, ...], words: str
) -> None:
    """What the role lacks, or what the action is told."""
    found = hooked(_site(settings, grants))

    assert not found.passed
    assert any(words in cause for cause in found.causes), found.causes


def test_a_key_that_the_action_names_is_asked_for() -> None:
    """S3 asks KMS as whoever writes."""

    def change(resources: dict[str, Json]) -> None:
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
            "Action": "kms:*",
            "Resource": "*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        resources["Key"] = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}
        key = {"Fn::GetAtt": ["Key", "Arn"]}
        _site({"Extract": "true", "KMSEncryptionKeyARN": key})(resources)

    found = hooked(change)

    assert "SiteRole may not kms:GenerateDataKey on Key" in found.causes[0]
