"""The models of the services, asked directly: strict where AWS is strict."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.rehearsal.staging import body, changed, rehearsed, sample, staged

from cicdgen.rehearsal.clock import Clock, finished
from cicdgen.rehearsal.events import path_of
from cicdgen.rehearsal.objects import InMemory
from cicdgen.rehearsal.run import DeniedError, UnmodelledError
from cicdgen.rehearsal.scenarios import named
from cicdgen.rehearsal.scene import Scene
from cicdgen.rehearsal.services import Behind
from cicdgen.rehearsal.timeline import DeploymentEnded, FunctionInvoked, LifecycleEnded, Notice
from cicdgen.rehearsal.wire import AwsError, UnknownError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.rehearsal.staging import Json

    from cicdgen.iam import Principal

AGAIN = """

ONCE = handler


def handler(event, context):
    ONCE(event, context)
    CODEPIPELINE.put_job_success_result(jobId=event["CodePipeline.job"]["id"])
"""
GROUP = {"applicationName": "shop-prod", "deploymentGroupName": "live"}


def scene_of(template: dict[str, Json]) -> Iterator[Scene]:
    """A scene before anything happens in it."""
    with staged(template) as stage:
        behind = Behind(names=stage.names, objects=InMemory())
        yield Scene(stage, named("good"), sample(), lambda _: None, behind)


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A scene of prod."""
    yield from scene_of(body("prod"))


def role(scene: Scene, logical_id: str) -> Principal:
    """The role of a function."""
    resource = scene.run.site.stack.resources[logical_id]
    found = scene.run.site.role(resource.properties.get("Role"))
    assert found is not None
    return found


def as_deployer(scene: Scene, service: str, operation: str, **members: object) -> dict[str, Any]:
    """Ask a service as the deployer."""
    call = scene.services[service].operations[operation]
    return call(role(scene, "Deployer"), members)


def revision(current: str, target: str, **hooks: str) -> dict[str, Any]:
    """An AppSpec, as the call takes it."""
    move = {
        "Name": "shop-prod",
        "Alias": "live",
        "CurrentVersion": current,
        "TargetVersion": target,
    }
    resource = {"Type": "AWS::Lambda::Function", "Properties": move}
    spec: dict[str, Any] = {"version": 0.0, "Resources": [{"function": resource}]}
    if hooks:
        spec["Hooks"] = [hooks]
    return {"revisionType": "AppSpecContent", "appSpecContent": {"content": json.dumps(spec)}}


def deploy(scene: Scene, current: str = "1", target: str = "1", description: str = "") -> str:
    """Create a deployment, as the deployer."""
    made = as_deployer(
        scene,
        "codedeploy",
        "CreateDeployment",
        **GROUP,
        description=description,
        revision=revision(current, target),
    )
    return str(made["deploymentId"])


def code_of(error: pytest.ExceptionInfo[AwsError]) -> str:
    """The code of an error of AWS."""
    return error.value.code


def test_one_deployment_at_a_time(scene: Scene) -> None:
    """A group that is deploying takes no other deployment."""
    deploy(scene)

    with pytest.raises(AwsError) as error:
        deploy(scene)

    assert "DeploymentLimitExceededException" == code_of(error)


def test_a_description_has_its_length(scene: Scene) -> None:
    """More than a hundred characters are too many: the harder reading."""
    with pytest.raises(AwsError) as error:
        deploy(scene, description="x" * 101)

    assert "DescriptionTooLongException" == code_of(error)


@pytest.mark.parametrize(
    "current, target, words",
    [("2", "1", "does not match the current version"), ("1", "7", "there is no version 7")],
    ids=["another version serves", "not published"],
)
def test_an_appspec_that_is_not_true_fails_the_deployment(
    scene: Scene, current: str, target: str, words: str
) -> None:
    """CodeDeploy takes it, and fails when it looks at the alias."""
    made = deploy(scene, current, target)
    scene.run.clock.run(lambda: scene.codedeploy.deployments[made].status == "Failed")
    ended = [e.because for e in scene.run.events if isinstance(e, DeploymentEnded)]

    assert "INVALID_LAMBDA_CONFIGURATION" == scene.codedeploy.deployments[made].error["code"]
    assert words in ended[0]


