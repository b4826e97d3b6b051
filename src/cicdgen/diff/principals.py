"""Who may be asked about at a gap: the principals that a grantee stands for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cicdgen.cloudformation import Text
from cicdgen.cloudformation.text import ANY_ONE, ANY_RUN
from cicdgen.iam import Anonymous, Federated, RoleSession, Root, Service, User

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.diff.atoms import Atom, Who
    from cicdgen.diff.requests import Ground
    from cicdgen.diff.subjects import Subject
    from cicdgen.iam import Principal

_ACCOUNT = re.compile(r"arn:[^:]*:iam::([^:]*):root")
_FOREIGN = Text("444455556666")
"""An account that AWS reserves for its documentation."""

_BY_ACCOUNT = frozenset({"aws:principalaccount", "kms:calleraccount", "aws:sourceaccount"})


class Asker(NamedTuple):
    """Somebody to ask about, and whether the own account lets them do anything."""

    principal: Principal
    rights: bool


def principals(atom: Atom, subject: Subject, ground: Ground) -> Iterator[Asker]:
    """Whom an atom is about, the least trusted first."""
    if subject.identity is not None:
        yield Asker(subject.identity, rights=False)
        return
    account = ground.stack.pseudo_parameters["AWS::AccountId"]
    found = _all(atom, ground, account)
    if subject.is_new:
        found = (each for each in found if _is_outside(each.principal, account))
    yield from found


def _is_outside(principal: Principal, account: Text) -> bool:
    match principal:
        case Anonymous():
            return True
        case RoleSession() | User() | Root():
            return principal.account != account
        case _:
            return False


def _all(atom: Atom, ground: Ground, account: Text) -> Iterator[Asker]:
    yield from _named_by_tests(atom)
    if atom.who is not None and atom.who.code != "*":
        yield from _of(atom.who)
        return
    yield Asker(Anonymous(), rights=False)
    yield Asker(Root(_FOREIGN), rights=True)
    yield Asker(Root(account), rights=True)
    for who in sorted({each.who for each in ground.inner.allow if each.who}):
        if who.code != "*":
            yield from _of(who)


def _of(who: Who) -> Iterator[Asker]:
    text = Text(who.code)
    match who.kind:
        case "Service":
            yield Asker(Service(who.code), rights=False)
        case "Federated":
            yield Asker(Federated(text), rights=False)
        case "AWS" if (account := _account(who.code)) is not None:
            role = Text(f"arn:aws:iam::{account.code}:role/example")
            yield Asker(Root(account), rights=True)
            yield Asker(RoleSession(role), rights=True)
        case "AWS" if ":user/" in who.code:
            yield Asker(User(text), rights=False)
            yield Asker(User(text), rights=True)
        case "AWS":
            yield Asker(RoleSession(text), rights=False)
            yield Asker(RoleSession(text), rights=True)
        case _:
            pass


def _account(code: str) -> Text | None:
    """The account that an entry names as a whole."""
    found = _ACCOUNT.fullmatch(code)
    if found:
        return Text(found[1])
    token = Text(code).only
    is_account = code.isdecimal() or (token is not None and token.shape.value == "account")
    return Text(code) if is_account else None


def _named_by_tests(atom: Atom) -> Iterator[Asker]:
    """Principals that the atom's tests ask for by ARN or by account."""
    for clause in sorted(atom.clauses, key=lambda each: (each.key, each.operator)):
        if clause.test.operator is None or clause.test.operator.negated:
            continue
        for code in sorted(clause.values):
            plain = Text(code.replace(ANY_RUN, "example").replace(ANY_ONE, "x"))
            if clause.key in _BY_ACCOUNT:
                yield Asker(Root(plain), rights=True)
            elif clause.key == "aws:principalarn":
                yield Asker(RoleSession(plain), rights=True)
