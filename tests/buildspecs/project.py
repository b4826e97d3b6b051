"""One function's source tree, its artifact bucket, and the two CodeBuild projects over them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cicdgen import assets
from cicdgen.rehearsal.buildspec.build import Build, Surroundings
from cicdgen.rehearsal.buildspec.network import Network
from cicdgen.rehearsal.buildspec.run import run
from cicdgen.rehearsal.buildspec.shell import Reading
from cicdgen.rehearsal.buildspec.spec import Buildspec, load

if TYPE_CHECKING:
    from collections.abc import Mapping

BUCKET: Final = "artifacts"
STUB: Final = Path(__file__).parent / "stub"


def buildspec(stage: str) -> Buildspec:
    """The buildspec of *stage*, build or test, as it travels in a template."""
    return load(assets.buildspec(stage))


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project in *folder*, that installs from *wheels* alone."""

    folder: Path
    wheels: Path

    @property
    def source(self) -> Path:
        """The source tree, as its owner wrote it."""
        return self.folder / "source"

    @property
    def store(self) -> Path:
        """What the stub of the AWS CLI works on."""
        return self.folder / "store"

    def write(self, files: Mapping[str, str]) -> None:
        """Add *files* to the source tree."""
        for name, text in files.items():
            path = self.source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def set_bucket(self, *, versioning: str) -> None:
        """Make the artifact bucket; *versioning* as the stub has it."""
        (self.store / BUCKET).mkdir(parents=True, exist_ok=True)
        (self.store / "versioning").write_text(versioning, encoding="utf-8")

    def break_tool(self, tool: str) -> None:
        """Let *tool* do its work and fail all the same."""
        path = self.folder / "broken" / tool
        path.parent.mkdir(exist_ok=True)
        real = shutil.which(tool, path=self._path())
        path.write_text(f'#!/bin/sh\n"{real}" "$@"\nexit 1\n', encoding="utf-8")
        path.chmod(0o755)

    def stored(self) -> dict[str, bytes]:
        """The objects in the bucket, by `KEY/VERSION`."""
        bucket = self.store / BUCKET
        return {
            str(path.relative_to(bucket)): path.read_bytes()
            for path in bucket.rglob("*")
            if path.is_file()
        }

    def put_release(self, files: Mapping[str, str]) -> dict[str, str]:
        """Store a zip of *files* as Build would; return its manifest."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        sha256 = hashlib.sha256(buffer.getvalue()).hexdigest()
        manifest = {
            "format": "cicdgen.release/1",
            "sha256": sha256,
            "bucket": BUCKET,
            "key": f"releases/{sha256}.zip",
            "version": "version-1",
            "source": "abc",
        }
        path = self.store / BUCKET / manifest["key"] / manifest["version"]
        path.parent.mkdir(parents=True)
        path.write_bytes(buffer.getvalue())
        return manifest

    def run_build(
        self,
        *,
        shell: Reading = Reading.FRESH,
        first: str = "true",
        environment: Mapping[str, str] | None = None,
    ) -> Build:
        """Run the Build stage, with *first* before its commands."""
        spec = buildspec("build")
        install = replace(spec.phases["install"], commands=(first,))
        spec = replace(spec, phases={**spec.phases, "install": install})
        return self._run("build", spec, shell, environment or {})

    def run_test(
        self,
        manifest: bytes | Mapping[str, Any] | None,
        *,
        shell: Reading = Reading.FRESH,
        environment: Mapping[str, str] | None = None,
    ) -> Build:
        """Run the Test stage with *manifest* as all of BuildOutput; None is an empty artifact."""
        output = self.folder / "build-output"
        output.mkdir()
        if manifest is not None:
            content = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
            (output / "manifest.json").write_bytes(content)
        given = {
            "CODEBUILD_SRC_DIR_BuildOutput": str(output),
            "PIP_COMPILE": "0",  # for speed alone
            **(environment or {}),
        }
        return self._run("test", buildspec("test"), shell, given)

    def _run(
        self, stage: str, spec: Buildspec, shell: Reading, environment: Mapping[str, str]
    ) -> Build:
        # Each stage starts from the source artifact, not from what another stage left.
        source, scratch = self.folder / stage, self.folder / f"{stage}-scratch"
        shutil.copytree(self.source, source, symlinks=True)
        scratch.mkdir()
        image = {
            "PATH": self._path(),
            "HOME": str(scratch),
            "AWS_STUB": str(self.store),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "PIP_NO_CACHE_DIR": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
        }
        codebuild = {
            "ARTIFACT_BUCKET": BUCKET,
            "PYTHON_VERSION": "3.13",
            "CODEBUILD_RESOLVED_SOURCE_VERSION": "abc",
        }
        around = Surroundings(
            source=source,
            scratch=scratch,
            image=image,
            project={**codebuild, **environment},
            tools=self._tools(),
            network=Network.OPEN,
            reading=shell,
        )
        return run(spec, around)

    def _tools(self) -> Path:
        """The stub of the AWS CLI, unless a test broke it."""
        broken = self.folder / "broken"
        return broken if broken.exists() else STUB

    def _path(self) -> str:
        tools = [self.folder / "broken", STUB, Path(sys.executable).parent]
        return os.pathsep.join([*map(str, tools), os.defpath])
