"""Test: the tests meet the stored release, nothing else, and their report is published."""

from __future__ import annotations

import hashlib
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from tests.buildspecs.project import BUCKET, Project

from cicdgen.rehearsal.buildspec.shell import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.rehearsal.buildspec.build import Build

RELEASE = {"index.py": "ORIGIN = 'release'\n", "tool.sh": "#!/bin/sh\n"}
SITE_PACKAGES = f".venv/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
TEST = "import index\n\n\ndef test_origin():\n    assert index.ORIGIN == 'release'\n"


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose source says other things than its release."""
    project.write({"src/index.py": "ORIGIN = 'source'\n", "tests/test_index.py": TEST})
    return project


def counts(build: Build) -> dict[str, int]:
    """The tests, failures and errors that the published report names."""
    # The report is our own pytest's.
    suite = ET.fromstring(build.reports["report.xml"])[0]  # noqa: S314
    return {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors")}


@pytest.mark.parametrize("shell", [Reading.KEPT, Reading.FRESH])
def test_tests_pass_on_the_release(project: Project, shell: Reading) -> None:
    """A release that passes its tests passes the stage, with a report and no artifact."""
    build = project.run_test(project.put_release(RELEASE), shell=shell)

    assert build.succeeded, build.log
    assert counts(build) == {"tests": 1, "failures": 0, "errors": 0}
    assert build.artifact == {}
    assert build.runtimes == {"python": "3.13"}


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(
            {"pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n'},
            id="pythonpath of pytest",
        ),
        pytest.param(
            {"tests/conftest.py": "import sys\nsys.path.insert(0, 'src')\n"}, id="sys.path"
        ),
        pytest.param({"tests/__init__.py": ""}, id="tests are a package"),
        pytest.param({"shutil.py": "raise SystemExit(3)\n"}, id="a module of the library"),
        pytest.param({"release/index.py": "ORIGIN = 'tree'\n"}, id="a release in the tree"),
    ],
)
def test_settings_do_not_bring_the_source_back(
    project: Project, settings: Mapping[str, str]
) -> None:
    """However the tests look for src/, they find the release."""
    project.write(settings)

    build = project.run_test(project.put_release(RELEASE))

    assert build.succeeded, build.log


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"tests/test_index.py": "import src.index\n"}, id="the source by its folder"),
        pytest.param(
            {"tests/test_index.py": "import beside\n", "beside.py": ""}, id="a module beside src/"
        ),
        pytest.param({"tests/test_index.py": "import yaml\n"}, id="a package of the image"),
        pytest.param(
            {"tests/test_index.py": "import stale\n", f"{SITE_PACKAGES}/stale.py": ""},
            id="a package of an old environment",
        ),
    ],
)
def test_what_the_release_lacks_is_missed(project: Project, files: Mapping[str, str]) -> None:
    """What Lambda would not find, the tests do not find either."""
    project.write(files)

    build = project.run_test(project.put_release(RELEASE))

    assert not build.succeeded
    assert "ModuleNotFoundError" in build.log
    assert counts(build) == {"tests": 1, "failures": 0, "errors": 1}


def test_failing_test_fails_the_stage_with_a_report(project: Project) -> None:
    """A failing test fails the stage, and the report that says which is published."""
    project.write({"tests/test_more.py": "def test_wrong():\n    assert 1 == 2\n"})

    build = project.run_test(project.put_release(RELEASE))

    assert not build.succeeded
    assert counts(build) == {"tests": 2, "failures": 1, "errors": 0}


@pytest.mark.parametrize(
    "name", ["tests/test_index.py", "tests"], ids=["no test in tests/", "no tests/"]
)
def test_no_tests_fail_the_stage(project: Project, name: str) -> None:
    """A stage that tested nothing has failed."""
    (project.source / "tests/test_index.py").unlink()
    if name == "tests":
        (project.source / "tests").rmdir()

    build = project.run_test(project.put_release(RELEASE))

    assert not build.succeeded
    assert build.ran[-1] == "post_build"


def test_report_of_the_source_tree_is_not_published(project: Project) -> None:
    """A report that lies in the source tree is nobody's result."""
    project.write({"report.xml": "<testsuites/>", "tests/test_index.py": "import os; os._exit(1)"})

    build = project.run_test(project.put_release(RELEASE))

    assert not build.succeeded
    assert build.reports == {}


