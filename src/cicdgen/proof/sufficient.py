"""Is every hop allowed, end to end, by every policy that takes part in it?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from cicdgen.cloudformation.truth import Truth
from cicdgen.iam import (
    Allowed,
    Answer,
    Denied,
    Miss,
    Policies,
    Request,
    Statement,
    decide,
    nearest_misses,
)
from cicdgen.proof.hop import Call, Hop

_MISSES = 2
_NEAREST_FIRST = ("Condition", "Principal", "NotPrincipal", "Resource", "NotResource", "Action")

Answers: TypeAlias = tuple[tuple[Answer, ...], ...]
"""By call of a hop, what every way of making it is answered."""


@dataclass(frozen=True, kw_only=True)
class Proven:
    """Every call of the hop is allowed, whatever is not known turns out to be."""

    hop: Hop
    answers: Answers


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A call of the hop is denied for certain.

    Attributes:
        hop: The hop.
        answers: The answers.
        because: A sentence for each call that is denied.
    """

    hop: Hop
    answers: Answers
    because: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Open:
    """Whether a call of the hop is allowed depends on what the template does not say; as above."""

    hop: Hop
    answers: Answers
    because: tuple[str, ...]


Judged: TypeAlias = Proven | Refused | Open


def judge(hops: Iterable[Hop], policies: Policies) -> Iterator[Judged]:
    """Each hop with what the policies make of it."""
    return (_judged(hop, policies) for hop in hops)


def _judged(hop: Hop, policies: Policies) -> Judged:
    answers = tuple(tuple(decide(way, policies) for way in call.ways) for call in hop.calls)
    refused: list[str] = []
    unknown: list[str] = []
    for call, given in zip(hop.calls, answers, strict=True):
        if call.impossible:
            refused.append(call.impossible)
        elif any(isinstance(answer, Allowed) for answer in given):
            continue
        elif all(isinstance(answer, Denied) for answer in given):
            refused.append(_sentence(hop, call, given[0], policies))
        else:
            unknown.append(_question(hop, call, given))
    if refused:
        return Refused(hop=hop, answers=answers, because=tuple(dict.fromkeys(refused)))
    if unknown:
        return Open(hop=hop, answers=answers, because=tuple(unknown))
    return Proven(hop=hop, answers=answers)


def _sentence(hop: Hop, call: Call, answer: Answer, policies: Policies) -> str:
    """`BuildRole may not kms:Decrypt on S3Key: not allowed by ...; nearest: ...`."""
    way = call.ways[0]
    said = f"{hop.who} may not {way.action} on {call.on}"
    match answer:
        case Denied(by=by) if by:
            return f"{said}: {' and '.join(map(_label, by))} denies it"
        case Denied(lacking=lacking):
            reason, of_principal = "nothing allows it", None
            if len(lacking) == 1:
                reason = f"not allowed by {_spelt(lacking[0], hop, call)}"
                of_principal = lacking[0].startswith("the identity")
            found = _nearest(way, policies, of_principal)
            nearest = "; ".join(_miss(each, hop, call) for each in found)
            return f"{said}: {reason}{'; nearest: ' if nearest else ''}{nearest}"
        case _:
            return said


def _question(hop: Hop, call: Call, answers: tuple[Answer, ...]) -> str:
    """`whether BuildRole may kms:Decrypt on S3Key: ...`."""
    reasons = [
        _spelt(reason, hop, call)
        for answer in answers
        if not isinstance(answer, Allowed | Denied)
        for reason in answer.because
    ]
    why = "; ".join(dict.fromkeys(reasons))
    return f"whether {hop.who} may {call.ways[0].action} on {call.on}: {why}"


def _spelt(text: str, hop: Hop, call: Call) -> str:
    """The text with the names that the template's author gave."""
    way = call.ways[0]
    return text.replace(str(way.resource), call.on).replace(str(way.principal), hop.who)


def _nearest(way: Request, policies: Policies, of_principal: Truth) -> list[Miss]:
    """What came closest, on the side that lacks. A statement about other services is not close."""
    found = [
        miss
        for miss in nearest_misses(way, policies)
        if miss.statement.origin.path
        and of_principal in (None, miss.statement.grantees is None)
        and (miss.element != "Action" or f"{way.service}:" in miss.expected.lower())
    ]
    found.sort(
        key=lambda miss: (
            _NEAREST_FIRST.index(miss.element)
            if miss.element in _NEAREST_FIRST
            else len(_NEAREST_FIRST)
        )
    )
    return found[:_MISSES]


def _miss(miss: Miss, hop: Hop, call: Call) -> str:
    label = _label(miss.statement)
    match miss.element:
        case "Action":
            return f"{label} has no such action"
        case "Resource":
            return f"{label} is about {miss.expected}"
        case "Principal":
            return f"{label} is for {miss.expected}"
        case _:
            return f"{label} wants {miss.expected}, and there is {_spelt(miss.got, hop, call)}"


def _label(statement: Statement) -> str:
    """A statement as a person finds it."""
    origin = statement.origin
    return f"{origin.resource} statement {origin.sid or origin.index + 1}"
