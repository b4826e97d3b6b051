"""What a build of CodeBuild is given, and what it leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from cicdgen.rehearsal.buildspec.network import Network
from cicdgen.rehearsal.buildspec.shell import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

UPLOAD: Final = "UPLOAD_ARTIFACTS"
"""The phase that follows post_build (codebuild/view-build-details-phases)."""


class Resolver(Protocol):
    """Where a build gets what its buildspec only names; an error where it may not."""

    def parameter(self, name: str) -> str:
        """The value of a parameter of the Parameter Store."""

    def secret(self, reference: str) -> str:
        """The value at a reference to Secrets Manager: `ID:KEY:STAGE:VERSION`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a project gives to its builds.

    Attributes:
        source: the folder of the primary source, where the commands start.
        scratch: a folder outside the source.
        image: the variables of the image; `PATH` among them.
        project: the variables of the project and of whoever starts the build.
        inputs: the folders of the secondary sources, by artifact.
        tools: a folder of programs that stands first on the PATH; by default that of the AWS CLI's
            stand-in.
        endpoint: where AWS answers; without one, the AWS CLI's stand-in refuses every call.
        resolver: where parameters and secrets are; without one, they are an error.
        network: whether the build reaches more than the endpoint.
        reading: what of a command's shell the next one meets in version 0.2.
    """

    source: Path
    scratch: Path
    image: Mapping[str, str]
    project: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Path] = field(default_factory=dict)
    tools: Path | None = None
    endpoint: str | None = None
    resolver: Resolver | None = None
    network: Network = Network.NONE
    reading: Reading = Reading.KEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseEnd:
    """How a phase ended, and why if it failed."""

    name: str
    succeeded: bool
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A finished build.

    Attributes:
        succeeded: whether every phase did.
        phases: those that ran, in order; `UPLOAD` is the last of a build that got so far.
        log: what the commands printed.
        runtimes: the versions that the image would have switched to.
        exported: variables that the pipeline gets.
        artifact, secondary: files that are uploaded, by name; and by identifier.
        name: the artifact's name, if the buildspec has one.
        reports: files of all report groups, by name.
        network: what of the network the build reached.
        notes: what AWS does not document and this build met.
    """

    succeeded: bool
    phases: tuple[PhaseEnd, ...]
    log: str
    runtimes: Mapping[str, str]
    exported: Mapping[str, str]
    artifact: Mapping[str, bytes]
    secondary: Mapping[str, Mapping[str, bytes]]
    name: str | None
    reports: Mapping[str, bytes]
    network: Network
    notes: tuple[str, ...]

    @property
    def ran(self) -> tuple[str, ...]:
        """The names of the phases of commands that ran."""
        return tuple(each.name for each in self.phases if each.name != UPLOAD)
