"""`cicdgen publish` into the sandbox, with real boto3 over HTTP.

Ground: S3 and CloudFormation are the sandbox's; CodePipeline, which does not run there, is the
strict server of `codepipeline.py`.
"""

from __future__ import annotations

import json
import os
import pty
import subprocess
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from tests import sandboxes
from tests.cli.program import COMMAND, Ran, environment, program
from tests.publishing.codepipeline import Pipeline, action, serving
from tests.sandbox.deploying import ROOT, deploy, sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicdgen.sandbox.running import Sandbox

CONFIG = str(ROOT / "cicdgen.toml")
BUCKET = "shop-dev-source-123456789012-us-east-1"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox in which `dev` is deployed."""
    with sandboxes.running() as running:
        deploy(lambda service: _client(running, service), "shop-dev", sample("dev"))
        yield running


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source of two files, and one that is left out."""
    folder = tmp_path / "source"
    (folder / "src").mkdir(parents=True)
    (folder / "src/index.py").write_text("def handler(*_):\n    return 1\n", encoding="utf-8")
    (folder / "requirements.txt").touch()
    (folder / ".env").write_text("SECRET=1\n", encoding="utf-8")
    return folder


def _client(sandbox: Sandbox, service: str) -> Any:  # noqa: ANN401 - boto3 has no types of its own
    return boto3.client(
        service,
        endpoint_url=sandbox.endpoint,
        aws_access_key_id=sandbox.account,
        aws_secret_access_key="sandbox",  # noqa: S106 - nobody's
        region_name=sandbox.region,
    )


def _publish(sandbox: Sandbox, source: Path, *options: str, **env: str) -> Ran:
    arguments = ("publish", str(source), "--env", "dev", "--config", CONFIG, *options)
    return program(*arguments, cwd=source.parent, env={**sandbox.environment, **env})


def _head(sandbox: Sandbox) -> dict[str, Any]:
    head: dict[str, Any] = _client(sandbox, "s3").head_object(
        Bucket=BUCKET, Key="source.zip", ChecksumMode="ENABLED"
    )
    return head


def test_the_object_carries_digest_checksum_and_key(sandbox: Sandbox, source: Path) -> None:
    """It lies under the config's key, under the environment's own KMS key, with its SHA-256."""
    ran = _publish(sandbox, source)
    head = _head(sandbox)
    key = _client(sandbox, "cloudformation").describe_stack_resource(
        StackName="shop-dev", LogicalResourceId="S3Key"
    )["StackResourceDetail"]["PhysicalResourceId"]

    assert 0 == ran.code, ran.err
    assert f"{head['Metadata']['sha256']}\n" == ran.out
    assert "aws:kms" == head["ServerSideEncryption"]
    assert f"arn:aws:kms:us-east-1:123456789012:key/{key}" == head["SSEKMSKeyId"]
    assert bytes.fromhex(ran.out) == b64decode(head["ChecksumSHA256"])


def test_what_it_talks_to_is_said(sandbox: Sandbox, source: Path) -> None:
    """An endpoint that stands in for AWS is named before anything is sent."""
    ran = _publish(sandbox, source)

    assert f"AWS is {sandbox.endpoint}" == ran.err.splitlines()[0]


def test_the_same_source_is_left_alone(sandbox: Sandbox, source: Path) -> None:
    """With --if-changed no second version is made of the same bytes, but of others one is."""
    _publish(sandbox, source)
    before = _head(sandbox)["VersionId"]
    same = _publish(sandbox, source, "--if-changed")
    after = _head(sandbox)["VersionId"]
    (source / "requirements.txt").write_text("# other\n", encoding="utf-8")
    other = _publish(sandbox, source, "--if-changed", "--format", "json")

    assert (0, before) == (same.code, after)
    assert "no run starts" in same.err
    assert "uploaded" == json.loads(other.out)["outcome"]
    assert before != _head(sandbox)["VersionId"]


def test_a_dry_run_asks_nothing(source: Path) -> None:
    """The list and the digest need no AWS: none is within reach here."""
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    ran = program("publish", str(source), "--dry-run", cwd=source.parent, env=nowhere)

    assert 0 == ran.code, ran.err
    assert ["requirements.txt", "src/index.py"] == [
        line.split()[1] for line in ran.out.splitlines()[:2]
    ]
    assert "left out: 1" in ran.out


def test_a_dry_run_for_machines(source: Path) -> None:
    """The same as JSON, with a format that says its version."""
    ran = program("publish", str(source), "--dry-run", "--format", "json", cwd=source.parent)
    said = json.loads(ran.out)

    assert ("cicdgen.publication/1", "dry-run") == (said["format"], said["outcome"])
    assert 64 == len(said["sha256"])


def _pipeline(sandbox: Sandbox, *states: tuple[str, list[dict[str, Any]]]) -> Pipeline:
    return Pipeline(
        name="shop-dev-pipeline",
        revision=lambda: _head(sandbox)["VersionId"],
        states=list(states),
    )


SOURCE = action("Source", "Succeeded", category="Source")
BUILD_RUNS = action("Build", "InProgress")
BUILD_DONE = action("Build", "Succeeded", externalExecutionSummary="built")
BUILD_FAILED = action(
    "Build",
    "Failed",
    errorDetails={"code": "JobFailed", "message": "phase BUILD: exit status 1"},
    externalExecutionUrl="https://console.example/build/1",
)


