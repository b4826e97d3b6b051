"""Buildspecs that CodeBuild would not take, or that a rehearsal cannot follow."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cicdgen.errors import CicdgenError
from cicdgen.rehearsal.buildspec.build import Surroundings
from cicdgen.rehearsal.buildspec.network import Network
from cicdgen.rehearsal.buildspec.run import run
from cicdgen.rehearsal.buildspec.shell import UnknownOutcomeError
from cicdgen.rehearsal.buildspec.spec import BuildspecError, load

if TYPE_CHECKING:
    from pathlib import Path

OK = "version: 0.2\nphases: {build: {commands: ['true']}}\n"

# The text, and what the error says.
REFUSED = {
    "a command that is a mapping": (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - echo a\n      - echo a: b",
        "line 6, phases/build/commands[1] of the buildspec: expected text, found subkeys",
    ),
    "a command that is a list": (
        "version: 0.2\nphases: {build: {commands: [[a]]}}",
        "expected text, found a list",
    ),
    "commands that are text": (
        "version: 0.2\nphases:\n  build:\n    commands: echo a",
        "line 4, phases/build/commands of the buildspec: expected a list",
    ),
    "no commands": ("version: 0.2\nphases: {build: {finally: [a]}}", "commands is missing"),
    "commands without a command": (
        "version: 0.2\nphases: {build: {commands: }}",
        "expected a list",
    ),
    "tabs": ("version: 0.2\nphases:\n\tbuild:", "line 3, the buildspec: this is no YAML"),
    "nothing": ("", "it is empty"),
    "a list": ("- a", "expected keys with values"),
    "no version": ("phases: {}", "version is missing"),
    "another version": ("version: 0.3\nphases: {}", "version is 0.3"),
    "no phases": ("version: 0.2", "phases is missing"),
    "no such phase": (
        "version: 0.2\nphases: {test: {}}",
        "phases/test of the buildspec: there is no",
    ),
    "a key twice": (
        "version: 0.2\nphases:\n  build: {commands: [a]}\n  build: {commands: [b]}",
        "it is written twice",
    ),
    "a key that is no key": (f"{OK}artefacts: {{files: [a]}}", "artefacts of the buildspec"),
    "batch": (f"{OK}batch: {{fast-fail: true}}", "not modelled: a batch is many builds"),
    "run-as": (f"{OK}run-as: user", "not modelled: users"),
    "run-as of a phase": (
        "version: 0.2\nphases: {build: {run-as: user, commands: [a]}}",
        "not modelled: users",
    ),
    "a proxy": (f"{OK}proxy: {{logs: yes}}", "proxy/logs of the buildspec: an explicit proxy"),
    "git's credentials": (f"{OK}env: {{git-credential-helper: yes}}", "credentials for git"),
    "PowerShell": (
        f"{OK}env: {{shell: powershell.exe}}",
        "the shell powershell.exe is not modelled",
    ),
    "a variable of CodeBuild's": (
        f"{OK}env: {{variables: {{CODEBUILD_X: a}}}}",
        "CODEBUILD_X has a prefix",
    ),
    "exporting AWS_ variables": (f"{OK}env: {{exported-variables: [AWS_X]}}", "cannot be exported"),
    "exporting a secret": (
        f"{OK}env: {{secrets-manager: {{S: a}}, exported-variables: [S]}}",
        "S is a secret",
    ),
    "env in 0.1": ("version: 0.1\nenv: {}\nphases: {}", "version 0.1 has no env"),
    "environment_variables in 0.2": (
        f"{OK}environment_variables: {{}}",
        "version 0.2 calls it env",
    ),
    "on-failure of nothing": (
        "version: 0.2\nphases: {build: {commands: [a], on-failure: STOP}}",
        "on-failure is STOP",
    ),
    "too many retries": (
        "version: 0.2\nphases: {build: {commands: [a], on-failure: RETRY-101}}",
        "on-failure is RETRY-101",
    ),
    "artifacts without files": (
        f"{OK}artifacts: {{secondary-artifacts: {{one: {{files: [a]}}}}}}",
        "files is missing",
    ),
    "an artifact outside the source": (
        f"{OK}artifacts: {{files: [../a]}}",
        "../a leaves the source",
    ),
    "links": (f"{OK}artifacts: {{files: [a], enable-symlinks: yes}}", "links in artifacts"),
    "a prefix in the bucket": (f"{OK}artifacts: {{files: [a], s3-prefix: a}}", "not modelled"),
    "a flag that is neither": (
        f"{OK}artifacts: {{files: [a], discard-paths: perhaps}}",
        "yes or no",
    ),
    "a report format": (
        f"{OK}reports: {{a: {{files: [a], file-format: TAP}}}}",
        "no report format TAP",
    ),
    "six report groups": (
        f"{OK}reports: {{{', '.join(f'r{n}: {{files: [a]}}' for n in range(6))}}}",
        "five report groups",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_place(name: str) -> None:
    """The error names the line, the key and what is wrong, and says what would do."""
    text, said = REFUSED[name]

    with pytest.raises(BuildspecError) as error:
        load(text)

    assert said in error.value.message
    assert error.value.message.startswith("line ")
    assert error.value.hint


def around(folder: Path) -> Surroundings:
    """A source with two files of one name."""
    source, scratch = folder / "source", folder / "scratch"
    scratch.mkdir()
    for each in ("a", "b"):
        (source / each).mkdir(parents=True)
        (source / each / "same.txt").write_text(each, encoding="utf-8")
    image = {"PATH": os.defpath}
    return Surroundings(source=source, scratch=scratch, image=image, network=Network.OPEN)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("phases: {build: {commands: [exit 0]}}", id="a shell that ends well"),
        pytest.param(
            "phases: {build: {commands: ['false'], on-failure: RETRY}}", id="a retry that is needed"
        ),
        pytest.param(
            "phases: {}\nartifacts: {files: ['**/*'], discard-paths: yes}",
            id="two files of one name",
        ),
    ],
)
def test_unknown_outcomes_are_said(text: str, tmp_path: Path) -> None:
    """What AWS does not document is an error, and not a guess."""
    spec = load(f"version: 0.2\n{text}")

    with pytest.raises(UnknownOutcomeError):
        run(spec, around(tmp_path))


@pytest.mark.parametrize("kind", ["parameter-store", "secrets-manager"])
def test_nobody_answers_for_secrets(kind: str, tmp_path: Path) -> None:
    """Without a resolver, a parameter or a secret is an error that names it."""
    spec = load(f"{OK}env: {{{kind}: {{TOKEN: /the/token}}}}")

    with pytest.raises(CicdgenError, match="TOKEN comes from elsewhere"):
        run(spec, around(tmp_path))


@pytest.mark.parametrize(
    "rest,note",
    [
        pytest.param("cache: {paths: [a]}", "cache is empty", id="cache"),
        pytest.param("reports: {r: {files: [no.xml]}}", "report r has no no.xml", id="report"),
    ],
)
def test_what_is_not_documented_is_noted(rest: str, note: str, tmp_path: Path) -> None:
    """A build that goes on without knowing says so."""
    found = run(load(f"{OK}{rest}"), around(tmp_path))

    assert found.succeeded
    assert any(note in each for each in found.notes)


def test_a_failure_that_continues_is_noted(tmp_path: Path) -> None:
    """AWS says that the next phase follows, and not how the build ends."""
    text = "version: 0.2\nphases: {install: {commands: ['false'], on-failure: CONTINUE}}"

    found = run(load(text), around(tmp_path))

    assert not found.succeeded
    assert any("install failed and went on" in each for each in found.notes)
