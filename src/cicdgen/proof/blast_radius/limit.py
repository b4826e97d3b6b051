"""What is too far, as the template's own metadata say, or by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cicdgen.proof.blast_radius.graph import reaches
from cicdgen.proof.blast_radius.step import How, Reach
from cicdgen.proof.check import Check
from cicdgen.proof.flaw import Doubt, Flaw, Remark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.cloudformation import Path, Stack, Template

NAME: Final = "blast-radius"
SECTION: Final = "cicdgen"
ENTRY: Final = "BlastRadius"
_AT: Final = ("Metadata", SECTION, ENTRY)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What is too far.

    Attributes:
        steps: the most steps that anything reached may be away; None for any number.
        never: logical ids that must not be reached.
        administrator: whether giving oneself any right is allowed.
    """

    steps: int | None = None
    never: frozenset[str] = frozenset()
    administrator: bool = False


NO_ADMINISTRATOR: Final = Limit()
"""The least that is asked of every template."""


def limit_of(template: Template) -> Limit | str:
    """The limit in a template's metadata, or what is wrong with it.

    It stands there as `{"cicdgen": {"BlastRadius": {"Steps": 2, "Never": ["DeployerRole"]}}}`, so
    that whoever lints the template asks for the same. It can only ask for more than the least.
    """
    section = template.section("Metadata").get(SECTION)
    entry = section.get(ENTRY) if isinstance(section, Mapping) else None
    if entry is None:
        return NO_ADMINISTRATOR
    if not isinstance(entry, Mapping) or set(entry) - {"Steps", "Never"}:
        return "it has other keys than Steps and Never"
    steps, never = entry.get("Steps"), entry.get("Never", [])
    if steps is not None and (not isinstance(steps, int) or isinstance(steps, bool) or steps < 0):
        return f"Steps is {steps!r}, and no number of steps"
    if not isinstance(never, list) or not all(isinstance(each, str) for each in never):
        return "Never is no list of logical ids"
    unknown = sorted(set(never) - set(template.resources))
    if unknown:
        return f"Never names {', '.join(unknown)}, which the template does not have"
    return Limit(steps=steps, never=frozenset(never))


def check(stack: Stack, found: Sequence[Reach] | None = None) -> Iterator[Remark]:
    """What is reached beyond the template's limit, and a limit that cannot be read.

    Args:
        stack: the stack.
        found: what is reached, if it was asked before.
    """
    limit = limit_of(stack.template)
    if isinstance(limit, str):
        message = f"the limit of the blast radius limits nothing: {limit}"
        fix = "write it as Steps, a number, and Never, a list of logical ids of this template"
        yield _flaw(_AT, message, fix)
        limit = NO_ADMINISTRATOR
    yield from beyond(tuple(reaches(stack)) if found is None else found, limit)


def beyond(found: Sequence[Reach], limit: Limit) -> Iterator[Remark]:
    """What is reached beyond a limit."""
    for reach in found:
        path = ("Resources", reach.origin)
        if reach.is_administrator and not limit.administrator:
            yield _flaw(path, f"code in {reach.origin} can give itself any right: {_shown(reach)}")
        for reached, way in reach.ways.items():
            steps = reach.steps_to(reached) or 0
            is_far = limit.steps is not None and steps > limit.steps
            # What it is itself, and runs as, it need not reach.
            is_forbidden = steps > 0 and reached in limit.never
            if not is_far and not is_forbidden:
                continue
            told = ", then ".join(map(str, way))
            if all(step.certain for step in way):
                message = f"code in {reach.origin} reaches {reached} in {steps} steps: {told}"
                yield _flaw(path, message)
            else:
                because = f"whether code in {reach.origin} reaches {reached}: {told}"
                yield Doubt(check=NAME, path=path, because=because)


def _shown(reach: Reach) -> str:
    for way in reach.ways.values():
        if way and way[-1].how is How.WRITES_POLICY:
            return ", then ".join(map(str, way))
    return next(
        f"{role} may do {power.action}"
        for role, powers in reach.powers.items()
        for power in powers
        if power.action in {"*", "iam:*"}
    )


def _flaw(
    path: Path,
    message: str,
    fix: str = "take the right to the first step away, or widen the limit and say why",
) -> Flaw:
    return Flaw(check=NAME, path=path, message=message, fix=fix, source="IAM/best-practices")


CHECK = Check(
    name=NAME,
    title="Code in a build or a function cannot give itself any right",
    run=check,
    failures=(2,),
)
