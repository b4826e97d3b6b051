"""A proof in words, for the terminal, and as one JSON document."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from cicdgen.cloudformation import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cicdgen.proof.blast_radius import Reach
    from cicdgen.proof.flaw import Remark
    from cicdgen.proof.proof import Proof
    from cicdgen.proof.sufficient import Judged, Open, Refused

# What a terminal would obey: a template from anywhere may hold it.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def text(proof: Proof) -> str:
    """What failed first, then what is in excess and in doubt, then what was looked at."""
    lines = [summary(proof)]
    lines += _section("Refused", _sentences(proof.refused))
    lines += _section("Not known", _sentences(proof.open))
    excess = [f"{each} ({written(each.path)})" for each in proof.weighed.excess]
    lines += _section("In excess", excess)
    doubts = [f"{doubt.because} ({written(doubt.path)})" for doubt in proof.doubts]
    lines += _section("In doubt", doubts)
    far = [f"{_said(each)} ({written(each.path)})" for each in proof.beyond]
    lines += _section("Beyond the limit", far)
    cautions = [why for each in proof.cautions for why in _because(each)]
    lines += _section("May be missed: AWS lists it, and it is not granted", cautions)
    lines += _section(
        "Statements that were not judged: whom they serve is not wholly known",
        proof.weighed.unjudged,
    )
    lines += _section("What code that got into one could reach", map(_reach, proof.reach))
    services = [f"{name}: {_of(count, 'hop')}" for name, count in by_service(proof).items()]
    lines += _section("Allowed", services)
    lines += _section("Assumed", proof.assumptions)
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", "\n".join(lines)) + "\n"


def summary(proof: Proof) -> str:
    """`74 hops: 74 allowed; 71 statements: none in excess`."""
    hops = [f"{len(proof.proven)} allowed"]
    hops += [f"{len(proof.refused)} refused"] if proof.refused else []
    hops += [f"{len(proof.open)} not known"] if proof.open else []
    many = len(proof.weighed.excess)
    parts = [
        f"{_of(proof.hops, 'hop')}: {', '.join(hops)}",
        f"{_of(len(proof.weighed.statements), 'statement')}: {many or 'none'} in excess",
    ]
    if proof.weighed.unjudged:
        parts.append(f"{len(proof.weighed.unjudged)} not judged")
    if proof.doubts:
        parts.append(_of(len(proof.doubts), "doubt"))
    return "; ".join(parts)


def by_service(proof: Proof) -> dict[str, int]:
    """How many hops of each service are allowed."""
    found: dict[str, int] = {}
    for each in proof.proven:
        found[each.hop.service] = found.get(each.hop.service, 0) + 1
    return dict(sorted(found.items()))


def document(proof: Proof) -> str:
    """One JSON document, versioned."""
    content = {
        "format": "cicdgen.proof/1",
        "holds": proof.holds,
        "summary": summary(proof),
        "hops": [_hop(each) for each in proof.judged],
        "excess": [
            {
                "path": list(each.path),
                "statement": each.statement,
                "what": each.what,
                "value": each.value,
            }
            for each in proof.weighed.excess
        ],
        "doubts": [{"path": list(doubt.path), "because": doubt.because} for doubt in proof.doubts],
        "beyond": [{"path": list(each.path), "because": _said(each)} for each in proof.beyond],
        "reach": [
            {
                "origin": each.origin,
                "ways": {
                    end: {"steps": each.steps_to(end), "way": [str(step) for step in way]}
                    for end, way in each.ways.items()
                },
                "powers": {
                    role: [f"{power.action} on {power.resource}" for power in powers]
                    for role, powers in each.powers.items()
                },
            }
            for each in proof.reach
        ],
        "statements": list(proof.weighed.statements),
        "unjudged": list(proof.weighed.unjudged),
        "assumptions": list(proof.assumptions),
    }
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def _said(remark: Remark) -> str:
    return getattr(remark, "message", "") or f"not decided: {getattr(remark, 'because', '')}"


def _reach(reach: Reach) -> str:
    """`BuildProject: TestProject (1 step), Function (2 steps)`: what is one's own is no reach."""
    ends = [
        f"{end} ({_of(steps, 'step')}{'' if all(step.certain for step in way) else ', perhaps'})"
        for end, way in reach.ways.items()
        if (steps := reach.steps_to(end))
    ]
    return f"{reach.origin}: {', '.join(ends) or 'nothing but what its role may do'}"


def _hop(judged: Judged) -> dict[str, object]:
    hop = judged.hop
    return {
        "id": hop.id,
        "of": hop.of,
        "who": hop.who,
        "path": list(hop.path),
        "outcome": {"Proven": "allowed", "Refused": "refused", "Open": "unknown"}[
            type(judged).__name__
        ],
        "calls": [
            {"actions": list(dict.fromkeys(way.action for way in call.ways)), "on": call.on}
            for call in hop.calls
        ],
        "because": list(getattr(judged, "because", ())),
        "why": hop.why,
        "source": hop.source,
        "strength": hop.strength.value,
    }


def _sentences(judged: Iterable[Refused | Open]) -> Iterator[str]:
    for each in judged:
        for why in _because(each):
            yield f"{why}\n      {each.hop.of}: {each.hop.why} ({each.hop.source})"


def _because(judged: Refused | Open) -> Iterator[str]:
    return (f"{judged.hop.id}: {why}" for why in judged.because)


def _section(title: str, items: Iterable[str]) -> Sequence[str]:
    lines = [f"  - {item}" for item in items]
    return ["", f"{title}:", *lines] if lines else []


def _of(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
