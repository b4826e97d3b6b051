"""A build does not run as root of the machine it runs on.

Privileged mode is for building images. Source: codebuild/create-project (privileged).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.buildspec import PROJECT, buildspecs
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "project-privileged"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every project."""
    scripts = {each.project.logical_id: each.script for each in buildspecs(stack)}
    for project in stack.of_type(PROJECT):
        mode = Place.of(project).at("Environment", "PrivilegedMode")
        script = scripts.get(project.logical_id)
        if not mode.is_on or (script is not None and "docker" in script):
            continue
        if script is None:
            because = "whether its commands build images, which needs privileged mode"
            yield Doubt(check=NAME, path=mode.path, because=because)
            continue
        yield Flaw(
            check=NAME,
            path=mode.path,
            message=f"{project.logical_id} runs privileged, and builds no image",
            fix="set PrivilegedMode: false",
            source="codebuild/create-project",
        )