def test_a_run_is_followed_to_its_success(sandbox: Sandbox, source: Path) -> None:
    """The run of this very version is followed, though another is newer; each step is told."""
    pipeline = _pipeline(
        sandbox,
        ("InProgress", [SOURCE]),
        ("InProgress", [SOURCE, BUILD_RUNS]),
        ("Succeeded", [SOURCE, BUILD_DONE]),
    )
    with serving(pipeline) as url:
        ran = _publish(sandbox, source, "--follow", AWS_ENDPOINT_URL_CODEPIPELINE=url)
    told = ran.err.splitlines()[-5:]

    assert 0 == ran.code, ran.err
    assert [
        "run 11111111-2222-3333-4444-555555555555 has begun",
        "Source / Source: done",
        "Build / Build: runs",
        "Build / Build: done",
        "run 11111111-2222-3333-4444-555555555555: released",
    ] == told


def test_a_run_can_be_followed_again(sandbox: Sandbox, source: Path) -> None:
    """Whoever was cut off follows the run of the same source, without another upload."""
    _publish(sandbox, source)
    before = _head(sandbox)["VersionId"]
    with serving(_pipeline(sandbox, ("Succeeded", [SOURCE, BUILD_DONE]))) as url:
        options = ("--if-changed", "--follow")
        ran = _publish(sandbox, source, *options, AWS_ENDPOINT_URL_CODEPIPELINE=url)

    assert 0 == ran.code, ran.err
    assert before == _head(sandbox)["VersionId"]
    assert ran.err.splitlines()[-1].endswith(": released")


def test_a_failed_run_fails(sandbox: Sandbox, source: Path) -> None:
    """The exit code is 1, and the end begins with the failed action's message."""
    pipeline = _pipeline(sandbox, ("Failed", [SOURCE, BUILD_FAILED]))
    with serving(pipeline) as url:
        ran = _publish(
            sandbox, source, "--follow", "--format", "json", AWS_ENDPOINT_URL_CODEPIPELINE=url
        )
    failed = json.loads(ran.out)["run"]["failed"]

    assert 1 == ran.code
    assert "Source / Source: done" in ran.err
    assert [
        "Build / Build: phase BUILD: exit status 1",
        "  https://console.example/build/1",
        "run 11111111-2222-3333-4444-555555555555: Failed",
    ] == ran.err.splitlines()[-3:]
    assert [
        {"stage": "Build", "action": "Build", "message": "phase BUILD: exit status 1"}
    ] == failed


@pytest.mark.parametrize(
    "toml, code, message",
    [
        pytest.param(
            'account = "999999999999"', 5, "of account 123456789012", id="another account"
        ),
        pytest.param(
            'source.object_key = "other.zip"', 5, "waits for source.zip", id="another key"
        ),
        pytest.param('project = "nobody"', 1, "nobody-dev", id="no such stack"),
    ],
)
def test_the_wrong_place_is_refused(
    sandbox: Sandbox, source: Path, toml: str, code: int, message: str
) -> None:
    """Nothing is uploaded where the config does not belong."""
    config = source.parent / "cicdgen.toml"
    project = "" if "project" in toml else 'project = "shop"\n'
    config.write_text(f"version = 1\n[env.dev]\n{project}{toml}\n", encoding="utf-8")
    before = _client(sandbox, "s3").list_object_versions(Bucket=BUCKET).get("Versions", [])
    ran = program(
        "publish", str(source), "--env", "dev", cwd=source.parent, env=dict(sandbox.environment)
    )
    after = _client(sandbox, "s3").list_object_versions(Bucket=BUCKET).get("Versions", [])

    assert code == ran.code, ran.err
    assert message in ran.err
    assert len(before) == len(after)


def test_without_rights_the_message_names_the_command(source: Path) -> None:
    """Nobody's credentials are an error that is told, not traced."""
    nobody = {
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": str(source),
    }
    arguments = ("publish", str(source), "--env", "dev", "--config", CONFIG)
    ran = program(*arguments, cwd=source.parent, env=nobody)

    assert 1 == ran.code
    assert ran.err.startswith("error: stack shop-dev:")
    assert "Traceback" not in ran.err


def test_a_long_upload_shows_its_progress(sandbox: Sandbox, source: Path) -> None:
    """On a terminal there is a bar on stderr; stdout has the digest alone."""
    (source / "large.bin").write_bytes(bytes(6 << 20))
    master, terminal = pty.openpty()
    arguments = ("publish", str(source), "--env", "dev", "--config", CONFIG)
    with subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment({**sandbox.environment, "TERM": "xterm"}),
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
    ) as process:
        os.close(terminal)
        shown = _all_of(master)
        assert process.stdout is not None
        out = process.stdout.read()

    assert 0 == process.returncode, shown
    assert "6.3/6.3 MB" in shown
    assert 65 == len(out)


def _all_of(master: int) -> str:
    """All that a terminal is shown, until nobody has it open."""
    shown = b""
    try:
        while data := os.read(master, 65536):
            shown += data
    except OSError:
        # Linux says so that the other end is closed.
        pass
    os.close(master)
    return shown.decode()
