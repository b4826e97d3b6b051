"""What the scenarios used of a template's permissions, action by action.

The union of the calls is held against the union of the grants. What no scenario used has a reason
to be there, or nobody knows one: the proof's catalogue has the reasons.
"""

from __future__ import annotations

from collections import defaultdict
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from cicdgen.iam import Effect
from cicdgen.proof.hop import Strength
from cicdgen.rehearsal.record import Permission
from cicdgen.rehearsal.timeline import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.iam import Statement
    from cicdgen.proof.hop import Call, Hop
    from cicdgen.rehearsal.record import Rehearsal
    from cicdgen.rehearsal.stage import Stage


def permissions(stage: Stage, rehearsals: Sequence[Rehearsal]) -> tuple[Permission, ...]:
    """Every action that a statement of the template allows, and who used it."""
    used: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for rehearsal in rehearsals:
        for call in rehearsal.calls:
            if call.verdict is Verdict.ALLOWED:
                for grant in call.grants:
                    used[grant, call.action.lower()][rehearsal.scenario] = None
    reasons = _reasons(stage)
    found = []
    for holder, statement, action in _granted(stage):
        name = f"{statement.origin.resource}.{statement.origin.sid or statement.origin.index + 1}"
        scenarios = tuple(
            scenario
            for (grant, asked), several in used.items()
            if grant == name and statement.actions.match(asked) and _same(action, asked)
            for scenario in several
        )
        found.append(
            Permission(
                holder=holder,
                statement=name,
                action=action,
                used_in=tuple(dict.fromkeys(scenarios)),
                because="" if scenarios else reasons.get((name, action.lower()), ""),
            )
        )
    return tuple(dict.fromkeys(found))


def _granted(stage: Stage) -> Iterator[tuple[str, Statement, str]]:
    """Holder, statement and action of everything that is allowed."""
    site = stage.site
    resources = site.stack.template.resources
    documents = [(site.label(p.to), p.document) for p in stage.policies.identity]
    documents += [(p.document.origin.resource, p.document) for p in stage.policies.resource]
    for holder, document in documents:
        for statement in document.statements:
            if statement.effect is Effect.ALLOW and statement.origin.resource in resources:
                for pattern in statement.actions.patterns:
                    yield holder, statement, str(pattern)


def _same(action: str, asked: str) -> bool:
    return fnmatchcase(asked, action.lower())


def _reasons(stage: Stage) -> dict[tuple[str, str], str]:
    """Why an action is granted that no scenario uses, by statement and action."""
    found: dict[tuple[str, str], str] = {}
    for hops in stage.catalogue.hops.values():
        for hop in hops:
            for call in hop.calls:
                for way in call.ways:
                    verdict, _, grants = stage.answers.of(hop.who, call)
                    if verdict is Verdict.ALLOWED:
                        for grant in grants:
                            found.setdefault((grant, way.action.lower()), _reason(hop, call))
    return found


def _reason(hop: Hop, call: Call) -> str:
    source = f"({hop.source})"
    if hop.id.startswith("person."):
        return f"for people, outside of a release: without it, {_after(hop.why)} {source}"
    if hop.strength in {Strength.SAFE_SIDE, Strength.OPTIONAL}:
        return f"AWS lists it, and may not call it {source}"
    if len({way.action for way in call.ways}) > 1:
        return f"AWS asks for it or for another, and does not tell for which {source}"
    return f"no scenario comes to it; without it, {_after(hop.why)} {source}"


def _after(sentence: str) -> str:
    """A sentence as the end of another."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")
