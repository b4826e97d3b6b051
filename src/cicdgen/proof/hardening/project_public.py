"""The builds of a project are not public.

With PUBLIC_READ anybody reads the logs and artifacts of every build, those of the past included.
Source: codebuild/public-builds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.buildspec import PROJECT
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "project-public"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every project."""
    for project in stack.of_type(PROJECT):
        kind = Place.of(project).at("Visibility")
        if kind.is_unknown:
            because = f"who reads the builds of {project.logical_id}"
            yield Doubt(check=NAME, path=kind.path, because=because)
        elif kind.known == "PUBLIC_READ":
            yield Flaw(
                check=NAME,
                path=kind.path,
                message=f"anybody reads the logs and artifacts of {project.logical_id}",
                fix="leave Visibility out",
                source="codebuild/public-builds",
            )
