"""What the evaluator answers. It never guesses: what it cannot tell is `Unknown`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cicdgen.iam.statement import Statement


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """The request is allowed, whatever the tokens in it and in the policies turn out to be.

    Attributes:
        by: Every statement that allows it: the policies may allow it more than once.
        assuming: What this rests on besides the template.
    """

    by: Sequence[Statement]
    assuming: Sequence[str] = ()

    def __str__(self) -> str:
        return f"allowed by {_list(self.by)}"


@dataclass(frozen=True, kw_only=True)
class Denied:
    """The request is denied, whatever the tokens turn out to be.

    Attributes:
        by: The statements that deny it explicitly; empty if it is merely allowed by none.
        lacking: The policies that would have to allow it, and do not.
        assuming: What this rests on besides the template.
    """

    by: Sequence[Statement] = ()
    lacking: Sequence[str] = ()
    assuming: Sequence[str] = ()

    @property
    def is_explicit(self) -> bool:
        """Whether a `Deny` statement denies it."""
        return bool(self.by)

    def __str__(self) -> str:
        if self.is_explicit:
            return f"denied by {_list(self.by)}"
        return f"not allowed by {_list(self.lacking)}"


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """Whether the request is allowed depends on what the template does not say.

    Attributes:
        because: What it depends on, a sentence each.
    """

    because: Sequence[str]

    def __str__(self) -> str:
        return f"not known: {'; '.join(self.because)}"


def _list(things: Sequence[object]) -> str:
    return " and ".join(map(str, things)) or "the root user's own rights"


Answer: TypeAlias = Allowed | Denied | Unknown