def test_an_alias_between_two_versions_is_not_deployed_to(scene: Scene) -> None:
    """What another deployment left half done has to be put right first."""
    scene.functions.functions["shop-prod"].aliases["live"].weights = {"2": 0.1}
    made = deploy(scene)
    scene.run.clock.run(lambda: scene.codedeploy.deployments[made].status == "Failed")

    assert "between two versions" in scene.codedeploy.deployments[made].error["message"]


@pytest.mark.parametrize(
    "spec, words",
    [
        ({"Name": "shop-prod"}, "Alias is missing; CurrentVersion is missing"),
        (
            {"Name": "f", "Alias": "a", "CurrentVersion": "$LATEST", "TargetVersion": "1"},
            "CurrentVersion is '\\$LATEST'",
        ),
        (
            {
                "Name": "f",
                "Alias": "a",
                "CurrentVersion": "1",
                "TargetVersion": "2",
                "Weight": "10",
            },
            "Weight is unknown",
        ),
    ],
    ids=["half of it", "no published version", "more than it has"],
)
def test_an_appspec_is_refused_for_what_is_wrong_with_it(
    scene: Scene, spec: dict[str, str], words: str
) -> None:
    """The error names each fault."""
    resource = {"Type": "AWS::Lambda::Function", "Properties": spec}
    content = json.dumps({"version": 0.0, "Resources": [{"function": resource}]})

    with pytest.raises(AwsError, match=words):
        as_deployer(
            scene,
            "codedeploy",
            "CreateDeployment",
            **GROUP,
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
        )


@pytest.mark.parametrize(
    "where, code",
    [
        ({**GROUP, "applicationName": "other"}, "ApplicationDoesNotExistException"),
        ({**GROUP, "deploymentGroupName": "other"}, "DeploymentGroupDoesNotExistException"),
    ],
    ids=["application", "group"],
)
def test_a_group_that_is_not_there_is_refused(
    scene: Scene, where: dict[str, str], code: str
) -> None:
    """Names are those of the template."""
    with pytest.raises(AwsError) as error:
        as_deployer(scene, "codedeploy", "ListDeployments", **where)

    assert code == code_of(error)


def test_a_hook_answers_once_and_for_what_it_was_asked(scene: Scene) -> None:
    """A second answer is refused, and one for another execution."""
    made = deploy(scene)
    scene.codedeploy.deployments[made].verdicts["hook-1"] = ""
    hook = role(scene, "Hook")
    answer = scene.services["codedeploy"].operations["PutLifecycleEventHookExecutionStatus"]
    members = {"deploymentId": made, "status": "Succeeded"}
    answer(hook, {**members, "lifecycleEventHookExecutionId": "hook-1"})

    with pytest.raises(AwsError) as again:
        answer(hook, {**members, "lifecycleEventHookExecutionId": "hook-1"})
    with pytest.raises(AwsError) as other:
        answer(hook, {**members, "lifecycleEventHookExecutionId": "hook-2"})

    assert "LifecycleEventAlreadyCompletedException" == code_of(again)
    assert "InvalidLifecycleEventHookExecutionIdException" == code_of(other)


def test_a_job_that_nobody_gave_is_refused(scene: Scene) -> None:
    """So is an answer with variables before the last one."""
    with pytest.raises(AwsError) as unknown:
        as_deployer(scene, "codepipeline", "PutJobSuccessResult", jobId="none")
    with pytest.raises(AwsError) as early:
        as_deployer(
            scene,
            "codepipeline",
            "PutJobSuccessResult",
            jobId="none",
            continuationToken="1",
            outputVariables={"a": "b"},
        )

    assert "JobNotFoundException" == code_of(unknown)
    assert "ValidationException" == code_of(early)


def test_a_job_is_answered_once() -> None:
    """A second answer is refused, and whoever gives it learns so."""

    def change(resources: dict[str, Json]) -> None:
        code = resources["Deployer"]["Properties"]["Code"]
        code["ZipFile"] += AGAIN

    (good,) = rehearsed(changed("prod", change), "good")
    errors = {e.error.partition(":")[0] for e in good.events if isinstance(e, FunctionInvoked)}

    assert {"", "InvalidJobStateException"} == errors


def test_a_version_is_published_for_new_code_only(scene: Scene) -> None:
    """The last version comes back if nothing has changed; another digest is refused."""
    first = as_deployer(scene, "lambda", "PublishVersion", FunctionName="shop-prod")

    with pytest.raises(AwsError) as error:
        as_deployer(scene, "lambda", "PublishVersion", FunctionName="shop-prod", CodeSha256="other")

    assert "1" == first["Version"]
    assert "InvalidParameterValueException" == code_of(error)


