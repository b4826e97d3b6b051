"""A build image runs on a machine of its kind.

The images of CodeBuild are for one processor and one kind of compute, and CodeBuild takes any name
with any type: the build fails before its first phase.
Source: codebuild/build-env-ref-available.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "build-image"
_OWN = "aws/codebuild/"
_TYPES = (
    (re.compile(r".*-aarch64-lambda-"), {"ARM_LAMBDA_CONTAINER"}),
    (re.compile(r".*-x86_64-lambda-"), {"LINUX_LAMBDA_CONTAINER"}),
    (re.compile(r".*-aarch64-"), {"ARM_CONTAINER", "ARM_EC2"}),
    (
        re.compile(r"(.*-x86_64-|standard:)"),
        {"LINUX_CONTAINER", "LINUX_GPU_CONTAINER", "LINUX_EC2"},
    ),
    (
        re.compile("windows-"),
        {"WINDOWS_CONTAINER", "WINDOWS_SERVER_2019_CONTAINER", "WINDOWS_SERVER_2022_CONTAINER"},
    ),
)
"""The types that the images of AWS's own run on, by the rest of their names; the first counts."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every project with an image of CodeBuild's own."""
    for project in stack.of_type("AWS::CodeBuild::Project"):
        environment = Place.of(project).at("Environment")
        image, kind = environment.at("Image"), environment.at("Type")
        if image.is_unknown:
            because = f"whether the image of {project.logical_id} runs on {kind}"
            yield Doubt(check=NAME, path=image.path, because=because)
        if not (image.known or "").startswith(_OWN):
            continue
        name = str(image).removeprefix(_OWN)
        runs_on = next((types for shape, types in _TYPES if shape.match(name)), None)
        if runs_on is None or kind.known is None:
            because = f"whether {image} runs on {kind}"
            yield Doubt(check=NAME, path=image.path, because=because)
        elif kind.known not in runs_on:
            yield Flaw(
                check=NAME,
                path=kind.path,
                message=f"{image} does not run on {kind}: no build begins",
                fix=f"set {' or '.join(sorted(runs_on))}, or another image",
                source="codebuild/build-env-ref-available",
            )
