"""What the documents of one kind say about a request: what they allow, deny and leave open."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cicdgen.cloudformation.truth import Truth, all_of, any_of
from cicdgen.iam.grantees import Grantees
from cicdgen.iam.policies import Held
from cicdgen.iam.request import Request
from cicdgen.iam.statement import Effect, Statement, Unreadable


@dataclass(slots=True)
class Side:
    """What was found so far.

    Attributes:
        allow: Whether it is allowed; by a resource policy: to the principal itself or to everyone.
        role: Whether a resource policy allows it to the principal's role.
        account: Whether a resource policy hands it on to the principal's account.
        deny: Whether it is denied.
        allowed_by: The statements that allow it for sure.
        denied_by: The statements that deny it for sure.
        doubtful: What may or may not be about it.
        assuming: What this rests on.
    """

    allow: Truth = False
    role: Truth = False
    account: Truth = False
    deny: Truth = False
    allowed_by: list[Statement] = field(default_factory=list)
    denied_by: list[Statement] = field(default_factory=list)
    doubtful: list[Statement | Unreadable] = field(default_factory=list)
    assuming: list[str] = field(default_factory=list)

    def note(self, statement: Statement, fits: Truth) -> None:
        """Take down that a statement fits, or may."""
        denies = statement.effect is Effect.DENY
        if fits is True:
            (self.denied_by if denies else self.allowed_by).append(statement)
        elif fits is None:
            self.doubtful.append(statement)
        if denies:
            self.deny = any_of((self.deny, fits))

    def note_unreadable(self, unreadable: Unreadable) -> None:
        """Take down that something may allow, and deny, anything."""
        self.doubtful.append(unreadable)
        self.allow = self.allow or None
        self.role = self.role or None
        self.account = self.account or None
        if unreadable.allows_only:
            self.assuming.append(f"{unreadable.origin.resource} denies nothing that is asked here")
        else:
            self.deny = self.deny or None


def weigh(documents: Iterable[Held], request: Request) -> Side:
    """What policies say that hang on the principal."""
    side = Side()
    for document, certain in documents:
        for unreadable in document.unreadable:
            side.note_unreadable(unreadable)
        for statement in document.statements:
            about = statement.about(request)
            if about is False:
                continue
            fits = about if certain else None
            side.note(statement, fits)
            if statement.effect is Effect.ALLOW:
                side.allow = any_of((side.allow, fits))
    return side


def weigh_resource(documents: Iterable[Held], request: Request, *, is_bounded: bool) -> Side:
    """What policies say that hang on the resource.

    Args:
        documents: The policies.
        request: The question.
        is_bounded: Whether the principal has a permissions boundary.
    """
    side = Side()
    for document, certain in documents:
        for unreadable in document.unreadable:
            side.note_unreadable(unreadable)
        for statement in document.statements:
            about = statement.about(request)
            if about is not False and statement.grantees is not None:
                fits = about if certain else None
                _weigh_grantees(statement, statement.grantees, fits, request, side, is_bounded)
    return side


def _weigh_grantees(
    statement: Statement,
    grantees: Grantees,
    fits: Truth,
    request: Request,
    side: Side,
    is_bounded: bool,  # noqa: FBT001 - every argument is passed on
) -> None:
    if grantees.negated:
        # Whoever has a boundary is always excluded, whomever NotPrincipal lists: see the page.
        excluded = True if is_bounded else grantees.excludes(request.principal)
        side.note(statement, all_of((fits, excluded)))
        return
    named = grantees.named(request.principal)
    side.note(statement, all_of((fits, named.at_all)))
    if statement.effect is Effect.ALLOW:
        side.allow = any_of((side.allow, all_of((fits, named.itself))))
        side.role = any_of((side.role, all_of((fits, named.role))))
        side.account = any_of((side.account, all_of((fits, named.account))))
