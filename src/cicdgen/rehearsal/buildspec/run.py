"""One build of CodeBuild, on this machine: phases in order, then the uploads.

What is modelled, and where it is written:

- A command that fails ends its phase; `finally` runs all the same (codebuild/build-spec-ref).
- A failure of install or pre_build ends the build. After a failure of build, post_build and the
  uploads follow, unless `on-failure` is ABORT (codebuild/build-spec-ref,
  codebuild/view-build-details-phases).
- `CODEBUILD_BUILD_SUCCEEDING` is 0 from the first failure on (codebuild/build-env-ref-env-vars).
- The project's variables replace the buildspec's, and both replace the image's
  (codebuild/build-spec-ref, env/variables).

Not modelled: the image and its runtimes (the tools are this machine's), users, time limits. A
cache is always empty. What is not documented is in a build's `notes`, or an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, nullcontext
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

import cicdgen
from cicdgen.errors import CicdgenError
from cicdgen.rehearsal.buildspec.build import UPLOAD, Build, PhaseEnd, Resolver, Surroundings
from cicdgen.rehearsal.buildspec.files import Found, collect
from cicdgen.rehearsal.buildspec.network import Network, can_be_kept_out, kept_out
from cicdgen.rehearsal.buildspec.shell import Reading, Shell, UnknownOutcomeError
from cicdgen.rehearsal.buildspec.spec import PHASES, Buildspec, Files, OnFailure, Phase

if TYPE_CHECKING:
    from collections.abc import Mapping


def run(spec: Buildspec, around: Surroundings) -> Build:
    """Run a buildspec. This executes what is in it.

    Raises:
        CicdgenError: it needs what is not there, or goes where the documentation does not.
    """
    network, notes = around.network, list[str]()
    if network is Network.NONE and not can_be_kept_out():
        network = Network.NOT_KEPT_OUT
        notes.append("this machine cannot keep the network out: the build reached it")
    if spec.cached:
        notes.append("the cache is empty: none is kept between builds here")
    environment = _environment(spec, around)
    with ExitStack() as stack:
        isolated = network is Network.NONE
        way = kept_out(around.endpoint) if isolated else nullcontext(list[str]())
        shell = Shell(
            [*stack.enter_context(way), *_SHELL_WORDS[spec.shell]],
            folder=around.source,
            environment=environment,
            scratch=around.scratch,
            reading=Reading.ISOLATED if spec.isolated else around.reading,
        )
        stack.callback(shell.close)
        ends, uploads = _phases(spec, shell, notes)
        log, after = shell.log(), shell.environment
    found = _Uploads(spec if uploads else Buildspec(), around.source, notes)
    if uploads:
        ends.append(found.end)
    return Build(
        succeeded=all(each.succeeded for each in ends),
        phases=tuple(ends),
        log=log,
        runtimes={k: Template(v).safe_substitute(environment) for k, v in spec.runtimes.items()},
        exported={name: after.get(name, "") for name in spec.exported},
        artifact=found.artifact.files,
        secondary={name: each.files for name, each in found.secondary.items()},
        name=_name(spec.artifact, after, around.source),
        reports=found.reports,
        network=network,
        notes=tuple(notes),
    )


_SHELL_WORDS: Final = {"bash": ("bash", "--norc"), "sh": ("sh",)}


def _environment(spec: Buildspec, around: Surroundings) -> dict[str, str]:
    """The least first: image, buildspec, project, and what CodeBuild and the rehearsal set."""
    resolved = _resolved(spec, around.resolver)
    inputs = {f"CODEBUILD_SRC_DIR_{name}": str(path) for name, path in around.inputs.items()}
    tools = around.tools or _tools(around.scratch)
    environment = {
        **around.image,
        **spec.variables,
        **resolved,
        **around.project,
        **inputs,
        "CODEBUILD_SRC_DIR": str(around.source),
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CICDGEN_PYTHON": sys.executable,
        "CICDGEN_PATH": str(Path(cicdgen.__file__).parents[1]),
    }
    environment["PATH"] = os.pathsep.join([str(tools), environment.get("PATH", os.defpath)])
    if around.endpoint is not None:
        environment["AWS_ENDPOINT_URL"] = around.endpoint
    return environment


def _tools(scratch: Path) -> Path:
    """A folder with the AWS CLI's stand-in, which an installer may have made no program."""
    tools = scratch / "tools"
    tools.mkdir(exist_ok=True)
    shutil.copy(Path(__file__).with_name("path") / "aws", tools / "aws")
    (tools / "aws").chmod(0o755)
    return tools


