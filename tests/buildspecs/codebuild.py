"""AWS CodeBuild's reading of a buildspec, on this machine.

What is modelled, and where it is written:

- In version 0.2 all commands of all phases run in one instance of the shell
  (codebuild/build-env-ref-cmd). Build logs name `script.sh`, line 4, for a command's first line,
  so each command is a script of its own. Whether shell options outlive a command, and what follows
  when a command ends the shell, is not written: `Shell` has both readings, and a buildspec should
  hold under both.
- A command that fails ends its phase; `finally` runs all the same (codebuild/build-spec-ref).
- A failure of install or pre_build ends the build. After a failure of build, post_build and the
  uploads follow, unless `on-failure` is ABORT (codebuild/build-spec-ref,
  codebuild/view-build-details-phases).

Not modelled: the image and its runtimes (the tools are this machine's), the variables CodeBuild
sets beside `CODEBUILD_SRC_DIR`, caches, time limits. The rest of the syntax, patterns and base
directories among it, is refused rather than skipped.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from enum import Enum, auto
from string import Template
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PHASES: Final = ("install", "pre_build", "build", "post_build")
KEYS: Final = {
    "buildspec": {"version", "env", "phases", "artifacts", "reports"},
    "env": {"shell", "exported-variables"},
    "phases": set(PHASES),
    "phase": {"runtime-versions", "on-failure", "commands", "finally"},
    "artifacts": {"files"},
    "report": {"files", "file-format"},
}
VALUES: Final = {"version": 0.2, "shell": "bash", "on-failure": "ABORT", "file-format": "JUNITXML"}


class Shell(Enum):
    """What of one command's shell the next command meets."""

    KEPT = auto()
    """All of it: variables, options, functions."""
    FRESH = auto()
    """The environment and the folder only."""


@dataclass(frozen=True, kw_only=True)
class Build:
    """A finished build: how it went, and what it handed on by file name."""

    succeeded: bool
    phases: tuple[str, ...]
    log: str
    runtimes: Mapping[str, str]
    exported: Mapping[str, str]
    artifacts: Mapping[str, bytes]
    reports: Mapping[str, bytes]


def load(text: str) -> dict[str, Any]:
    """The buildspec in *text*; a ValueError where this model cannot follow it."""
    spec: dict[str, Any] = yaml.safe_load(text)
    _check("buildspec", spec)
    _check("env", spec.get("env", {}))
    _check("phases", spec["phases"])
    _check("artifacts", spec.get("artifacts", {}))
    for report in spec.get("reports", {}).values():
        _check("report", report)
    for phase in spec["phases"].values():
        _check("phase", phase)
        for command in [*phase.get("commands", []), *phase.get("finally", [])]:
            if not isinstance(command, str):
                raise ValueError(f"a command must be a string, quote it: {command!r}")  # noqa: TRY004
    return spec


def _check(kind: str, mapping: Mapping[str, object]) -> None:
    for key, value in mapping.items():
        if key not in KEYS[kind] or value != VALUES.get(key, value):
            raise ValueError(f"{kind} has {key}: {value!r}, which is not modelled")


class Session:
    """A shell that runs one command after another and tells how each ended."""

    def __init__(self, *, folder: str, environment: Mapping[str, str], scratch: Path) -> None:
        answers, answer = os.pipe()
        with (scratch / "log").open("ab") as log:
            self._shell = subprocess.Popen(
                ["bash"],
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[answer],
            )
        os.close(answer)
        self._answers = os.fdopen(answers, "rb")
        self._script = scratch / "script.sh"
        self._turn = (
            f". '{self._script}' < /dev/null; codebuild_status=$?; "
            f"env -0 > '{scratch}/environment'; pwd > '{scratch}/folder'; "
            f"echo $codebuild_status >&{answer}\n"
        ).encode()

    def run(self, command: str) -> int:
        """The exit status of *command*."""
        self._script.write_text(command + "\n", encoding="utf-8")
        assert self._shell.stdin is not None
        self._shell.stdin.write(self._turn)
        self._shell.stdin.flush()
        # A command that ends the shell leaves the pipe without an answer.
        if answer := self._answers.readline():
            return int(answer)
        if (status := self._shell.wait()) == 0:
            raise NotImplementedError("a command ended its shell with success: unknown outcome")
        return status

    @property
    def over(self) -> bool:
        """Whether a command has ended the shell."""
        return self._shell.poll() is not None

    def close(self) -> None:
        """End the shell, if no command has."""
        self._shell.communicate()
        self._answers.close()


class CodeBuild:
    """One build environment.

    Args:
        source: The folder of the primary source, where the commands start.
        environment: What the project and the image set; `PATH` among it.
        scratch: A folder outside the source.
        shell: How much of a command's shell outlives it.
    """

    def __init__(
        self,
        *,
        source: Path,
        environment: Mapping[str, str],
        scratch: Path,
        shell: Shell = Shell.KEPT,
    ) -> None:
        self._source = source
        self._environment = {**environment, "CODEBUILD_SRC_DIR": str(source)}
        self._folder = str(source)
        self._scratch = scratch
        self._shell = shell
        (scratch / "log").touch()
        self._session: Session | None = None

    def run(self, spec: Mapping[str, Any]) -> Build:
        """Run the phases of *spec* and collect what it hands on."""
        phases: list[str] = []
        failed, aborted = False, False
        try:
            for name in PHASES:
                phase = spec["phases"].get(name, {})
                phases.append(name)
                if not self._phase(phase):
                    failed = True
                    if aborted := name in {"install", "pre_build"} or "on-failure" in phase:
                        break
        finally:
            self._close()
        wanted = [] if aborted else spec.get("artifacts", {}).get("files", [])
        artifacts = self._files(wanted)
        reports = () if aborted else spec.get("reports", {}).values()
        return Build(
            succeeded=not failed and len(artifacts) == len(wanted),
            phases=tuple(phases),
            log=(self._scratch / "log").read_text(encoding="utf-8", errors="replace"),
            runtimes=self._runtimes(spec["phases"].get("install", {})),
            exported={
                name: self._environment.get(name, "")
                for name in spec.get("env", {}).get("exported-variables", [])
            },
            artifacts=artifacts,
            reports=self._files([name for report in reports for name in report["files"]]),
        )

    def _phase(self, phase: Mapping[str, Any]) -> bool:
        commands = all(self._succeeds(command) for command in phase.get("commands", []))
        last = [self._succeeds(command) for command in phase.get("finally", [])]
        return commands and all(last)

    def _succeeds(self, command: str) -> bool:
        if self._session is None:
            self._session = Session(
                folder=self._folder, environment=self._environment, scratch=self._scratch
            )
        status = self._session.run(command)
        over = self._session.over
        if not over:
            self._folder = (self._scratch / "folder").read_text(encoding="utf-8").rstrip("\n")
            pairs = (self._scratch / "environment").read_text(encoding="utf-8").split("\0")
            self._environment = dict(pair.split("=", 1) for pair in pairs if pair)
        if over or self._shell is Shell.FRESH:
            self._close()
        return status == 0

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None

    def _files(self, names: list[str]) -> dict[str, bytes]:
        files = {name: self._source / name for name in names}
        return {name: file.read_bytes() for name, file in files.items() if file.is_file()}

    def _runtimes(self, install: Mapping[str, Any]) -> dict[str, str]:
        return {
            name: Template(str(version)).substitute(self._environment)
            for name, version in install.get("runtime-versions", {}).items()
        }
