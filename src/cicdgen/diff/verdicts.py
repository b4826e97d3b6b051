"""Whether somebody may do more after a change, less, both, or the same: decided by meaning.

For each role, user and resource that policies hang on, what is permitted before and after is held
against each other: that one lies within the other has to be proved (`containment`), and that it
does not, has to be shown by a request on which the evaluator gives two answers (`requests`). What
is neither proved nor shown is unknown.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from cicdgen.cloudformation.text import ANY_RUN
from cicdgen.diff.asking import Side
from cicdgen.diff.containment import Gap, gaps
from cicdgen.diff.doubtful import doubts
from cicdgen.diff.findings import Finding, Shown, merged_with
from cicdgen.diff.pairing import settled
from cicdgen.diff.principals import principals
from cicdgen.diff.renaming import Renaming
from cicdgen.diff.requests import Ground, requests
from cicdgen.diff.subjects import subjects
from cicdgen.iam import Allowed, Denied

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from cicdgen.cloudformation.truth import Truth
    from cicdgen.diff.atoms import Atom
    from cicdgen.diff.change import ResourceChange, Verdict
    from cicdgen.diff.containment import Permits
    from cicdgen.diff.pairing import Pair
    from cicdgen.diff.subjects import Subject
    from cicdgen.iam import Answer, Request

_MOST_GAPS = 12
_MOST_REQUESTS = 240


def verdicts(both: tuple[Pair, ...], changes: Sequence[ResourceChange]) -> tuple[Verdict, ...]:
    """The verdict on every subject whose policies are different, or are written differently.

    Args:
        both: the stacks before and after, a pair for each case.
        changes: the resources that are changed.
    """
    merged: dict[str, Finding] = {}
    for pair in settled(both):
        found = [*findings(pair, {change.logical_id for change in changes})]
        found += [
            Finding(subject=doubt.subject, more=None, less=None, because=doubt.because)
            for doubt in doubts(changes, pair)
        ]
        for finding in found:
            known = merged.get(finding.subject)
            merged[finding.subject] = finding if known is None else merged_with(known, finding)
    return tuple(finding.verdict for finding in merged.values())


def findings(pair: Pair, changed: AbstractSet[str]) -> Iterator[Finding]:
    """What is found in one pair of stacks, a subject at a time; one may come several times.

    Args:
        pair: the stacks.
        changed: the logical ids of the resources that are changed.
    """
    touched = changed | _called_by_url(pair, changed)
    names = Renaming.of(pair, touched)
    before, after = Side.both(pair, names, touched)
    for subject in subjects(before, after, names, touched):
        finding = _judged(subject, before, after)
        # Nobody had access to what was not there: only a door to the outside is told.
        if not (subject.is_new and subject.service and not finding.more):
            yield finding


def _called_by_url(pair: Pair, changed: AbstractSet[str]) -> set[str]:
    """The functions, where a URL of one of them is changed."""
    urls = {url.logical_id for stack in pair for url in stack.of_type("AWS::Lambda::Url")}
    if urls.isdisjoint(changed):
        return set()
    return {each.logical_id for stack in pair for each in stack.of_type("AWS::Lambda::Function")}


def _judged(subject: Subject, before: Side, after: Side) -> Finding:
    old, new = subject.before, subject.after
    wider, tighter = _gaps(new, subject, is_wider=True), _gaps(new, subject, is_wider=False)
    if not wider and not tighter:
        because = subject.because or "written differently, it means the same"
        return Finding(subject=subject.id, more=False, less=False, because=because, via=subject.via)
    more, shown, why = _looked_at(wider, subject, after, before, new, old)
    less, _, _ = _looked_at(tighter, subject, before, after, old, new)
    return Finding(
        subject=subject.id,
        more=more,
        less=less,
        shown=shown,
        because=why if more is None else subject.because,
        via=subject.via,
        names=_names(subject, after),
    )


def _names(subject: Subject, side: Side) -> dict[str, str]:
    """Logical ids by ARN, and condition keys as the policies write them."""
    found = {
        resource.arn.code: resource.logical_id
        for resource in side.stack.of_type("AWS::IAM::Role", "AWS::IAM::User")
    }
    for permits in (subject.before, subject.after):
        for atom in (*permits.allow, *permits.deny, *(permits.boundary or ())):
            found |= {clause.key: clause.test.key for clause in atom.clauses}
    return found


def _gaps(new: Permits, subject: Subject, *, is_wider: bool) -> list[Gap]:
    """What stands in the way of a proof, if names count as they are, or as the resources' own."""
    found: list[Gap] = []
    for old in dict.fromkeys((subject.literally, subject.before)):
        found = list(islice(gaps(new, old) if is_wider else gaps(old, new), _MOST_GAPS))
        if not found:
            break
    return found


def _looked_at(
    found: list[Gap], subject: Subject, inner: Side, outer: Side, allows: Permits, other: Permits
) -> tuple[Truth, Shown | None, str]:
    """Whether `inner` permits what `outer` does not, a request that shows it, or why it is open."""
    if not found:
        return False, None, ""
    stack = (outer if subject.is_gone else inner).stack
    ground = Ground(stack=stack, subject=subject.arn, inner=allows, outer=other)
    doubts = [gap.why for gap in found if gap.why]
    for gap in found:
        for tried in () if gap.atom is None else _tried(gap.atom, subject, inner, outer, ground):
            match tried:
                case Shown():
                    return True, tried, ""
                case request, answer:
                    doubts.append(
                        f"granted, but {request.action} on {request.resource} is {answer}"
                    )
    return None, None, doubts[0] if doubts else "neither a proof nor a request was found"


def _tried(
    atom: Atom, subject: Subject, inner: Side, outer: Side, ground: Ground
) -> Iterator[Shown | tuple[Request, Answer]]:
    """Requests at a gap, each with what is shown by it, or with the answer if it is not allowed."""
    if subject.service:
        atom = atom._replace(actions=(*atom.actions, f"{subject.service}:{ANY_RUN}"))
    for who, rights in principals(atom, subject, ground):
        for request in islice(requests(atom, [who], ground), _MOST_REQUESTS):
            mine = inner.asked(request, subject.principal(inner))
            answer = inner.answer(mine, rights=rights)
            if not isinstance(answer, Allowed):
                yield mine, answer
                continue
            same = outer.asked(request, subject.principal(outer))
            if isinstance(outer.answer(same, rights=rights), Denied):
                yield Shown(
                    request=mine,
                    allowing=inner.ground(mine, rights=rights),
                    same=same,
                    denying=outer.ground(same, rights=rights),
                )
