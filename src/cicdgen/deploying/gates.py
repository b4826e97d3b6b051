"""Who has to agree to what. `--yes` answers the ordinary question; a danger needs its own word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.diff.change import Danger
from cicdgen.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.deploying.classes import Need

WORDS = {danger.value: danger for danger in Danger}
"""The classes as `--allow` takes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One `--allow CLASS[:ID]`; without an id it is for every resource."""

    danger: Danger
    logical_id: str | None = None

    def covers(self, need: Need) -> bool:
        """Whether this allows that."""
        return self.danger is need[0] and self.logical_id in {None, need[1]}


def allowance(text: str) -> Allowance:
    """`CLASS` or `CLASS:ID`.

    Raises:
        UsageError: there is no such class.
    """
    word, _, name = text.partition(":")
    if word not in WORDS:
        raise UsageError(f"--allow: no class `{word}`", hint=f"the classes are {', '.join(WORDS)}")
    return Allowance(danger=WORDS[word], logical_id=name or None)


def unmet(needs: Sequence[Need], allowances: Sequence[Allowance]) -> tuple[Need, ...]:
    """What nobody has allowed."""
    return tuple(need for need in needs if not any(each.covers(need) for each in allowances))


def flag(need: Need) -> str:
    """The flag that allows it, and nothing else."""
    return f"--allow {need[0].value}:{need[1]}"


def refuse(needs: Sequence[Need]) -> RefusedError:
    """The refusal that names what is missing."""
    what = ", ".join(f"{danger.value} {name}" for danger, name in needs)
    return RefusedError(
        f"not allowed: {what}", hint=f"if that is meant: {' '.join(flag(need) for need in needs)}"
    )
