"""What is found out about one subject, and how a verdict comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from cicdgen.diff.change import Verdict, Width, Witness
from cicdgen.diff.pairing import HOME
from cicdgen.iam import RoleSession, User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.cloudformation.truth import Truth
    from cicdgen.iam import Policies, Request


class Shown(NamedTuple):
    """A request on which the evaluator gives two answers, and what it was decided by.

    Attributes:
        request: in the names of the side that allows it.
        allowing: the policies of that side.
        same: the request in the names of the other side.
        denying: the policies of the other side.
    """

    request: Request
    allowing: Policies
    same: Request
    denying: Policies


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What is known of one subject.

    Attributes:
        subject: its logical id.
        more: whether more is permitted after the change; None if that is not known.
        less: whether less is.
        shown: a request that is newly allowed, if there is one.
        because: what could not be decided, or what it rests on.
        via: the resources that say something else than before.
        names: what is called by its logical id: principals, and condition keys as written.
    """

    subject: str
    more: Truth
    less: Truth
    shown: Shown | None = None
    because: str = ""
    via: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The finding as a verdict."""
        match self.more, self.less:
            case None, _:
                width = Width.UNKNOWN
            case True, True:
                width = Width.BOTH
            case True, _:
                width = Width.BROADER
            case _, False:
                width = Width.SAME
            case _:
                width = Width.NARROWER
        return Verdict(
            subject=self.subject,
            width=width,
            witness=None if self.shown is None else witness(self.shown, self.names),
            because=told(self.because),
            via=self.via,
        )


def witness(shown: Shown, names: Mapping[str, str]) -> Witness:
    """What is shown, in words."""
    request = shown.request
    principal = request.principal
    arn = principal.arn.code if isinstance(principal, RoleSession | User) else ""
    return Witness(
        principal=names.get(arn) or told(principal),
        action=request.action,
        resource=told(request.resource),
        context=tuple(
            (names.get(key, key), ", ".join(map(told, value)))
            for key, value in request.given.values.items()
            if isinstance(value, tuple) and (key, str(value[0])) != ("aws:securetransport", "true")
        ),
    )


def told(of: object) -> str:
    """Something in words: an account that was made up is the template's own."""
    return str(of).replace(HOME, "${AWS::AccountId}")


def merged_with(one: Finding, other: Finding) -> Finding:
    """What is known of a subject from two of its policies, or from two cases."""
    shown = one.shown or other.shown
    more = _either(one.more, other.more)
    because = dict.fromkeys(each.because for each in (one, other) if each.because)
    return Finding(
        subject=one.subject,
        more=more,
        less=_either(one.less, other.less),
        shown=shown,
        via=tuple(dict.fromkeys((*one.via, *other.via))),
        names={**one.names, **other.names},
        because=next((each.because for each in (one, other) if each.more is more), "")
        or next(iter(because), ""),
    )


def _either(one: Truth, other: Truth) -> Truth:
    """What is shown counts, then what is not known."""
    if True in (one, other):
        return True
    return None if None in (one, other) else False