def test_an_operation_takes_what_is_modelled(scene: Scene) -> None:
    """An invocation that answers nobody is not."""
    with pytest.raises(UnknownError):
        scene.services["lambda"].operations["Invoke"](
            role(scene, "Hook"),
            {"FunctionName": "shop-prod", "Qualifier": "1", "InvocationType": "Event"},
        )


def _bucket(scene: Scene, logical_id: str) -> str:
    return scene.run.names.of(scene.run.site.stack.resources[logical_id].name)


def test_an_object_has_the_versions_that_its_bucket_keeps(scene: Scene) -> None:
    """The newest is read unless one is named, and then that version is asked for."""
    bucket = _bucket(scene, "SourceBucket")
    for text in (b"one", b"two"):
        scene.s3.write(scene.run.person, bucket, "source.zip", text)

    newest = scene.s3.read(scene.run.person, bucket, "source.zip", None)
    first = scene.s3.read(scene.run.person, bucket, "source.zip", "version1")
    asked = [e.call.action for e in scene.run.events if e.kind == "call made"]  # type: ignore[union-attr]

    assert (b"two", b"one") == (newest.body, first.body)
    assert "s3:GetObject" in asked
    assert "s3:GetObjectVersion" in asked


def test_a_bucket_without_versions_keeps_the_last_one() -> None:
    """Its version is `null`, and what was there is gone."""

    def change(resources: dict[str, Json]) -> None:
        del resources["SourceBucket"]["Properties"]["VersioningConfiguration"]

    for scene in scene_of(changed("prod", change)):
        bucket = _bucket(scene, "SourceBucket")
        versions = {
            scene.s3.write(scene.run.person, bucket, "source.zip", text).version
            for text in (b"one", b"two")
        }

        assert {"null"} == versions
        assert b"two" == scene.s3.read(scene.run.person, bucket, "source.zip", None).body


def test_what_is_not_there_is_denied(scene: Scene) -> None:
    """Without the right to list nobody learns that an object is missing."""
    with pytest.raises(DeniedError, match="AccessDenied"):
        scene.s3.read(scene.run.person, _bucket(scene, "SourceBucket"), "none.zip", None)


def test_bytes_that_are_not_the_checksums_are_refused(scene: Scene) -> None:
    """S3 compares the two."""
    build = scene.run.site.role(
        scene.run.site.stack.resources["BuildProject"].properties.get("ServiceRole")
    )
    assert build is not None
    members = {"Bucket": _bucket(scene, "ArtifactBucket"), "Key": "releases/a.zip", "Body": b"x"}

    with pytest.raises(AwsError) as error:
        scene.services["s3"].operations["PutObject"](
            build, {**members, "ChecksumSHA256": "bm90IGl0"}
        )

    assert "BadDigest" == code_of(error)


@pytest.mark.parametrize(
    "path, found",
    [("$", {"detail": {"a-b": {"c": 1}}}), ("$.detail", {"a-b": {"c": 1}}), ("$.detail.a-b.c", 1)],
)
def test_a_path_leads_into_the_event(path: str, found: object) -> None:
    """Names and dots are what our own transformers use."""
    assert found == path_of({"detail": {"a-b": {"c": 1}}}, path)


@pytest.mark.parametrize("path", ["detail", "$.detail[0]", "$.nothing", "$.detail.*"])
def test_a_path_that_is_more_is_refused(path: str) -> None:
    """It is not guessed what it would find."""
    with pytest.raises(UnmodelledError):
        path_of({"detail": {"a": 1}}, path)


@pytest.mark.parametrize(
    "template, words",
    [
        (('{"sourceRevisions":[{"actionName":"Other","revisionType":"S3_OBJECT_VERSION_ID",'
         '"revisionValue":"<version>"}]}'), "no source action is called Other"),
        (('{"sourceRevisions":[{"actionName":"Source","revisionType":"COMMIT_ID",'
         '"revisionValue":"<version>"}]}'), "COMMIT_ID is not of S3"),
        ('{"sourceRevisions":{"actionName":"Source"}}', "sourceRevisions is no list"),
        ('{"sourceRevisions":<version>}', "makes no JSON"),
        ('{"sourceRevisions":[<other>]}', "<other>"),
    ],
    ids=["another action", "another type", "no list", "no JSON", "no path"],
)  # fmt: skip
def test_an_input_that_cannot_start_the_pipeline_is_told(template: str, words: str) -> None:
    """The upload is not delivered, or the rehearsal does not know it: never a silent start."""

    def change(resources: dict[str, Json]) -> None:
        target = resources["SourceRule"]["Properties"]["Targets"][0]
        target["InputTransformer"]["InputTemplate"] = template

    (good,) = rehearsed(changed("prod", change), "good")

    assert not good.passed
    assert any(words in cause for cause in good.causes), good.causes


