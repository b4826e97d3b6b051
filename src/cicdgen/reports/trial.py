"""How a trial of the checks looks: what was broken, what was caught, and what survived."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cicdgen.cloudformation import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.proof.mutation import Outcome

FORMAT = "cicdgen.trial/1"


def text(trials: Sequence[tuple[str, Sequence[Outcome]]]) -> str:
    """A line for each kind of change, and one for each that nobody caught."""
    lines: list[str] = []
    for name, outcomes in trials:
        lines += _of_template(name, outcomes)
    return "\n".join(lines) + "\n"


def _of_template(name: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    survivors = [each for each in outcomes if each.survives]
    gaps = [each for each in survivors if each.is_gap]
    harmless = [each for each in survivors if each.harmless]
    doubted = sum(bool(each.doubted_by) for each in survivors)
    yield (
        f"{name}: broken in {len(outcomes)} ways: {len(outcomes) - len(survivors)} caught,"
        f" {len(harmless)} harmless, {len(gaps)} not caught ({doubted} of these only in doubt)"
    )
    for kind in dict.fromkeys(each.mutant.kind for each in outcomes):
        own = [each for each in outcomes if each.mutant.kind is kind]
        rules = sorted({rule for each in own for rule in each.caught_by})
        caught = sum(not each.survives for each in own)
        by = f" by {', '.join(rules)}" if rules else ""
        yield f"  {kind.value}: {caught} of {len(own)} caught{by}"
    yield from _listed("Not caught, and it should be", gaps)
    yield from _listed("Harmless", harmless)


def _listed(title: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    if outcomes:
        yield f"  {title}: {len(outcomes)}"
    for each in outcomes:
        yield f"    - {each.mutant}"
        if each.harmless:
            yield f"      {each.harmless}"
        if each.doubted_by:
            yield f"      only in doubt: {', '.join(each.doubted_by)}"


def document(trials: Sequence[tuple[str, Sequence[Outcome]]]) -> str:
    """One JSON document, versioned."""
    content = {
        "format": FORMAT,
        "templates": [
            {"file": name, "outcomes": [_outcome(each) for each in outcomes]}
            for name, outcomes in trials
        ],
    }
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "kind": outcome.mutant.kind.value,
        "change": outcome.mutant.what,
        "place": written(outcome.mutant.path),
        "caught_by": list(outcome.caught_by),
        "doubted_by": list(outcome.doubted_by),
        "harmless": outcome.harmless or None,
        "gap": outcome.is_gap,
    }
