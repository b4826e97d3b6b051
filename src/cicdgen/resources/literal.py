"""Text of the user's that holds `${NAME}`, and is to reach its place as it is written.

CloudFormation substitutes in `Fn::Sub` alone. But what looks as if somebody had forgotten that is
an error to cfn-lint (E1029) where NAME is one of the template's; and escaped in one, as `${!NAME}`,
it is a warning (W1020). So the dollar and its name are joined by the brace.
"""

from __future__ import annotations

import re

from troposphere import Join

_NAME = re.compile(r"\$\{[A-Za-z0-9_:.]+\}")
_BRACE = re.compile(r"(?<=\$)\{")


def literal(text: str) -> str | Join:
    """The text, as the template says it."""
    return Join("{", _BRACE.split(text)) if _NAME.search(text) else text
