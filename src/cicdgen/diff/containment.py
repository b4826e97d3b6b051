"""Whether one set of permissions lies within another, proved atom by atom.

What is returned is what stands in the way of a proof. Nothing in the way is a proof; something is
only a place to look for a witness.

Sources: IAM/reference_policies_evaluation-logic (a deny overrides, a boundary limits),
IAM/reference_policies_elements_condition_operators.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from cicdgen.cloudformation import Text
from cicdgen.cloudformation.text import ANY_RUN, has_tokens
from cicdgen.diff.atoms import Atom, Who, in_order, meet
from cicdgen.diff.clauses import excludes, implies
from cicdgen.diff.forms import permits_nothing
from cicdgen.diff.globs import is_wild, lies_in, overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_EVERYONE = "*"
_ROOT = re.compile(r"arn:[^:]*:iam::([^:]*):root")
_MEMBER = re.compile(r"arn:[^:]*:iam::([^:]*):(?:role|user)/.*")


class Permits(NamedTuple):
    """What policies allow: what `allow` has and the boundary has too, without what `deny` has.

    Attributes:
        allow: atoms that allow.
        deny: atoms that deny, those of the boundary included.
        boundary: atoms of the permissions boundary; None if there is none.
        opaque: what cannot be read and may allow, each with all that it says.
        gags: what cannot be read and may deny, or limit.
        by_identity: whether policies elsewhere, on whoever asks, may allow too; only a denial here
            keeps such a request out.
        home: the code of the account of the resource that these hang on; empty for an identity.
    """

    allow: frozenset[Atom] = frozenset()
    deny: frozenset[Atom] = frozenset()
    boundary: frozenset[Atom] | None = None
    opaque: frozenset[str] = frozenset()
    gags: frozenset[str] = frozenset()
    by_identity: bool = False
    home: str = ""


_ANYTHING = Atom()
_ANY_IDENTITY = Atom(who=Who("AWS", "*"))


class Gap(NamedTuple):
    """What stands in the way of a proof: something may be allowed here that is not allowed there.

    Attributes:
        atom: where to look for it; None where only `why` is known.
        why: what cannot be decided, in words.
    """

    atom: Atom | None
    why: str


def gaps(inner: Permits, outer: Permits) -> Iterator[Gap]:
    """What stands in the way of proving that all that `inner` permits, `outer` permits too."""
    for label in () if _is_everything(outer) else sorted(inner.opaque - outer.opaque):
        yield Gap(None, label)
    for label in sorted(outer.gags - inner.gags):
        yield Gap(None, label)
    allowed = [
        atom
        for atom in _effective(inner)
        if not any(within(atom, deny, outer.home) for deny in inner.deny)
    ]
    for atom in chain(_not_allowed(allowed, outer), _denied(allowed, inner, outer)):
        if not permits_nothing(atom):
            yield Gap(atom, "")


def _not_allowed(allowed: Sequence[Atom], outer: Permits) -> Iterator[Atom]:
    """The atoms that nothing allows on the other side, or that its boundary does not."""
    home, near = outer.home, _by_service(outer.allow)
    for atom in allowed:
        if outer.boundary is None and atom in outer.allow:
            continue
        candidates = (*near.get(_service(atom), ()), *near.get("", ()))
        if not any(within(atom, each, home) for each in candidates) or (
            outer.boundary is not None
            and not any(within(atom, each, home) for each in outer.boundary)
        ):
            yield atom


def _denied(allowed: Sequence[Atom], inner: Permits, outer: Permits) -> Iterator[Atom]:
    """What is allowed, and denied on the other side alone."""
    wanted = (*allowed, _ANY_IDENTITY) if inner.by_identity else allowed
    for deny in in_order(outer.deny - inner.deny):
        for atom in wanted:
            both = None if apart(deny, atom) else meet(atom, deny)
            if both is not None and not any(within(both, each, outer.home) for each in inner.deny):
                yield both


def _is_everything(permits: Permits) -> bool:
    """Whether all there is is allowed: what cannot be read allows no more than that."""
    return (
        not (permits.deny or permits.gags)
        and permits.boundary is None
        and any(within(_ANYTHING, each) for each in permits.allow)
    )


def _by_service(atoms: Iterable[Atom]) -> dict[str, list[Atom]]:
    """The atoms by the service of their actions; under nothing those of more than one."""
    found: dict[str, list[Atom]] = {}
    for atom in atoms:
        found.setdefault(_service(atom), []).append(atom)
    return found


def _service(atom: Atom) -> str:
    """The prefix of an atom's actions, if it has one."""
    for pattern in atom.actions:
        prefix, colon, _ = pattern.partition(":")
        if colon and not is_wild(prefix) and not has_tokens(prefix):
            return prefix
    return ""


