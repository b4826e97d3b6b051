"""The build image has the runtime that the buildspec asks for.

The install phase fails when it has not: Python 3.8 is in no image that is maintained (failure 3).
Source: codebuild/available-runtimes, github.com/aws/aws-codebuild-docker-images (2026-04).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.buildspec import Buildspec, buildspecs
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "build-runtime"

_TO_39 = frozenset(f"3.{minor}" for minor in range(9, 15))
_TO_310 = _TO_39 - {"3.9"}
_PYTHONS = {
    "aws/codebuild/amazonlinux-x86_64-standard:5.0": _TO_39,
    "aws/codebuild/amazonlinux2-x86_64-standard:5.0": _TO_39,
    "aws/codebuild/amazonlinux-x86_64-standard:6.0": _TO_310,
    "aws/codebuild/amazonlinux-aarch64-standard:3.0": _TO_39,
    "aws/codebuild/amazonlinux2-aarch64-standard:3.0": _TO_39,
    "aws/codebuild/amazonlinux-aarch64-standard:4.0": _TO_310,
    "aws/codebuild/standard:7.0": _TO_39,
    "aws/codebuild/standard:8.0": _TO_310,
}
_EXACT = re.compile(r"\d+\.\d+")


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every buildspec that asks for a Python."""
    for buildspec in buildspecs(stack):
        wanted = buildspec.section("phases", "install", "runtime-versions").get("python")
        if wanted is not None:
            yield from _asked(buildspec, str(wanted))


def _asked(buildspec: Buildspec, wanted: str) -> Iterator[Remark]:
    image = Place.of(buildspec.project).at("Environment", "Image")
    version = _value(buildspec, wanted)
    if version in {"latest", "3.x", "$latest"}:
        return
    pythons = _PYTHONS.get(image.known or "")
    if version is None or not _EXACT.fullmatch(version):
        yield Doubt(check=NAME, path=buildspec.path, because=f"which Python {wanted} is")
    elif pythons is None:
        if (image.known or "aws/codebuild/").startswith("aws/codebuild/"):
            because = f"whether the image {image} has Python {version}"
            yield Doubt(check=NAME, path=image.path, because=because)
    elif version not in pythons:
        order = sorted(pythons, key=lambda each: int(each.partition(".")[2]))
        yield Flaw(
            check=NAME,
            path=buildspec.path,
            message=f"{image} has no Python {version}: the install phase fails",
            fix=f"ask for one of {', '.join(order)}",
            source="codebuild/available-runtimes",
        )


def _value(buildspec: Buildspec, wanted: str) -> str | None:
    """A version that may come from a variable of the project or of the buildspec."""
    found = re.fullmatch(r"\$\{?(\w+)\}?", wanted)
    if found is None:
        return wanted
    for each in Place.of(buildspec.project).at("Environment", "EnvironmentVariables").members():
        if each.at("Name").known == found[1]:
            return each.at("Value").known
    value = buildspec.section("env", "variables").get(found[1])
    return None if value is None else str(value)