def _resolved(spec: Buildspec, resolver: Resolver | None) -> dict[str, str]:
    """The variables that the buildspec only names."""
    if resolver is None:
        for name, reference in ({**spec.parameters, **spec.secrets}).items():
            raise CicdgenError(
                f"{name} comes from elsewhere ({reference}), and nothing here answers for it",
                hint="rehearse with an endpoint that has it, or without running builds",
            )
        return {}
    return {
        **{name: resolver.parameter(each) for name, each in spec.parameters.items()},
        **{name: resolver.secret(each) for name, each in spec.secrets.items()},
    }


def _phases(spec: Buildspec, shell: Shell, notes: list[str]) -> tuple[list[PhaseEnd], bool]:
    """How the phases ended, and whether the uploads follow."""
    ends: list[PhaseEnd] = []
    succeeding = True
    for name in PHASES:
        phase = spec.phases.get(name, Phase())
        because = _phase(phase, shell, succeeding=succeeding)
        ends.append(PhaseEnd(name=name, succeeded=not because, because=because))
        if not because:
            continue
        succeeding = False
        match phase.on_failure:
            case OnFailure.RETRY:
                raise UnknownOutcomeError(
                    f"{name} failed ({because}) and is to be retried: what a retry starts from is"
                    " not documented",
                    hint="make the build pass the first time, or leave on-failure out",
                )
            case OnFailure.CONTINUE:
                notes.append(f"{name} failed and went on: taken as a failed build all the same")
            case OnFailure.ABORT:
                return ends, False
            case OnFailure.DEFAULT if name in {"install", "pre_build"}:
                return ends, False
    return ends, True


def _phase(phase: Phase, shell: Shell, *, succeeding: bool) -> str:
    """Why a phase failed; empty if it did not."""
    first = ""
    for commands in (phase.commands, phase.last):
        for command in commands:
            status = shell.run(command, succeeding=succeeding and not first)
            if status:
                first = first or f"{_shown(command)} ended with {status}"
                break
    return first


def _shown(command: str) -> str:
    """A command, or how many lines it has and the first that does something."""
    lines = [each.strip() for each in command.strip().splitlines()]
    if len(lines) == 1:
        return f"“{lines[0]}”"
    telling = (each for each in lines if each and not each.startswith(("set ", "#")))
    return f"the block of {len(lines)} lines from “{next(telling, lines[0])}” on"


class _Uploads:
    """What the upload phase finds."""

    def __init__(self, spec: Buildspec, source: Path, notes: list[str]) -> None:
        nothing = Found(files={})
        self.artifact = collect(spec.artifact, source) if spec.artifact else nothing
        self.secondary = {name: collect(each, source) for name, each in spec.secondary.items()}
        self.reports: dict[str, bytes] = {}
        for group, each in spec.reports.items():
            found = collect(each, source)
            self.reports |= found.files
            if found.missing:
                listed = ", ".join(found.missing)
                notes.append(f"report {group} has no {listed}: what that does is not documented")
        wanted = {"": self.artifact, **self.secondary}
        reasons = [_lack(name, found) for name, found in wanted.items()]
        because = "; ".join(each for each in reasons if each)
        self.end = PhaseEnd(name=UPLOAD, succeeded=not because, because=because)


def _lack(name: str, found: Found) -> str:
    of = f" of {name}" if name else ""
    if found.base_missing:
        return f"no matching base directory path found{of}"
    return f"no matching artifact paths found{of}: {', '.join(found.missing)}" * bool(found.missing)


def _name(artifact: Files | None, environment: Mapping[str, str], source: Path) -> str | None:
    """The artifact's name, which is in the shell's language."""
    if artifact is None or artifact.name is None:
        return None
    said = subprocess.run(  # noqa: S603 - a name of somebody's build is what is run here
        ["/bin/sh", "-c", 'eval "printf %s \\"$1\\""', "sh", artifact.name],
        env=dict(environment),
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode:
        raise CicdgenError(
            f"the artifact's name {artifact.name} is no text of the shell: {said.stderr.strip()}",
            hint="e.g. release-$CODEBUILD_BUILD_NUMBER",
        )
    return said.stdout
