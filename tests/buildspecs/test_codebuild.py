"""The runner of buildspecs: what the other tests stand on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.buildspecs.codebuild import PHASES, Build, CodeBuild, Shell, load

if TYPE_CHECKING:
    from pathlib import Path


def run(tmp_path: Path, text: str, *, shell: Shell = Shell.KEPT) -> Build:
    """Run the buildspec *text* over an empty source."""
    source, scratch = tmp_path / "source", tmp_path / "scratch"
    source.mkdir()
    scratch.mkdir()
    environment = {"PATH": os.defpath, "COLOUR": "red"}
    build = CodeBuild(source=source, environment=environment, scratch=scratch, shell=shell)
    return build.run(load(text))


def test_commands_share_one_shell(tmp_path: Path) -> None:
    """A variable and a folder outlive the command and the phase that set them."""
    build = run(
        tmp_path,
        """
        version: 0.2
        phases:
          install: {commands: [mkdir sub, cd sub, shape=square]}
          build: {commands: ['echo "$shape in ${PWD##*/}"']}
        """,
    )

    assert build.log == "square in sub\n"


def test_fresh_shells_share_the_environment(tmp_path: Path) -> None:
    """With fresh shells, only exports and the folder outlive a command."""
    build = run(
        tmp_path,
        """
        version: 0.2
        phases:
          install: {commands: [mkdir sub && cd sub, shape=square, export size=big]}
          build: {commands: ['echo "${shape:-no shape}, $size, in ${PWD##*/}"']}
        """,
        shell=Shell.FRESH,
    )

    assert build.log == "no shape, big, in sub\n"


def test_failure_is_hidden_inside_a_block(tmp_path: Path) -> None:
    """Without shell options, a failure amid a block of lines goes unseen, as it does at AWS."""
    build = run(
        tmp_path,
        """
        version: 0.2
        phases:
          build:
            commands:
              - |
                false
                echo on
        """,
    )

    assert build.succeeded
    assert build.log == "on\n"


@pytest.mark.parametrize("shell", Shell)
@pytest.mark.parametrize("failure", ["false", "exit 3", "set -e; false; true", "no-such-program"])
@pytest.mark.parametrize(
    "phase,expected",
    [
        pytest.param("install", ["install"], id="install ends the build"),
        pytest.param("pre_build", ["install", "pre_build"], id="pre_build ends the build"),
        pytest.param("build", [*PHASES], id="build goes on"),
    ],
)
def test_phases_after_a_failure(
    tmp_path: Path, shell: Shell, failure: str, phase: str, expected: list[str]
) -> None:
    """A failing command ends its phase, and the phase decides what follows."""
    build = run(
        tmp_path,
        f"""
        version: 0.2
        phases:
          {phase}: {{commands: ['{failure}', echo not reached], finally: [echo finally]}}
        """,
        shell=shell,
    )

    assert not build.succeeded
    assert expected == [*build.phases]
    assert "finally" in build.log
    assert "not reached" not in build.log


@pytest.mark.parametrize(
    "phase,expected",
    [
        pytest.param("commands: [echo a > a, 'false']", {"a"}, id="uploads follow a failed build"),
        pytest.param(
            "commands: [echo a > a, 'false'], on-failure: ABORT", set(), id="ABORT skips them"
        ),
    ],
)
def test_uploads_after_a_failed_build(tmp_path: Path, phase: str, expected: set[str]) -> None:
    """The uploads are attempted after a failed build, unless it aborts."""
    build = run(
        tmp_path,
        f"""
        version: 0.2
        phases: {{build: {{{phase}}}}}
        artifacts: {{files: [a]}}
        reports: {{tests: {{files: [a]}}}}
        """,
    )

    assert not build.succeeded
    assert expected == build.artifacts.keys() == build.reports.keys()


def test_what_is_handed_on(tmp_path: Path) -> None:
    """Artifacts, reports, exports and runtimes are collected after the last phase."""
    build = run(
        tmp_path,
        """
        version: 0.2
        env: {shell: bash, exported-variables: [size]}
        phases:
          install: {runtime-versions: {python: "$COLOUR"}}
          build: {commands: [echo a > a, echo b > b, export size=big]}
        artifacts: {files: [a]}
        reports: {tests: {files: [b], file-format: JUNITXML}}
        """,
    )

    assert build.succeeded
    assert build.artifacts == {"a": b"a\n"}
    assert build.reports == {"b": b"b\n"}
    assert build.exported == {"size": "big"}
    assert build.runtimes == {"python": "red"}


def test_missing_artifact_fails_the_build(tmp_path: Path) -> None:
    """An artifact that is not there fails the upload and so the build."""
    build = run(tmp_path, "{version: 0.2, phases: {}, artifacts: {files: [a]}}")

    assert not build.succeeded


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{version: 0.1, phases: {}}", id="another version"),
        pytest.param("{version: 0.2, phases: {test: {}}}", id="no such phase"),
        pytest.param("{version: 0.2, phases: {}, cache: {}}", id="a section not modelled"),
        pytest.param("{version: 0.2, phases: {build: {on-failure: RETRY}}}", id="RETRY"),
        pytest.param(
            "version: 0.2\nphases:\n  build:\n    commands:\n      - pip install -b :all: -r x",
            id="a command that YAML reads as a mapping",
        ),
    ],
)
def test_refused(text: str) -> None:
    """A buildspec that the model cannot follow is refused."""
    with pytest.raises(ValueError, match=r"not modelled|must be a string"):
        load(text)


def test_shell_that_ends_with_success_is_unknown(tmp_path: Path) -> None:
    """What CodeBuild makes of `exit 0` is not written, so the model does not say."""
    with pytest.raises(NotImplementedError):
        run(tmp_path, "{version: 0.2, phases: {build: {commands: [exit 0]}}}")
