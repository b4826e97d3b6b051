"""What a check is to those who run it, list it and explain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicdgen.cloudformation import Stack
    from cicdgen.proof.flaw import Remark

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that is looked at.

    Attributes:
        name: as its flaws and doubts give it.
        title: the promise it checks, in one line.
        run: yields what there is to say of a stack.
        severity: what one of its flaws amounts to.
        failures: which of the twenty failures it is about, by number.
        controls: the ids that others give it: Security Hub's, checkov's.
    """

    name: str
    title: str
    run: Callable[[Stack], Iterator[Remark]]
    severity: Severity = "error"
    failures: tuple[int, ...] = ()
    controls: tuple[str, ...] = ()
