"""The AppSpec files that a buildspec's commands write.

Source: codedeploy/reference-appspec-file-structure-resources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.proof.parts.buildspec import Buildspec

_HEREDOC = re.compile(
    r"^(?P<line>[^\n]*<<-?[ \t]*(?P<quote>['\"\\]?)(?P<end>\w+)['\"]?[^\n]*)\n"
    r"(?P<body>.*?)\n[ \t]*(?P=end)[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_VERSIONS = re.compile(r"\b(?:CurrentVersion|TargetVersion)\b")


@dataclass(frozen=True, kw_only=True)
class Written:
    """Text of an AppSpec in a command.

    Attributes:
        body: the text, before the shell looks at it.
        is_expanded: whether the shell replaces variables in it.
    """

    body: str
    is_expanded: bool


def written_appspecs(buildspec: Buildspec) -> Iterator[Written]:
    """What the commands write that is an AppSpec: by the file's name, or by what it says."""
    script = buildspec.script
    for found in _HEREDOC.finditer(script):
        if "appspec" in found["line"].lower() or _VERSIONS.search(found["body"]):
            yield Written(body=found["body"], is_expanded=not found["quote"])
    for line in _HEREDOC.sub("", script).splitlines():
        if re.match(r"\s*(?:echo|printf)\b", line) and (
            re.search(r">\s*\S*appspec", line, re.IGNORECASE) or _VERSIONS.search(line)
        ):
            yield Written(body=line, is_expanded="'" not in line)
