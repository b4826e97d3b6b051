"""Build: one zip of src/ and its dependencies, the same bytes every time, stored by its digest."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pip
import pytest
from tests.buildspecs.project import BUCKET, Project

from cicdgen.rehearsal.buildspec.shell import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.buildspecs.conftest import Wheelhouse

    from cicdgen.rehearsal.buildspec.build import Build


def released(project: Project) -> zipfile.ZipFile:
    """The only release in the bucket."""
    (content,) = project.stored().values()
    return zipfile.ZipFile(io.BytesIO(content))


def refused(build: Build, project: Project) -> bool:
    """Whether the build failed with nothing stored and nothing handed on."""
    return not (build.succeeded or build.artifact or project.stored())


@pytest.mark.parametrize("shell", [Reading.KEPT, Reading.FRESH])
def test_release_is_stored_and_named(project: Project, shell: Reading) -> None:
    """The release lies under its digest, and the manifest alone is handed on and names it."""
    build = project.run_build(shell=shell)

    ((path, content),) = project.stored().items()
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"releases/{sha256}.zip"
    manifest = (
        f'{{"format":"cicdgen.release/1","sha256":"{sha256}","bucket":"{BUCKET}",'
        f'"key":"{key}","version":"version-1","source":"abc"}}\n'
    )
    assert build.succeeded, build.log
    assert path == f"{key}/version-1"
    assert build.artifact == {"manifest.json": manifest.encode()}
    assert build.exported == {"RELEASE_SHA256": sha256}
    assert build.runtimes == {"python": "3.13"}


def test_release_holds_code_and_dependencies(project: Project) -> None:
    """src/ and the dependencies lie side by side; scripts and compiled files stay out."""
    project.write({"src/__pycache__/index.cpython-313.pyc": "", "src/bin/tool": "#!/bin/sh\n"})
    (project.source / "src/bin/tool").chmod(0o700)

    project.run_build()

    modes = {entry.filename: entry.external_attr >> 16 for entry in released(project).infolist()}
    assert modes == {
        "bin/tool": 0o100755,
        "data/text.txt": 0o100644,
        "index.py": 0o100644,
        "tiny-1.0.dist-info/INSTALLER": 0o100644,
        "tiny-1.0.dist-info/METADATA": 0o100644,
        "tiny-1.0.dist-info/RECORD": 0o100644,
        "tiny-1.0.dist-info/REQUESTED": 0o100644,
        "tiny-1.0.dist-info/WHEEL": 0o100644,
        "tiny-1.0.dist-info/entry_points.txt": 0o100644,
        "tiny/__init__.py": 0o100644,
        "tiny/caf\u00e9.txt": 0o100644,
    }


def test_record_lists_no_scripts_and_no_compiled_files_of_ours(project: Project) -> None:
    """A RECORD is kept, for importlib.metadata, without the lines on what pip made here."""
    project.run_build()

    record = released(project).read("tiny-1.0.dist-info/RECORD").decode()
    names = {line.split(",")[0] for line in record.splitlines()}
    assert "tiny/__init__.py" in names
    assert {name for name in names if name.startswith("..") or name.endswith(".pyc")} == {
        "tiny/__pycache__/__init__.cpython-39.pyc"
    }


def test_release_carries_nothing_of_the_machine(project: Project) -> None:
    """Entries are sorted, dated 1980-01-01, and have no extra fields."""
    project.run_build()

    entries = released(project).infolist()
    names = [entry.filename for entry in entries]
    assert names == sorted(names)
    assert {(entry.date_time, entry.extra) for entry in entries} == {((1980, 1, 1, 0, 0, 0), b"")}


def test_links_in_the_source_are_followed(project: Project) -> None:
    """What a link in src/ points to is packed, be it a file or a folder."""
    project.write({"shared/one.py": "", "shared/two.py": ""})
    (project.source / "src/one.py").symlink_to("../shared/one.py")
    (project.source / "src/shared").symlink_to("../shared")

    project.run_build()

    assert {"one.py", "shared/one.py", "shared/two.py"} <= set(released(project).namelist())


def test_function_without_dependencies(project: Project) -> None:
    """A requirements.txt of comments alone is a release of src/ alone."""
    project.write({"requirements.txt": "# nothing yet\n"})

    project.run_build()

    assert released(project).namelist() == ["data/text.txt", "index.py"]


def other_interpreter(project: Project) -> dict[str, Any]:
    """A pip whose interpreter has another path; console scripts would name it."""
    environment = project.folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    site = Path(pip.__file__).parent.parent
    script = f'#!/bin/sh\nPYTHONPATH="{site}" exec "{environment}/bin/python" -m pip "$@"\n'
    path = project.folder / "broken/pip"
    path.parent.mkdir()
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)
    return {}


def other_file_times(project: Project) -> dict[str, Any]:
    """Files of the source from another day."""
    for path in project.source.rglob("*"):
        os.utime(path, (10**9, 10**9))
    return {}


def leftovers(project: Project) -> dict[str, Any]:
    """A source tree that holds files with the names the build uses."""
    project.write({"package/old.py": "", "release.zip": "old", "manifest.json": "{}"})
    return {}


def shadows(project: Project) -> dict[str, Any]:
    """A source tree with modules named like those of the standard library."""
    project.write({"zipfile.py": "raise SystemExit(3)\n", "typing.py": "raise SystemExit(3)\n"})
    return {}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: {}, id="folder and time"),
        pytest.param(lambda _: {"first": "umask 0077", "shell": Reading.KEPT}, id="umask"),
        pytest.param(lambda _: {"environment": {"TZ": "Etc/GMT-14"}}, id="time zone"),
        pytest.param(lambda _: {"environment": {"LC_ALL": "C"}}, id="locale"),
        pytest.param(other_file_times, id="file times"),
        pytest.param(other_interpreter, id="interpreter"),
        pytest.param(leftovers, id="leftovers"),
        pytest.param(shadows, id="shadows"),
    ],
)
def test_same_source_same_bytes(
    project: Project,
    first_release: dict[str, bytes],
    change: Callable[[Project], dict[str, Any]],
) -> None:
    """A second build of the same source gives the same bytes, whatever else differs."""
    build = project.run_build(**change(project))

    assert build.succeeded, build.log
    assert first_release == project.stored()


def test_wrong_hash_stops_the_build(project: Project) -> None:
    """A wheel with other bytes than the pin's is not installed."""
    project.write({"requirements.txt": f"tiny==1.0 --hash=sha256:{'0' * 64}\n"})

    build = project.run_build()

    assert refused(build, project)
    assert "DO NOT MATCH THE HASHES" in build.log