def test_an_alarm_whose_actions_are_off_tells_nobody() -> None:
    """Then the bad release goes back, and nobody hears of the alarm."""
    template = changed(
        "prod", lambda r: r["RollbackAlarm"]["Properties"].update(ActionsEnabled=False)
    )
    (bad,) = rehearsed(template, "bad-canary")

    assert [] == [e for e in bad.events if isinstance(e, Notice) and e.by == "RollbackAlarm"]


def test_a_function_that_fails_is_tried_again_as_lambda_does() -> None:
    """Without a setting of its own twice more, after a minute and two."""

    def change(resources: dict[str, Json]) -> None:
        del resources["DeployerOnce"]
        code = resources["Deployer"]["Properties"]["Code"]
        code["ZipFile"] += "\n\ndef handler(event, _context):\n    raise RuntimeError('no')\n"

    (bad,) = rehearsed(changed("prod", change), "good")
    times = [
        e.at for e in bad.events if isinstance(e, FunctionInvoked) and e.function == "Deployer"
    ]

    assert [60, 120] == [later - earlier for earlier, later in itertools.pairwise(times)]


@pytest.mark.parametrize(
    "order, seen",
    [([1, 1], ["a0", "b0", "a1", "b1"]), ([1, 2], ["a0", "b0", "a1", "b2", "a2"])],
    ids=["together", "apart"],
)
def test_processes_take_turns_in_order_of_time(order: list[int], seen: list[str]) -> None:
    """Whoever has waited longer goes first where the time is the same."""
    clock, found = Clock(), list[str]()

    def process(name: str, wait: int) -> Iterator[float]:
        for _ in range(4):
            found.append(f"{name}{clock.now:g}")
            yield wait

    for name, wait in zip("ab", order, strict=True):
        clock.start(process(name, wait))  # type: ignore[arg-type]
    clock.run(lambda: len(found) >= len(seen))

    assert seen == found


def test_whoever_waits_for_others_goes_on_when_they_are_done() -> None:
    """Actions of one run order are waited for together."""
    clock = Clock()

    def process(wait: float) -> Iterator[float]:
        yield wait

    tasks = [clock.start(process(wait)) for wait in (3.0, 7.0)]  # type: ignore[arg-type]
    last = clock.start(finished(tasks))
    clock.run(lambda: last.is_done)

    assert 7 <= clock.now < 9


def test_a_name_that_was_made_up_is_known_again(scene: Scene) -> None:
    """Code is told a key's ARN, and what it says of it is the template's key."""
    key = scene.run.site.stack.resources["S3Key"].arn

    told = scene.run.names.of(key)

    assert "${" not in told
    assert key == scene.run.names.read(told)


def test_a_hook_that_says_nothing_fails_after_an_hour() -> None:
    """CodeDeploy waits so long, and then the traffic stays where it is."""

    def change(resources: dict[str, Json]) -> None:
        code = resources["Hook"]["Properties"]["Code"]
        code["ZipFile"] += "\n\ndef handler(event, context):\n    pass\n"

    (bad,) = rehearsed(changed("prod", change), "good")
    ended = [e for e in bad.events if isinstance(e, LifecycleEnded)]

    assert any("said nothing in an hour" in cause for cause in bad.causes)
    assert 3600 < ended[0].at
    assert {"1": 1} == dict(bad.shifts[-1].weights)


def test_a_hook_that_is_not_there_fails_the_deployment(scene: Scene) -> None:
    """The AppSpec names a function, and there is none of that name."""
    made = as_deployer(
        scene,
        "codedeploy",
        "CreateDeployment",
        **GROUP,
        revision=revision("1", "1", BeforeAllowTraffic="nobody"),
    )
    deployment = scene.codedeploy.deployments[made["deploymentId"]]
    scene.run.clock.run(lambda: deployment.status == "Failed")

    assert "HOOK_EXECUTION_FAILURE" == deployment.error["code"]
