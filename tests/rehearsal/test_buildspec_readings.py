"""Both readings of what outlives a command: a buildspec should hold under each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cicdgen.rehearsal.buildspec.build import Build, Surroundings
from cicdgen.rehearsal.buildspec.network import Network
from cicdgen.rehearsal.buildspec.run import run
from cicdgen.rehearsal.buildspec.shell import Reading
from cicdgen.rehearsal.buildspec.spec import PHASES, load

if TYPE_CHECKING:
    from pathlib import Path

READINGS = [Reading.KEPT, Reading.FRESH]


def build(folder: Path, text: str, *, reading: Reading = Reading.KEPT) -> Build:
    """Run a buildspec over an empty source."""
    source, scratch = folder / "source", folder / "scratch"
    source.mkdir()
    scratch.mkdir()
    around = Surroundings(
        source=source,
        scratch=scratch,
        image={"PATH": os.defpath, "COLOUR": "red"},
        network=Network.OPEN,
        reading=reading,
    )
    return run(load(text), around)


def test_fresh_shells_share_the_environment(tmp_path: Path) -> None:
    """With fresh shells, only exports and the folder outlive a command."""
    found = build(
        tmp_path,
        """
        version: 0.2
        phases:
          install: {commands: [mkdir sub && cd sub, shape=square, export size=big]}
          build: {commands: ['echo "${shape:-no shape}, $size, in ${PWD##*/}"']}
        """,
        reading=Reading.FRESH,
    )

    assert found.log == "no shape, big, in sub\n"


@pytest.mark.parametrize("shell", ["bash", "/bin/sh"])
@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(
    "failure", ["false", "exit 3", "set -e; false; true", "no-such-program", "if"]
)
@pytest.mark.parametrize(
    "phase,expected",
    [
        pytest.param("install", ["install"], id="install ends the build"),
        pytest.param("pre_build", ["install", "pre_build"], id="pre_build ends the build"),
        pytest.param("build", [*PHASES], id="build goes on"),
    ],
)
def test_phases_after_a_failure(
    tmp_path: Path, shell: str, reading: Reading, failure: str, phase: str, expected: list[str]
) -> None:
    """However a command fails, it ends its phase, and the phase decides what follows."""
    found = build(
        tmp_path,
        f"""
        version: 0.2
        env: {{shell: {shell}}}
        phases:
          {phase}: {{commands: ['{failure}', echo not reached], finally: [echo finally]}}
        """,
        reading=reading,
    )

    assert not found.succeeded
    assert expected == [*found.ran]
    assert "finally" in found.log
    assert "not reached" not in found.log


def test_runtimes_are_named(tmp_path: Path) -> None:
    """The versions that the image would switch to are read, variables and all."""
    found = build(
        tmp_path,
        "version: 0.2\nphases: {install: {runtime-versions: {python: $COLOUR, nodejs: 22}}}",
    )

    assert found.runtimes == {"python": "red", "nodejs": "22"}


def test_a_command_that_prints_what_is_no_text(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 do not end the rehearsal."""
    found = build(tmp_path, "version: 0.2\nphases: {build: {commands: [\"printf '\\\\377'\"]}}")

    assert found.succeeded
    assert found.log == "\ufffd"