@pytest.mark.parametrize(
    "requirements",
    [
        pytest.param(lambda wheels: wheels.needy, id="a dependency's dependency without a pin"),
        pytest.param(lambda _: "tiny==1.0\n", id="a pin without a hash"),
        pytest.param(lambda _: None, id="no requirements.txt"),
    ],
)
def test_incomplete_pins_stop_the_build(
    project: Project,
    wheelhouse: Wheelhouse,
    requirements: Callable[[Wheelhouse], str | None],
) -> None:
    """Requirements must name the whole closure, with hashes."""
    text = requirements(wheelhouse)
    if text is None:
        (project.source / "requirements.txt").unlink()
    else:
        project.write({"requirements.txt": text})

    build = project.run_build()

    assert refused(build, project)
    assert build.ran == ("install", "pre_build")


def test_source_distribution_stops_the_build(project: Project) -> None:
    """A package that would be built here is refused."""
    project.write({"other-1.0.tar.gz": ""})
    sha256 = hashlib.sha256(b"").hexdigest()
    project.write({"requirements.txt": f"other==1.0 --hash=sha256:{sha256}\n"})

    build = project.run_build(environment={"PIP_FIND_LINKS": str(project.source)})

    assert refused(build, project)
    assert "No matching distribution found for other==1.0" in build.log


@pytest.mark.parametrize("empty", [False, True], ids=["missing", "empty"])
def test_no_source_stops_the_build(project: Project, empty: bool) -> None:  # noqa: FBT001
    """Without code in src/ the build stops and says where it belongs."""
    shutil.rmtree(project.source / "src")
    if empty:
        (project.source / "src/folder").mkdir(parents=True)

    build = project.run_build()

    assert refused(build, project)
    assert "src/ is missing or empty: put the function's code there." in build.log


def test_clash_with_a_dependency_stops_the_build(project: Project) -> None:
    """A file of src/ may not replace a file of a dependency in silence."""
    project.write({"src/tiny/__init__.py": "", "src/tiny/more.py": ""})

    build = project.run_build()

    assert refused(build, project)
    assert "a dependency has them too: ./tiny/__init__.py\n" in build.log


def test_code_may_lie_beside_a_dependency(project: Project) -> None:
    """src/ may add files to a dependency's folder, as namespace packages do."""
    project.write({"src/tiny/more.py": ""})

    build = project.run_build()

    assert build.succeeded, build.log
    assert {"tiny/__init__.py", "tiny/more.py"} <= set(released(project).namelist())


def test_refused_put_stops_the_build(project: Project) -> None:
    """When S3 takes no release, none is handed on."""
    (project.store / "refusal").write_text("AccessDenied", encoding="utf-8")

    build = project.run_build()

    assert refused(build, project)
    assert "AccessDenied" in build.log


@pytest.mark.parametrize("versioning", ["None", "null", ""])
def test_bucket_without_versions_stops_the_build(project: Project, versioning: str) -> None:
    """A release that can be overwritten is not handed on."""
    project.set_bucket(versioning=versioning or "\n")

    build = project.run_build()

    assert not build.succeeded
    assert build.artifact == {}
    assert "artifacts keeps no versions: enable versioning." in build.log


@pytest.mark.parametrize(
    "tool", ["rm", "mkdir", "pip", "find", "sed", "cp", "python", "sha256sum", "cut", "aws", "jq"]
)
def test_failing_tool_stops_the_build(project: Project, tool: str) -> None:
    """A tool that does its work and fails stops the build, amid a block, a pipe or a condition."""
    project.break_tool(tool)

    build = project.run_build()

    assert not build.succeeded
    assert build.artifact == {}


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            'a"b\\\'c\n","version":"other" $(touch x) `touch x` $HOME \u00e9\u2028\U0001f600',
            id="quotes, lines, substitutions",
        ),
        pytest.param("--arg", id="option"),
        pytest.param("", id="empty"),
    ],
)
def test_source_version_cannot_break_the_manifest(project: Project, source: str) -> None:
    """Whatever the source calls its version, it stays one string of the manifest."""
    build = project.run_build(environment={"CODEBUILD_RESOLVED_SOURCE_VERSION": source})

    manifest = json.loads(build.artifact["manifest.json"])
    assert manifest["source"] == source
    assert manifest["version"] == "version-1"
    assert not list(project.folder.rglob("x"))


def test_unknown_source_version_is_empty(project: Project) -> None:
    """A source whose revision CodePipeline cannot resolve sets no variable, and is built."""
    build = project.run_build(first="unset CODEBUILD_RESOLVED_SOURCE_VERSION")

    assert json.loads(build.artifact["manifest.json"])["source"] == ""
