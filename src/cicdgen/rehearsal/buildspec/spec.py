"""A buildspec, read as CodeBuild reads it, or refused with the line that is wrong.

Sources: codebuild/build-spec-ref, for every key; codebuild/build-env-ref-cmd, for the shells.
A key that is not modelled here is an error: what is passed over would make a green build of
nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import TYPE_CHECKING, Final

from cicdgen.errors import CicdgenError
from cicdgen.rehearsal.buildspec.lines import Node, read

if TYPE_CHECKING:
    from collections.abc import Mapping

PHASES: Final = ("install", "pre_build", "build", "post_build")
"""The phases, in the order in which they run."""

_RETRY = re.compile(r"(?i:retry)(?:-(?P<count>\d{1,3}))?(?:-(?P<message>.+))?")
_MOST_RETRIES: Final = 100
_TESTS: Final = {
    "CUCUMBERJSON",
    "JUNITXML",
    "NUNITXML",
    "NUNIT3XML",
    "TESTNGXML",
    "VISUALSTUDIOTRX",
}
_COVERAGE: Final = {"CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"}
_SHELLS: Final = {"bash": "bash", "/bin/sh": "sh"}
_MOST_REPORT_GROUPS: Final = 5


class BuildspecError(CicdgenError):
    """A buildspec cannot be read, or asks for what is not modelled; the message has the line."""


@unique
class OnFailure(Enum):
    """What a phase that fails does to the build."""

    DEFAULT = "default"
    ABORT = "ABORT"
    CONTINUE = "CONTINUE"
    RETRY = "RETRY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase: its commands, and what runs after them in any case (`finally`)."""

    commands: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    on_failure: OnFailure = OnFailure.DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Which files are handed on, as an artifact or a report.

    Attributes:
        files: names and patterns, relative to a base directory.
        base: the base directory, a pattern too; None is where the build started.
        exclude: patterns of what stays out.
        flat: whether folders are left out of the names (`discard-paths`).
        name: the artifact's name, in the shell's language.
        format: the report's format.
    """

    files: tuple[str, ...]
    base: str | None = None
    exclude: tuple[str, ...] = ()
    flat: bool = False
    name: str | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Buildspec:
    """A whole buildspec.

    Attributes:
        isolated: version 0.1: each command has a shell of its own.
        shell: `bash` or `sh`.
        variables, parameters, secrets: environment variables: in plain text, by parameter of the
            Parameter Store, by reference to Secrets Manager.
        exported: names of the variables that the pipeline gets.
        runtimes: language versions, by language, perhaps with variables in them.
        phases: by name; all of `PHASES` are there.
        artifact, secondary: what is uploaded, and what else by identifier.
        reports: by report group.
        cached: what would be kept for the next build.
    """

    isolated: bool = False
    shell: str = "sh"
    variables: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    exported: tuple[str, ...] = ()
    runtimes: Mapping[str, str] = field(default_factory=dict)
    phases: Mapping[str, Phase] = field(default_factory=dict)
    artifact: Files | None = None
    secondary: Mapping[str, Files] = field(default_factory=dict)
    reports: Mapping[str, Files] = field(default_factory=dict)
    cached: tuple[str, ...] = ()


def load(text: str) -> Buildspec:
    """The buildspec in some text.

    Raises:
        BuildspecError: it is no YAML, holds a slip, or asks for what is not modelled.
    """
    top = read(text, BuildspecError)
    version = top.need("version").text()
    if version not in {"0.1", "0.2"}:
        raise top["version"].wrong(f"version is {version}", "write `version: 0.2`")
    isolated = version == "0.1"
    known = "version env environment_variables phases reports artifacts cache proxy"
    top.only(known, refuse={"batch": "a batch is many builds", "run-as": "users are not modelled"})
    top["proxy"].only("upload-artifacts logs")
    for name in ("upload-artifacts", "logs"):
        if top["proxy"][name].flag():
            raise top["proxy"][name].wrong("an explicit proxy is not modelled", "remove `proxy`")
    env = _environment(top, isolated=isolated)
    phases = top.need("phases")
    phases.only(" ".join(PHASES))
    artifact, secondary = _artifacts(top["artifacts"])
    reports = {name: _files(each, "report") for name, each in top["reports"].items()}
    if len(reports) > _MOST_REPORT_GROUPS:
        raise top["reports"].wrong("a project has five report groups at the most", "merge some")
    top["cache"].only("paths key fallback-keys action")
    return Buildspec(
        isolated=isolated,
        shell=_shell(top["env"]["shell"]),
        variables=env[0],
        parameters=env[1],
        secrets=env[2],
        exported=_exported(top["env"]["exported-variables"], {*env[1], *env[2]}),
        runtimes=phases["install"]["runtime-versions"].texts(),
        phases={name: _phase(name, phases[name]) for name in PHASES},
        artifact=artifact,
        secondary=secondary,
        reports=reports,
        cached=top["cache"]["paths"].list() if top["cache"].given else (),
    )


def _environment(top: Node, *, isolated: bool) -> tuple[dict[str, str], ...]:
    """Variables in plain text, by parameter and by secret."""
    if isolated and top["env"].given:
        raise top["env"].wrong("version 0.1 has no env", "write environment_variables")
    if not isolated and top["environment_variables"].given:
        raise top["environment_variables"].wrong("version 0.2 calls it env", "write env")
    top["environment_variables"].only("plaintext")
    env = top["env"]
    known = "shell variables parameter-store secrets-manager exported-variables"
    env.only(f"{known} git-credential-helper")
    if env["git-credential-helper"].flag():
        raise env["git-credential-helper"].wrong(
            "credentials for git are not modelled", "remove it"
        )
    plain = top["environment_variables"]["plaintext"] if isolated else env["variables"]
    kinds = (plain, env["parameter-store"], env["secrets-manager"])
    for kind in kinds:
        for name, value in kind.items():
            if name.startswith("CODEBUILD_"):
                raise value.wrong(f"{name} has a prefix that CodeBuild keeps", "rename it")
    return tuple(kind.texts() for kind in kinds)


def _exported(node: Node, hidden: set[str]) -> tuple[str, ...]:
    names = node.list() if node.given else ()
    for name in names:
        if name.startswith("AWS_"):
            raise node.wrong(f"{name} cannot be exported: it starts with AWS_", "rename it")
        if name in hidden:
            raise node.wrong(
                f"{name} is a secret, and whether that is exported is not known",
                "export a variable in plain text",
            )
    return names


def _shell(node: Node) -> str:
    if not node.given:
        return "sh"
    if node.text() not in _SHELLS:
        raise node.wrong(f"the shell {node.text()} is not modelled", "write bash or /bin/sh")
    return _SHELLS[node.text()]


def _phase(name: str, node: Node) -> Phase:
    runtimes = " runtime-versions" if name == "install" else ""
    node.only(f"commands finally on-failure{runtimes}", refuse={"run-as": "users are not modelled"})
    if node.given and name != "install":
        node.need("commands")
    return Phase(
        commands=node["commands"].list() if node["commands"].given else (),
        last=node["finally"].list() if node["finally"].given else (),
        on_failure=_on_failure(node["on-failure"]),
    )


def _on_failure(node: Node) -> OnFailure:
    if not node.given:
        return OnFailure.DEFAULT
    text = node.text()
    if text in {"ABORT", "CONTINUE"}:
        return OnFailure(text)
    retry = _RETRY.fullmatch(text)
    if retry is None or int(retry["count"] or 0) > _MOST_RETRIES:
        raise node.wrong(f"on-failure is {text}", "write ABORT, CONTINUE or RETRY-COUNT-REGEX")
    return OnFailure.RETRY


def _artifacts(node: Node) -> tuple[Files | None, dict[str, Files]]:
    if not node.given:
        return None, {}
    secondary = node["secondary-artifacts"]
    return (
        _files(node, "artifact"),
        {name: _files(each, "secondary artifact") for name, each in secondary.items()},
    )


def _files(node: Node, kind: str) -> Files:
    extra = {
        "report": "file-format",
        "artifact": "name exclude-paths secondary-artifacts enable-symlinks s3-prefix type",
        "secondary artifact": "name exclude-paths enable-symlinks s3-prefix",
    }
    node.only(f"files base-directory discard-paths {extra[kind]}")
    if node["enable-symlinks"].flag():
        raise node["enable-symlinks"].wrong("links in artifacts are not modelled", "remove it")
    if node["s3-prefix"].given:
        raise node["s3-prefix"].wrong("the folder in the bucket is not modelled", "remove it")
    named = node["file-format"]
    if named.given and named.text().upper() not in _TESTS | _COVERAGE:
        raise named.wrong(f"there is no report format {named.text()}", "e.g. JUNITXML")
    files, exclude = node.need("files").list(), node["exclude-paths"]
    for pattern in files:
        if pattern.startswith("/") or ".." in pattern.split("/"):
            raise node["files"].wrong(
                f"{pattern} leaves the source", "name it from the source's root"
            )
    return Files(
        files=files,
        base=node["base-directory"].text() if node["base-directory"].given else None,
        exclude=exclude.list() if exclude.given else (),
        flat=node["discard-paths"].flag(),
        name=node["name"].text() if node["name"].given else None,
        format=(named.text().upper() if named.given else "JUNITXML") if kind == "report" else None,
    )
