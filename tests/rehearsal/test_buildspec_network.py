"""What a rehearsed build reaches: the endpoint, by the AWS CLI and by HTTP, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicdgen import assets
from cicdgen.rehearsal.buildspec.build import Build, Surroundings
from cicdgen.rehearsal.buildspec.network import Network, can_be_kept_out
from cicdgen.rehearsal.buildspec.run import run
from cicdgen.rehearsal.buildspec.spec import load

if TYPE_CHECKING:
    from collections.abc import Iterator

NETWORKS = [
    pytest.param(
        Network.NONE,
        marks=pytest.mark.skipif(not can_be_kept_out(), reason="no network namespaces here"),
    ),
    Network.OPEN,
]


class Bucket(BaseHTTPRequestHandler):
    """S3 with one bucket, which keeps what it is sent and refuses the key `secret`."""

    kept: dict[str, bytes]

    def do_PUT(self) -> None:
        """PutObject."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.kept[self.path] = body
        self._answer(200, b"", {"x-amz-version-id": "v1"})

    def do_GET(self) -> None:
        """GetObject."""
        if "secret" in self.path:
            denied = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
            self._answer(403, denied, {"Content-Type": "application/xml"})
        else:
            self._answer(200, self.kept[self.path.partition("?")[0]], {})

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def endpoint() -> Iterator[str]:
    """An address at which S3 answers."""
    handler = type("Fresh", (Bucket,), {"kept": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def build(folder: Path, *commands: str, network: Network, endpoint: str | None = None) -> Build:
    """Run commands, one phase, with the credentials of nobody."""
    source, scratch = folder / "source", folder / "scratch"
    for each in (source, scratch):
        each.mkdir()
    image = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    around = Surroundings(
        source=source, scratch=scratch, image=image, network=network, endpoint=endpoint
    )
    lines = "".join(f"\n      - |\n        {each}" for each in commands)
    return run(load(f"version: 0.2\nphases:\n  build:\n    commands:{lines}"), around)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_aws_cli_reaches_the_endpoint(network: Network, tmp_path: Path, endpoint: str) -> None:
    """Objects go there and come back, and a query is answered as text."""
    found = build(
        tmp_path,
        "echo content > a",
        "aws s3api put-object --bucket b --key k --body a --query VersionId --output text",
        "aws s3api get-object --bucket b --key k --version-id v1 copy > /dev/null",
        "cat copy",
        network=network,
        endpoint=endpoint,
    )

    assert "v1\ncontent\n" == found.log
    assert found.succeeded
    assert network is found.network


def test_a_refusal_is_the_clis(tmp_path: Path, endpoint: str) -> None:
    """What the service refuses ends with 254 and its words."""
    found = build(
        tmp_path,
        "aws s3api get-object --bucket b --key secret copy",
        network=Network.OPEN,
        endpoint=endpoint,
    )

    assert "ended with 254" in found.phases[2].because
    assert "An error occurred (AccessDenied) when calling the GetObject operation" in found.log


@pytest.mark.parametrize(
    "command",
    [
        "aws s3 cp a s3://b/k",
        "aws s3api put-object --bucket b --key k --body a --made-up 1",
        "aws s3api make-up",
        "aws",
        "aws s3api put-object --bucket b --key k --tagging-directive",
    ],
)
def test_what_the_stand_in_does_not_know_fails(command: str, tmp_path: Path, endpoint: str) -> None:
    """Nothing of the CLI is passed over."""
    found = build(tmp_path, "touch a", command, network=Network.OPEN, endpoint=endpoint)

    assert "ended with 252" in found.phases[2].because, found.log


def test_without_an_endpoint_every_call_is_refused(tmp_path: Path) -> None:
    """The real AWS is never reached by accident."""
    found = build(tmp_path, "aws sts get-caller-identity", network=Network.OPEN)

    assert "no call is answered" in found.log
    assert not found.succeeded


@pytest.mark.skipif(not can_be_kept_out(), reason="no network namespaces here")
def test_the_rest_of_the_network_is_not_there(tmp_path: Path, endpoint: str) -> None:
    """Another port of this machine cannot be reached, although it listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Bucket) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        code = f"import socket; socket.create_connection(('127.0.0.1', {other.server_port}))"
        for network, reached in ((Network.OPEN, True), (Network.NONE, False)):
            folder = tmp_path / network.name
            folder.mkdir()
            found = build(folder, f'python -c "{code}"', network=network, endpoint=endpoint)

            assert reached is found.succeeded, found.log
        other.shutdown()


@pytest.mark.skipif(not can_be_kept_out(), reason="no network namespaces here")
def test_without_an_endpoint_there_is_no_network(tmp_path: Path) -> None:
    """Nothing is there but a loopback interface of its own."""
    found = build(tmp_path, "tail -n +3 /proc/self/net/dev | cut -d: -f1", network=Network.NONE)

    assert ["lo"] == found.log.split()
    assert Network.NONE is found.network


def test_a_machine_that_cannot_keep_it_out_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `unshare` the build runs all the same, and nobody is told that it was kept in."""
    monkeypatch.setenv("PATH", str(tmp_path))
    can_be_kept_out.cache_clear()
    found = build(tmp_path, "true", network=Network.NONE)
    can_be_kept_out.cache_clear()

    assert found.network is Network.NOT_KEPT_OUT
    assert any("cannot keep the network out" in each for each in found.notes)


def test_our_own_build_reaches_the_endpoint(tmp_path: Path, endpoint: str) -> None:
    """The buildspec that we ship stores a release of the starter by way of the stand-in."""
    source, scratch = tmp_path / "source", tmp_path / "scratch"
    shutil.copytree(assets.STARTER, source)
    scratch.mkdir()
    around = Surroundings(
        source=source,
        scratch=scratch,
        image={
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
            "HOME": str(scratch),
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "eu-central-1",
        },
        project={"ARTIFACT_BUCKET": "artifacts", "PYTHON_VERSION": "3.13"},
        endpoint=endpoint,
    )
    found = run(load(assets.buildspec("build")), around)

    assert found.succeeded, found.log
    manifest = json.loads(found.artifact["manifest.json"])
    assert manifest["version"] == "v1"
    assert found.exported == {"RELEASE_SHA256": manifest["sha256"]}
    assert found.network is (Network.NONE if can_be_kept_out() else Network.NOT_KEPT_OUT)
