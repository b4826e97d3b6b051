"""Builds as the Build stage leaves them, and what becomes of them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.aws import Aws
    from tests.fakes.codepipeline import Event
    from tests.lambda_code.conftest import Inline

BUCKET = "shop-prod-artifacts"
ARTIFACT = "shop-prod/BuildOutpu/aB3dE5g"
CODE = b"the built code"
DIGEST = hashlib.sha256(CODE).hexdigest()
RELEASE = f"releases/{DIGEST}.zip"


def zipped(name: str, content: bytes) -> bytes:
    """Return a zip file of one entry."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(name, content)
    return whole.getvalue()


def artifact(**changes: object) -> bytes:
    """Return the artifact of the build of CODE, its manifest changed if so told."""
    manifest = {
        "format": "cicdgen.release/1",
        "sha256": DIGEST,
        "bucket": BUCKET,
        "key": RELEASE,
        "version": "version-1",
        "source": "source-version",
    }
    return zipped("manifest.json", json.dumps(manifest | changes).encode())


def built(aws: Aws) -> Event:
    """Store the build of CODE; return the event of a job to release it."""
    version = aws.s3.put(BUCKET, RELEASE, CODE)
    aws.s3.put(BUCKET, ARTIFACT, artifact(version=version))
    return aws.codepipeline.start(BUCKET, ARTIFACT)


def latest(aws: Aws) -> str:
    """Return the id of the newest deployment."""
    return [*aws.codedeploy.deployments][-1]


def released(aws: Aws, deployer: Inline) -> None:
    """Bring a release to its end, with a deployment by somebody else about."""
    aws.codedeploy.succeed(aws.codedeploy.begin(target="1", description="by hand"))
    deployer.handler(built(aws), None)
    aws.codedeploy.succeed(latest(aws))
    deployer.handler(aws.codepipeline.again(), None)
