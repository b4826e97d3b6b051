"""At each AWS call of `publish`, each thing that can go wrong: nothing is lost, nothing stays.

Ground: the sandbox behind a proxy that lets one thing go wrong once; CodePipeline is the strict
server of `codepipeline.py`. What is throttled, fails or is cut is tried again by botocore; what
cannot be tried again is told, with the next step; and the same command, run again, ends well.
"""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from tests import sandboxes
from tests.cli.program import COMMAND, Ran, environment
from tests.publishing.codepipeline import Pipeline, action, serving
from tests.publishing.faults import Fault, Proxy, between
from tests.sandbox.deploying import ROOT, deploy, sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicdgen.sandbox.running import Sandbox

BUCKET = "shop-dev-source-123456789012-us-east-1"
CALLS = (
    "DescribeStacks",
    "DescribeStackResource",
    "HeadObject",
    "PutObject",
    "ListPipelineExecutions",
    "GetPipelineExecution",
    "ListActionExecutions",
)
"""Every call of `publish --if-changed --follow`; a test below holds the list to a run."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox in which `dev` is deployed."""
    with sandboxes.running() as running:
        deploy(lambda service: _client(running, service), "shop-dev", sample("dev"))
        yield running


def _client(sandbox: Sandbox, service: str) -> Any:  # noqa: ANN401 - boto3 has no types of its own
    return boto3.client(
        service,
        endpoint_url=sandbox.endpoint,
        aws_access_key_id=sandbox.account,
        aws_secret_access_key="sandbox",  # noqa: S106 - nobody's
        region_name=sandbox.region,
    )


def _run(sandbox: Sandbox, source: Path, operation: str, fault: Fault | None) -> tuple[Ran, Proxy]:
    """Publish, while this goes wrong at that operation."""
    pipeline = Pipeline(
        name="shop-dev-pipeline",
        revision=lambda: _client(sandbox, "s3").head_object(Bucket=BUCKET, Key="source.zip")[
            "VersionId"
        ],
        states=[("Succeeded", [action("Source", "Succeeded", category="Source")])],
        looks=0,
    )
    config = str(ROOT / "cicdgen.toml")
    options = ("-e", "dev", "-c", config, "--if-changed", "--follow")
    with serving(pipeline) as codepipeline:
        proxy = Proxy(sandbox.endpoint, codepipeline, operation, fault)
        with between(proxy) as url:
            variables = {
                **sandbox.environment,
                "AWS_ENDPOINT_URL": url,
                "TMPDIR": str(source.parent),
            }
            process = subprocess.Popen(
                [*COMMAND, "publish", str(source), *options],
                cwd=source.parent,
                env=environment(variables),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            proxy.kill = lambda: process.send_signal(signal.SIGKILL)
            out, err = process.communicate(timeout=60)
    return Ran(process.returncode, out, err), proxy


@pytest.fixture
def source(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A source of its own for each test, so that each has something to upload."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "requirements.txt").write_text(f"# {request.node.name}\n", encoding="utf-8")
    return folder


def _published(sandbox: Sandbox) -> str:
    head = _client(sandbox, "s3").head_object(Bucket=BUCKET, Key="source.zip")
    digest: str = head["Metadata"]["sha256"]
    return digest


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("operation", CALLS)
def test_it_survives(sandbox: Sandbox, source: Path, operation: str, fault: Fault) -> None:
    """It ends well, or says what to do; and what was cut short ends well when it is run again."""
    ran, proxy = _run(sandbox, source, operation, fault)

    assert proxy.struck
    match fault:
        case Fault.KILLED:
            assert -signal.SIGKILL == ran.code
        case Fault.EXPIRED:
            assert (1, True) == (ran.code, "error: " in ran.err), ran.err
            assert "sign in again, and run it again" in ran.err
        case _:
            assert 0 == ran.code, ran.err
    assert "Traceback" not in ran.err
    if fault in {Fault.THROTTLED, Fault.FAILED, Fault.CUT}:
        return

    again, _ = _run(sandbox, source, "", None)

    assert 0 == again.code, again.err
    assert f"{_published(sandbox)}\n" == again.out
    assert again.err.splitlines()[-1].endswith(": released")


def test_those_are_all_calls(sandbox: Sandbox, source: Path) -> None:
    """A run without faults makes these calls and no others."""
    ran, proxy = _run(sandbox, source, "", None)

    assert 0 == ran.code, ran.err
    assert list(CALLS) == list(dict.fromkeys(proxy.seen))


def test_nothing_stays_on_the_disk(sandbox: Sandbox, source: Path) -> None:
    """The archive is gone when the run ends, also by an error."""
    _run(sandbox, source, "PutObject", Fault.EXPIRED)

    assert [source.name] == sorted(path.name for path in source.parent.iterdir())
