"""An embedded AWS behind the models: its parts are used, and its IAM decides a second time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests import sandboxes
from tests.rehearsal.staging import body, changed, rehearsed, sample, staged, wrong
from tests.rehearsal.test_planted import PLANTED, Planted

from cicdgen.aws.sandbox import Clients
from cicdgen.rehearsal import matrix
from cicdgen.rehearsal.naming import Names
from cicdgen.rehearsal.run import UnmodelledError
from cicdgen.rehearsal.sandboxed import Sandboxed
from cicdgen.rehearsal.scenarios import named
from cicdgen.rehearsal.scene import rehearse
from cicdgen.rehearsal.source import packed
from cicdgen.rehearsal.stage import ACCOUNT, Options, Stage
from cicdgen.rehearsal.timeline import FunctionInvoked
from cicdgen.sandbox import environment
from cicdgen.sandbox.running import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.rehearsal.staging import Json

INSIDE = Options(in_sandbox=True)
TWICE = " requests were decided twice, by the sandbox's IAM as well"


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


@pytest.mark.parametrize(
    "planted",
    [each for each in PLANTED if each.number in {1, 4, 7, 17} or "AssumeRole" in each.cause],
    ids=lambda each: f"{each.number}: {each.cause}",
)
def test_two_judges_agree_on_a_planted_failure(planted: Planted) -> None:
    """What our evaluator denies, one that we did not write denies too."""
    template = changed("prod", planted.plant)
    found = wrong(rehearsed(template, planted.scenario, options=INSIDE))
    causes = found[planted.scenario]

    assert any(planted.cause in cause for cause in causes)
    assert not any("two opinions" in cause for cause in causes)


def test_two_opinions_are_a_fault() -> None:
    """A variable in a resource is what the sandbox's IAM does not know: nothing passes then."""

    def change(resources: dict[str, Json]) -> None:
        statements = resources["PipelinePolicy"]["Properties"]["PolicyDocument"]["Statement"]
        read = next(each for each in statements if each["Sid"] == "ReadSource")
        read["Resource"] = {"Fn::Sub": "${SourceBucket.Arn}/source${!aws:username, '.zip'}"}

    found = wrong(rehearsed(changed("prod", change), "good", options=INSIDE))

    assert found["good"][0].startswith(
        "two opinions on whether PipelineRole may s3:GetObjectVersion on arn:aws:s3:::"
    )
    assert found["good"][0].endswith(": allowed to the model, ImplicitDeny to the sandbox")


def test_how_much_was_decided_twice_is_said() -> None:
    """The result says how many requests have a second opinion."""
    with staged(body("prod"), INSIDE) as stage:
        found = matrix.rehearse(stage, "prod", ["good"], sample())

    assert int(found.assumptions[-1].removesuffix(TWICE)) > 100


def test_a_key_that_stops_working_is_a_fault() -> None:
    """Objects are sealed with data keys of the sandbox's KMS, and opened with them."""
    with staged(body("prod"), INSIDE) as stage, _deployed(stage) as (kept, names):
        bucket = next(each for each in stage.site.every("AWS::S3::Bucket"))
        key = next(each for each in stage.site.every("AWS::KMS::Key"))
        name, arn = names.of(bucket.name), names.of(key.arn)
        version = kept.put(name, "a", b"1", key=arn, versioned=True)
        whole = kept.get(name, "a", version)
        kept.clients.of("kms").disable_key(KeyId=arn)

        assert whole is not None
        assert b"1" == whole.body
        with pytest.raises(UnmodelledError, match="DisabledException"):
            kept.get(name, "a", version)
        with pytest.raises(UnmodelledError, match="DisabledException"):
            kept.put(name, "a", b"2", key=arn, versioned=True)


def test_messages_are_really_sent() -> None:
    """A subscriber hears what is published, and what is sent to a queue waits there."""
    with staged(body("prod"), INSIDE) as stage, _deployed(stage) as (kept, names):
        topic = next(stage.site.every("AWS::SNS::Topic"))
        queue = next(stage.site.every("AWS::SQS::Queue"))
        kept.publish_to(names.of(topic.arn), "", "an alarm")
        waiting = [kept.send_to(names.of(queue.arn), "", f"event {i}") for i in (1, 2)]
        kept.clients.of("sns").delete_topic(TopicArn=names.of(topic.arn))

        assert [1, 2] == waiting
        with pytest.raises(UnmodelledError, match="NotFound"):
            kept.publish_to(names.of(topic.arn), "", "another one")


@contextmanager
def _deployed(stage: Stage) -> Iterator[tuple[Sandboxed, Names]]:
    with Sandbox(account=ACCOUNT, region=stage.host.region) as sandbox:
        kept, names = Sandboxed(Clients(sandbox.environment)), Names(stage.names.stack)
        kept.prepare(stage.stack, names)
        yield kept, names
