"""A call to AWS that code or a command line makes, before it is known what it is made on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from cicdgen.cloudformation import Text

Argument: TypeAlias = Text | None
"""A value that is given; None if it is given and not known."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One call, as its author wrote it.

    Attributes:
        service: The service as IAM calls it: `codedeploy`.
        operation: The operation without case and separators: `getdeployment`.
        arguments: What it is given; names without case and separators.
    """

    service: str
    operation: str
    arguments: Mapping[str, Argument]

    def given(self, *names: str) -> Argument:
        """The first of these arguments that is known."""
        for name in names:
            value = self.arguments.get(name.lower())
            if value is not None:
                return value
        return None


def folded(name: str) -> str:
    """A name without case and separators: `FunctionName`, `function-name` and `function_name`."""
    return name.replace("-", "").replace("_", "").lower()
