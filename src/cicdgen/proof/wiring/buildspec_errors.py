"""A command that fails stops the build.

CodeBuild looks at the exit status of each command. Several lines in one command are one script, and
only its last line counts, unless it says `set -e`. And post_build runs after a build phase that has
failed, unless that says `on-failure: ABORT` (failure 19).
Source: codebuild/build-spec-ref, codebuild/view-build-details-phases.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.buildspec import Buildspec, buildspecs, doubtful_buildspecs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack

NAME = "buildspec-errors"
_HEREDOC = re.compile(
    r"<<-?\s*['\"\\]?(\w+)['\"]?([^\n]*)\n.*?\n\s*\1\s*$", re.DOTALL | re.MULTILINE
)
_STOPS = re.compile(r"\bset\s+-\w*e|\bset\s+-o\s+errexit|\bbash\s+-\w*e")
_QUIET = re.compile(r"(?:echo|printf|export|cd|set|#)\b|\w+=|#")
_BLOCK = re.compile(r"^(?:if|for|while|until|case|\{|\()")
_END = re.compile(r"^(?:fi|done|esac|\}|\))")
_SWALLOWED = re.compile(
    r"^\s*(?:pip3?|npm|yarn|pytest|python3?|zip|aws|make|cargo|go|mvn)\b[^\n]*\|\|\s*(?:true|:|echo)",
    re.MULTILINE,
)


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every buildspec."""
    yield from doubtful_buildspecs(stack, NAME)
    for buildspec in buildspecs(stack):
        earlier = False
        for phase, command in buildspec.commands():
            if not isinstance(command, str):
                continue
            if (swallowed := _SWALLOWED.search(command)) is not None:
                message = f"{phase} goes on when this fails: {swallowed[0].strip()}"
                yield _flaw(buildspec.path, message, "let the command fail")
            stops = _STOPS.search(command) is not None
            if _statements(command) > 1 and not stops:
                if earlier:
                    because = f"whether an earlier set -e holds in a command of {phase}"
                    yield Doubt(check=NAME, path=buildspec.path, because=because)
                else:
                    first = command.strip().splitlines()[0]
                    message = f"a command of {phase} has several lines and no set -e: {first} …"
                    yield _flaw(buildspec.path, message, "begin it with set -euo pipefail")
            earlier = earlier or stops
        yield from _after(buildspec)


def _statements(command: str) -> int:
    """How many lines of a command can fail, a block of lines counting as one."""
    text = _HEREDOC.sub(r"\2", command).replace("\\\n", " ")
    count, depth, joined = 0, 0, False
    for line in text.splitlines():
        stripped = line.strip()
        if _END.match(stripped):
            depth = max(0, depth - 1)
            continue
        if depth == 0 and stripped and not joined and not _QUIET.match(stripped):
            count += 1
        joined = stripped.endswith(("&&", "|", "||"))
        if _BLOCK.match(stripped) and not re.search(r"\b(?:fi|done|esac)\b|[})]\s*$", stripped):
            depth += 1
    return count


def _after(buildspec: Buildspec) -> Iterator[Remark]:
    build, after = buildspec.section("phases", "build"), buildspec.section("phases", "post_build")
    commands = after.get("commands")
    if not commands or not build.get("commands"):
        return
    aborts = str(build.get("on-failure", "")).upper() == "ABORT"
    if not aborts and "CODEBUILD_BUILD_SUCCEEDING" not in str(commands):
        message = "post_build runs after a build that has failed, too"
        fix = "set on-failure: ABORT in build, or test CODEBUILD_BUILD_SUCCEEDING"
        yield _flaw(buildspec.path, message, fix)


def _flaw(path: Path, message: str, fix: str) -> Flaw:
    source = "codebuild/build-spec-ref"
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
