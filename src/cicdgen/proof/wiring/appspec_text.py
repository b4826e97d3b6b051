"""An AppSpec that commands write is plain text: CloudFormation does not read it.

`!Ref` and `Fn::` in a heredoc stay as they are, and CodeDeploy refuses the file (failures 3, 16).
Source: codedeploy/reference-appspec-file-structure-resources.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.appspec import written_appspecs
from cicdgen.proof.parts.buildspec import buildspecs, doubtful_buildspecs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "appspec-text"
_INTRINSIC = re.compile(
    r"!(?:Ref|GetAtt|Sub|ImportValue|Join|Select|FindInMap|If)\b|Fn::\w+|\$\{AWS::\w+\}"
)


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every buildspec."""
    yield from doubtful_buildspecs(stack, NAME)
    for buildspec in buildspecs(stack):
        found = {
            match[0]: None
            for written in written_appspecs(buildspec)
            for match in _INTRINSIC.finditer(written.body)
        }
        if found:
            yield Flaw(
                check=NAME,
                path=buildspec.path,
                message=f"the commands write an AppSpec with {', '.join(found)} in it, which"
                " nothing resolves there",
                fix="write the values through variables that the commands set",
                source="codedeploy/reference-appspec-file-structure-resources",
            )
