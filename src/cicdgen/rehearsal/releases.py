"""What a build that keeps to our contract makes, made without running its commands.

The contract (`cicdgen.release/1`, see the buildspec that we ship): the code becomes one zip, stored
in the artifact bucket under its own digest, and a manifest that names it is all that is handed on.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.source import files_of, zipped
from cicdgen.rehearsal.turn import FailedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.cloudformation import Resource
    from cicdgen.iam import Principal
    from cicdgen.proof.parts.buildspec import Buildspec
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.s3 import S3

_FORMAT = "cicdgen.release/1"
_FOLDER = "src/"


def keeps_contract(spec: Buildspec) -> bool:
    """Whether the commands write or read a manifest of ours."""
    return _FORMAT in spec.script


@dataclass(frozen=True, kw_only=True)
class Release:
    """The releases of a project."""

    run: Run
    s3: S3
    project: Resource
    role: Principal

    def make(self, source: bytes) -> bytes:
        """Store a release of a source, and return the artifact: a zip with its manifest."""
        files = files_of(source)
        code = {n.removeprefix(_FOLDER): b for n, b in files.items() if n.startswith(_FOLDER)}
        if not code:
            raise FailedError("src/ is missing or empty: put the function's code there.")
        body = zipped(code)
        sha256 = hashlib.sha256(body).hexdigest()
        bucket, key = self._bucket(), f"releases/{sha256}.zip"
        put = self.s3.write(self.role, bucket, key, body, source="AmazonS3/API_PutObject")
        if put.version == "null":
            raise FailedError(f"{bucket} keeps no versions: enable versioning.")
        manifest = {
            "format": _FORMAT,
            "sha256": sha256,
            "bucket": bucket,
            "key": key,
            "version": put.version,
            "source": "",
        }
        return zipped({"manifest.json": json.dumps(manifest).encode()})

    def take(self, artifacts: Mapping[str, bytes]) -> None:
        """Read the release that one of these artifacts names, as a test does."""
        for body in artifacts.values():
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                if "manifest.json" not in archive.namelist():
                    continue
                manifest = json.loads(archive.read("manifest.json"))
            key, version = manifest["key"], manifest["version"]
            self.s3.read(self.role, self._bucket(), key, version, "AmazonS3/API_GetObject")

    def _bucket(self) -> str:
        variables = Place.of(self.project).at("Environment", "EnvironmentVariables").members()
        for each in variables:
            value = each.at("Value").text
            if each.at("Name").known == "ARTIFACT_BUCKET" and value is not None:
                return self.run.names.of(value)
        raise FailedError("ARTIFACT_BUCKET: unbound variable")