def test_other_bytes_are_refused(project: Project) -> None:
    """A stored object with another digest than the manifest's is not tested."""
    manifest = project.put_release(RELEASE)
    path = project.store / BUCKET / manifest["key"] / manifest["version"]
    path.write_bytes(path.read_bytes() + b" ")

    build = project.run_test(manifest)

    assert not build.succeeded
    assert build.ran == ("install", "pre_build")
    assert f"its manifest says {manifest['sha256']}." in build.log


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"format": "cicdgen.release/2"}, id="another format"),
        pytest.param({"bucket": "elsewhere"}, id="another bucket"),
        pytest.param({"key": "releases/other.zip"}, id="another key"),
        pytest.param({"sha256": "0" * 64}, id="another digest"),
        pytest.param({"version": ""}, id="empty version"),
        pytest.param({"version": None}, id="no version"),
        pytest.param({"sha256": None, "key": "releases/null.zip"}, id="no digest"),
    ],
)
def test_manifest_of_no_release_is_refused(project: Project, change: Mapping[str, Any]) -> None:
    """A manifest that does not name a release of this bucket by its digest is shown and refused."""
    manifest = {**project.put_release(RELEASE), **change}

    build = project.run_test(manifest)

    assert not build.succeeded
    assert build.ran == ("install", "pre_build")
    assert f"This manifest names no release in {BUCKET}: {{" in build.log


@pytest.mark.parametrize("manifest", [None, b"", b"[]", b"{"], ids=repr)
def test_no_manifest_is_refused(project: Project, manifest: bytes | None) -> None:
    """Without a readable manifest there is nothing to test."""
    project.put_release(RELEASE)

    build = project.run_test(manifest)

    assert not build.succeeded
    assert build.ran == ("install", "pre_build")


def test_another_version_is_not_taken(project: Project) -> None:
    """The stage reads the version the manifest names, not the latest one."""
    manifest = {**project.put_release(RELEASE), "version": "version-2"}

    build = project.run_test(manifest)

    assert not build.succeeded
    assert "NoSuchVersion" in build.log


@pytest.mark.parametrize(
    "requirements",
    [
        pytest.param(f"tiny==1.0 --hash=sha256:{'0' * 64}\n", id="wrong hash"),
        pytest.param("tiny==1.0\n", id="no hash"),
    ],
)
def test_unpinned_tools_stop_the_stage(project: Project, requirements: str) -> None:
    """The tools of the tests are pinned by hash, as the dependencies are."""
    project.write({"requirements-dev.txt": requirements})

    build = project.run_test(project.put_release(RELEASE))

    assert not build.succeeded
    assert build.ran == ("install", "pre_build")


def test_source_distribution_stops_the_stage(project: Project) -> None:
    """A tool that would be built here is refused."""
    project.write({"other-1.0.tar.gz": ""})
    sha256 = hashlib.sha256(b"").hexdigest()
    project.write({"requirements-dev.txt": f"other==1.0 --hash=sha256:{sha256}\n"})
    environment = {"PIP_FIND_LINKS": str(project.source)}

    build = project.run_test(project.put_release(RELEASE), environment=environment)

    assert build.ran == ("install", "pre_build")
    assert "No matching distribution found for other==1.0" in build.log


@pytest.mark.parametrize("tool", ["rm", "jq", "aws", "sha256sum", "cut", "unzip", "python", "pip"])
def test_failing_tool_stops_the_stage(project: Project, tool: str) -> None:
    """A tool that does its work and fails stops the stage, amid a block, a pipe or a condition."""
    project.break_tool(tool)

    build = project.run_test(project.put_release(RELEASE))

    assert not build.succeeded
    assert build.ran == ("install", "pre_build")
