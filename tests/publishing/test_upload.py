"""What S3 is asked for, and what its answer means. Ground: a server that answers as documented."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from cicdgen.aws import objects
from cicdgen.aws.access import Access
from cicdgen.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BODY = b"PK" * 500_000
PLACE = objects.Place(
    stack="shop-prod",
    account="123456789012",
    bucket="shop-prod-source",
    key="source.zip",
    kms_key="arn:aws:kms:us-east-1:123456789012:key/one",
    pipeline="shop-prod-pipeline",
    link=None,
)


class Bucket(BaseHTTPRequestHandler):
    """A bucket that takes everything, and gives this version."""

    version: str | None
    headers_seen: dict[str, str]
    body_seen: bytes

    def do_PUT(self) -> None:
        """Take an object."""
        kind = type(self)
        kind.headers_seen = {name.lower(): value for name, value in self.headers.items()}
        kind.body_seen = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        if self.version is not None:
            self.send_header("x-amz-version-id", self.version)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The bucket, and nobody's credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    with HTTPServer(("127.0.0.1", 0), Bucket) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _upload(endpoint: str, folder: Path, sent: list[int]) -> str:
    path = folder / "source.zip"
    path.write_bytes(BODY)
    access = Access(region="us-east-1", endpoint=endpoint)
    return objects.upload(path, hashlib.sha256(BODY).digest(), PLACE, access, sent.append)


def test_the_request_says_all(endpoint: str, tmp_path: Path) -> None:
    """Key, checksum, digest and the bucket's owner go with the object, in one request."""
    Bucket.version = "v1"
    sent: list[int] = []
    version = _upload(endpoint, tmp_path, sent)
    wanted = {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": PLACE.kms_key,
        "x-amz-meta-sha256": hashlib.sha256(BODY).hexdigest(),
        "x-amz-checksum-sha256": "rRiOve8N5a8XIttJFZLKJsVQX8MKIWepUNhfWEhG57s=",
        "x-amz-expected-bucket-owner": PLACE.account,
        "content-type": "application/zip",
    }

    assert "v1" == version
    assert wanted == {name: Bucket.headers_seen.get(name) for name in wanted}
    assert BODY == Bucket.body_seen
    assert len(BODY) == sent[-1]


@pytest.mark.parametrize("version", [None, "null"], ids=["never versioned", "suspended"])
def test_a_bucket_without_versions_is_refused(
    endpoint: str, tmp_path: Path, version: str | None
) -> None:
    """A pipeline could not tell which upload it runs (s3/VersioningWorkflows)."""
    Bucket.version = version

    with pytest.raises(RefusedError, match="keeps no versions"):
        _upload(endpoint, tmp_path, [])
