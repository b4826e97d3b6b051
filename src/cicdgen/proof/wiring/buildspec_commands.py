"""A buildspec is YAML with commands that are strings.

`- pip install --only-binary :all: -r x` has a colon and a space in it: YAML reads a mapping, and
CodeBuild refuses the file. Source: codebuild/build-spec-ref.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation.text import has_tokens
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.buildspec import buildspecs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "buildspec-commands"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every buildspec."""
    for buildspec in buildspecs(stack):
        if buildspec.body is None and has_tokens(buildspec.text):
            because = "whether it is YAML once its values are filled in"
            yield Doubt(check=NAME, path=buildspec.path, because=because)
        elif buildspec.body is None:
            yield Flaw(
                check=NAME,
                path=buildspec.path,
                message=f"the buildspec of {buildspec.project.logical_id} is no YAML mapping",
                fix="write it as codebuild/build-spec-ref shows",
                source="codebuild/build-spec-ref",
            )
        for phase, command in buildspec.commands():
            if not isinstance(command, str):
                shown = str(command) if not isinstance(command, dict) else f"{next(iter(command))}:"
                yield Flaw(
                    check=NAME,
                    path=buildspec.path,
                    message=f"a command of {phase} is no string to YAML: {shown}",
                    fix="put the command in quotes",
                    source="codebuild/build-spec-ref",
                )
