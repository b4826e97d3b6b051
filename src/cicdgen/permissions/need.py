"""What somebody needs: an action on resources, under conditions, and why."""

from __future__ import annotations

from dataclasses import dataclass

from cicdgen.errors import CicdgenError
from cicdgen.iam import action_facts

Condition = tuple[str, str, tuple[str, ...]]
"""Operator, key, values."""

EVERY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A right that is needed.

    Attributes:
        action: as IAM names it.
        resources: the ARNs, as patterns; `*` alone where the action takes no other.
        conditions: under which it is enough.
        topic: what the statement is called after, in letters and digits.
        why: what does not work without it.
    """

    action: str
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    topic: str
    why: str


def on(action: str, candidates: tuple[str, ...]) -> tuple[str, ...]:
    """Those of some ARNs that an action works on, by the service authorization reference.

    Raises:
        CicdgenError: it works on none of them: then nobody can tell what would be enough.
    """
    from cicdgen.cloudformation import Text  # noqa: PLC0415 - beside the one use

    facts = action_facts(action)
    if facts is None:
        raise CicdgenError(f"the service authorization reference has no action {action}")
    if not facts.resource_types:
        return (EVERY,)
    # A pattern stands for an ARN: its stars are characters like others here.
    fitting = tuple(each for each in candidates if facts.fits(Text.literal(each)))
    if not fitting:
        raise CicdgenError(f"it is not known on what {action} is needed")
    return fitting
