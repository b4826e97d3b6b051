"""The versions in an AppSpec that commands write are numbers, from variables that something sets.

An AppSpec names two published versions. A variable that nothing sets leaves an empty value, and
CodeDeploy refuses the file (failures 3, 16).
Source: codedeploy/reference-appspec-file-structure-resources.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.cloudformation.text import has_tokens
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.appspec import Written, written_appspecs
from cicdgen.proof.parts.buildspec import Buildspec, buildspecs, doubtful_buildspecs
from cicdgen.proof.parts.pipeline import PIPELINE, actions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack

NAME = "appspec-versions"
_VALUE = re.compile(
    r"[\"']?(?P<name>CurrentVersion|TargetVersion)[\"']?\s*:\s*(?P<value>[^\n,}]*\}?)"
)
_VARIABLE = re.compile(r"\$\{?(\w+)")
_ELSEWHERE = re.compile(r"^\s*(?:\.|source|eval)\s", re.MULTILINE)


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every buildspec."""
    yield from doubtful_buildspecs(stack, NAME)
    for buildspec in buildspecs(stack):
        given = buildspec.variables() | _from_actions(stack)
        for written in written_appspecs(buildspec):
            for found in _VALUE.finditer(written.body):
                value = found["value"].strip().strip("\"'")
                yield from _version(found["name"], value, written, buildspec, given)


def _from_actions(stack: Stack) -> frozenset[str]:
    """The variables that actions give to projects."""
    names: set[str] = set()
    for pipeline in stack.of_type(PIPELINE):
        for action in actions(pipeline):
            text = action.configuration.at("EnvironmentVariables").text
            code = "" if text is None else text.code
            names.update(re.findall(r'"name"\s*:\s*"(\w+)"', code))
    return frozenset(names)


def _version(
    name: str, value: str, written: Written, buildspec: Buildspec, given: frozenset[str]
) -> Iterator[Remark]:
    variables = _VARIABLE.findall(value)
    if has_tokens(value) or value.startswith(("!", "$(", "`")) or value.isdigit():
        return
    if not variables or value == "$LATEST":
        message = f"{name} is “{value}”, and a version is a number"
        yield _flaw(buildspec.path, message, "write the number of a published version")
        return
    if not written.is_expanded:
        message = f"{name} is {value} in quoted text: the shell does not replace it"
        yield _flaw(buildspec.path, message, "do not quote the end of the heredoc")
        return
    unset = [each for each in variables if each not in given and not _is_set(each, buildspec)]
    if unset and _ELSEWHERE.search(buildspec.script):
        because = f"whether a script that the commands read sets {', '.join(unset)}"
        yield Doubt(check=NAME, path=buildspec.path, because=because)
    elif unset:
        message = f"{name} comes from {', '.join(unset)}, which nothing sets: it will be empty"
        yield _flaw(
            buildspec.path, message, f"set {unset[0]} from aws lambda publish-version or get-alias"
        )


def _is_set(name: str, buildspec: Buildspec) -> bool:
    assigned = rf"(?:^|[\s;&|(]){name}=|\bread\b[^\n;]*\b{name}\b|\bfor\s+{name}\b"
    return re.search(assigned, buildspec.script) is not None


def _flaw(path: Path, message: str, fix: str) -> Flaw:
    source = "codedeploy/reference-appspec-file-structure-resources"
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