def _effective(permits: Permits) -> Iterator[Atom]:
    """What is allowed within the boundary."""
    if permits.boundary is None:
        yield from in_order(permits.allow)
        return
    for atom in in_order(permits.allow):
        for limit in in_order(permits.boundary):
            both = None if apart(atom, limit) else meet(atom, limit)
            if both is not None:
                yield both


def within(inner: Atom, outer: Atom, home: str = "") -> bool:
    """Whether all that the one atom is about, the other is about too.

    Args:
        inner: the one.
        outer: the other.
        home: the account of the resource, as `Permits` has it.
    """
    return (
        _patterns_within(inner.actions, inner.not_actions, outer.actions, outer.not_actions)
        and _patterns_within(
            inner.resources, inner.not_resources, outer.resources, outer.not_resources
        )
        and _who_within(inner, outer, home)
        and all(any(implies(mine, theirs) for mine in inner.clauses) for theirs in outer.clauses)
    )


def _patterns_within(
    patterns: Iterable[str], excluded: Iterable[str], wanted: Iterable[str], left_out: Iterable[str]
) -> bool:
    return all(
        want == ANY_RUN or any(lies_in(pattern, want) for pattern in patterns) for want in wanted
    ) and all(
        any(not overlap(pattern, out) for pattern in patterns)
        or any(lies_in(out, each) for each in excluded)
        for out in left_out
    )


def _who_within(inner: Atom, outer: Atom, home: str) -> bool:
    if outer.not_who:
        return bool(inner.not_who) and outer.not_who <= inner.not_who
    if outer.who is None or outer.who.code == _EVERYONE:
        return True
    if inner.who is None:
        return False
    return _named(inner.who) == _named(outer.who) or _is_guest_of(inner.who, outer.who, home)


def _named(who: Who) -> Who:
    """An account is named by its number, or by its root user."""
    root = _ROOT.fullmatch(who.code)
    return who._replace(code=root[1]) if root and who.kind == "AWS" else who


def _is_guest_of(one: Who, other: Who, home: str) -> bool:
    """Whether the one is somebody of another account that is named as a whole.

    Across accounts whoever is named needs a policy of the own account too, by which name ever; at
    home a role that is named needs none (IAM/reference_policies_evaluation-logic).
    """
    account = _named(other).code
    found = _MEMBER.fullmatch(one.code)
    return (
        one.kind == other.kind == "AWS"
        and found is not None
        and found[1] == account
        and account.isdecimal()
        and home.isdecimal()
        and account != home
    )


def apart(one: Atom, other: Atom) -> bool:
    """Whether nothing can be what both atoms are about."""
    return (
        any(not overlap(a, b) for a in one.actions for b in other.actions)
        or any(not overlap(a, b) for a in one.resources for b in other.resources)
        or _is_left_out(one, other)
        or _is_left_out(other, one)
        or (one.who is not None and other.who is not None and _strangers(one.who, other.who))
        or any(excludes(a, b) for a in one.clauses for b in other.clauses)
    )


def _is_left_out(one: Atom, other: Atom) -> bool:
    return any(lies_in(a, b) for a in one.actions for b in other.not_actions) or any(
        lies_in(a, b) for a in one.resources for b in other.not_resources
    )


def _strangers(one: Who, other: Who) -> bool:
    if _EVERYONE in {one.code, other.code}:
        return False
    if one.kind == other.kind == "Service":
        return Text(one.code).equals(Text(other.code)) is False
    return one.kind != other.kind and "Service" in {one.kind, other.kind}
