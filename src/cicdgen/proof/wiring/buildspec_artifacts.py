"""What a buildspec hands on, its commands make.

A listed file that is never made ends the build at its last step (failures 3, 19). The source may
bring a file along: only an AppSpec for a function cannot come from there, as it names versions that
are published later. Source: codebuild/build-spec-ref (artifacts/files).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.buildspec import Buildspec, buildspecs
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.release import APPLICATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "buildspec-artifacts"
_HARMLESS = frozenset(
    {
        "cat",
        "cd",
        "date",
        "echo",
        "export",
        "ls",
        "mkdir",
        "pip",
        "pip3",
        "printf",
        "pwd",
        "set",
        "test",
        "true",
        "unset",
        "zip",
        "which",
    }
)
"""Programs that make no file but one that they name."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every buildspec."""
    for buildspec in buildspecs(stack):
        for name in _listed(buildspec):
            yield from _made(stack, buildspec, name)


def _listed(buildspec: Buildspec) -> Iterator[str]:
    section = buildspec.section("artifacts")
    several = buildspec.section("artifacts", "secondary-artifacts")
    for part in (section, *several.values()):
        files: Any = part.get("files") if isinstance(part, dict) else None
        for each in files if isinstance(files, list) else ():
            if isinstance(each, str) and not set(each) & set("*?$"):
                yield each


def _made(stack: Stack, buildspec: Buildspec, name: str) -> Iterator[Remark]:
    base = name.rpartition("/")[2]
    if base in buildspec.script:
        return
    if not re.fullmatch(r"appspec\.(?:ya?ml|json)", base, re.IGNORECASE):
        because = f"whether the source holds {name}: no command names it"
        yield Doubt(check=NAME, path=buildspec.path, because=because)
    elif not _is_for_functions(stack) or not _is_harmless(buildspec):
        because = f"whether something makes {name}: no command names it"
        yield Doubt(check=NAME, path=buildspec.path, because=because)
    else:
        yield Flaw(
            check=NAME,
            path=buildspec.path,
            message=f"{name} is listed, no command makes it, and the source cannot hold it: it"
            " names versions that are published later",
            fix=f"make {name} in a command, or hand the deployment its AppSpec directly",
            source="codebuild/build-spec-ref",
        )


def _is_for_functions(stack: Stack) -> bool:
    """Whether what the template deploys are functions, and nothing with an AppSpec of its own."""
    platforms = {
        Place.of(each).at("ComputePlatform").known or "Server"
        for each in stack.of_type(APPLICATION)
    }
    return platforms <= {"Lambda"} and any(stack.of_type("AWS::Lambda::Function"))


def _is_harmless(buildspec: Buildspec) -> bool:
    lines = [line.strip() for line in buildspec.script.splitlines() if line.strip()]
    return all(line.split()[0] in _HARMLESS or line.startswith("#") for line in lines)
