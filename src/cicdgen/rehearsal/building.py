"""A build whose commands really run, in a folder of its own, in front of the rehearsal's endpoint.

This executes what is in the source and in the buildspec, so it happens only where a person said so.
The tools are this machine's; the network is kept out unless it is asked for.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.buildspec.build import Surroundings
from cicdgen.rehearsal.buildspec.network import Network
from cicdgen.rehearsal.buildspec.run import run as run_buildspec
from cicdgen.rehearsal.buildspec.spec import load
from cicdgen.rehearsal.jobs import role_key
from cicdgen.rehearsal.run import UnmodelledError
from cicdgen.rehearsal.source import unpack, zipped
from cicdgen.rehearsal.turn import FailedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicdgen.cloudformation import Resource
    from cicdgen.iam import RoleSession
    from cicdgen.rehearsal.buildspec.build import Build
    from cicdgen.rehearsal.buildspec.spec import Buildspec
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.turn import Turn

_KEPT = ("LANG", "LC_ALL", "TERM", "SSL_CERT_FILE", "PIP_INDEX_URL", "PIP_CERT")


@dataclass(frozen=True, kw_only=True)
class Shop:
    """Where builds run.

    Attributes:
        endpoint: where AWS answers them.
        region: the region that they are told.
        has_network: whether they reach more than the endpoint.
    """

    endpoint: str
    region: str
    has_network: bool = False

    def build(
        self,
        run: Run,
        project: Resource,
        role: RoleSession,
        turn: Turn,
        held: Mapping[str, bytes],
        *,
        breaks: bool,
    ) -> Build:
        """Run a project's buildspec on the artifacts that it is handed.

        Args:
            run: the scenario.
            project: the project.
            role: the project's role.
            turn: the action.
            held: the artifacts, by name.
            breaks: whether a command of it is to fail.
        """
        text = Place.of(project).at("Source", "BuildSpec").text
        if text is None:
            raise UnmodelledError(f"the buildspec of {project.logical_id}: not in the template")
        spec = load(run.names.of(text))
        with TemporaryDirectory(prefix="cicdgen-build-") as folder:
            primary = turn.settings.get("PrimarySource") or next(iter(held), "")
            inputs = {name: Path(folder, "inputs", name) for name in held}
            for name, body in held.items():
                unpack(body, inputs[name])
            scratch = Path(folder, "scratch")
            scratch.mkdir()
            others = {name: path for name, path in inputs.items() if name != primary}
            return run_buildspec(
                broken(spec) if breaks else spec,
                Surroundings(
                    source=inputs.get(primary, scratch),
                    scratch=scratch,
                    image=self._image(Path(folder), role),
                    project=dict(_variables(run, project)),
                    inputs=others,
                    endpoint=self.endpoint,
                    network=Network.OPEN if self.has_network else Network.NONE,
                ),
            )

    def _image(self, home: Path, role: RoleSession) -> dict[str, str]:
        """What this machine gives in the image's place, and the role's credentials."""
        here = str(Path(sys.executable).parent)
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "PATH": os.pathsep.join([here, os.environ.get("PATH", os.defpath)]),
            "HOME": str(home),
            "AWS_ACCESS_KEY_ID": role_key(role),
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_SESSION_TOKEN": "rehearsal",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "PYTHONDONTWRITEBYTECODE": "1",
            # Nothing answers: to ask again only takes time.
            **({} if self.has_network else {"PIP_RETRIES": "0"}),
        }


def handed_on(build: Build, project: Resource, outputs: list[str]) -> dict[str, bytes]:
    """The artifacts of a build, zipped, by the names that the action gives them.

    Source: codebuild/sample-pipeline-multi-input-output: with several, by identifier.
    """
    if len(outputs) == 1 and not build.secondary:
        return {outputs[0]: zipped(build.artifact)}
    if missing := [name for name in outputs if name not in build.secondary]:
        raise FailedError(f"{project.logical_id} has no secondary artifact {missing[0]}")
    return {name: zipped(build.secondary[name]) for name in outputs}


def broken(spec: Buildspec) -> Buildspec:
    """A buildspec in whose build phase a command fails: inside a block, if it has one."""
    phase = spec.phases["build"]
    commands = list(phase.commands)
    blocks = [i for i, command in enumerate(commands) if "\n" in command.strip()]
    if blocks:
        first, rest = commands[blocks[0]].split("\n", 1)
        commands[blocks[0]] = f"{first}\nfalse\n{rest}"
    else:
        commands.append("false")
    return replace(spec, phases={**spec.phases, "build": replace(phase, commands=tuple(commands))})


def _variables(run: Run, project: Resource) -> Iterator[tuple[str, str]]:
    for each in Place.of(project).at("Environment", "EnvironmentVariables").members():
        name, value = each.at("Name").known, each.at("Value").text
        if name is None or value is None:
            continue
        if each.at("Type").is_given and each.at("Type").known != "PLAINTEXT":
            raise UnmodelledError(f"the variable {name} of {project.logical_id} is fetched")
        yield name, run.names.of(value)
