"""What holds of a template, from what holds of each stack that it can become: the worst of it."""

from collections.abc import Iterable, Iterator, Sequence

from cicdgen.proof.blast_radius import Reach
from cicdgen.proof.hop import Hop
from cicdgen.proof.minimal import Excess, Weighed
from cicdgen.proof.sufficient import Judged, Open, Proven, Refused


def distinct(hops: Iterable[Hop]) -> Iterator[Hop]:
    """Each hop once: code that calls the same twice makes one."""
    seen: set[object] = set()
    for hop in hops:
        if _key(hop) not in seen:
            seen.add(_key(hop))
            yield hop


def _key(hop: Hop) -> object:
    calls = tuple((way.action, way.resource) for call in hop.calls for way in call.ways)
    return (hop.id, hop.of, hop.path, hop.strength, calls)


def worst(of_stacks: Iterable[Sequence[Judged]]) -> Iterator[Judged]:
    """Each hop with the worst that is made of it in any stack."""
    found: dict[object, Judged] = {}
    for judged in of_stacks:
        for each in judged:
            key = _key(each.hop)
            before = found.get(key)
            if before is None or _rank(each) > _rank(before):
                found[key] = each
    yield from found.values()


def _rank(judged: Judged) -> int:
    match judged:
        case Proven():
            return 0
        case Open():
            return 1
        case Refused():
            return 2


def common(weighed: Sequence[Weighed]) -> Weighed:
    """What is in excess wherever it stands, over all stacks."""
    if len(weighed) == 1:
        return weighed[0]
    excess = [
        each
        for each in dict.fromkeys(e for one in weighed for e in one.excess)
        if all(_is_excess(each, one) for one in weighed)
    ]
    return Weighed(
        excess=tuple(excess),
        statements=tuple(dict.fromkeys(each for one in weighed for each in one.statements)),
        unjudged=tuple(dict.fromkeys(each for one in weighed for each in one.unjudged)),
    )


def _is_excess(excess: Excess, weighed: Weighed) -> bool:
    return excess in weighed.excess or excess.statement not in weighed.statements


def farthest(of_stacks: Iterable[Sequence[Reach]]) -> tuple[Reach, ...]:
    """What each origin reaches in the stack where it reaches most."""
    found: dict[str, Reach] = {}
    for reach in (reach for each in of_stacks for reach in each):
        before = found.get(reach.origin)
        if before is None or len(reach.ways) > len(before.ways):
            found[reach.origin] = reach
    return tuple(found.values())
