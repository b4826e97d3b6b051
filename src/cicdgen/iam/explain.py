"""Why an answer is what it is, in words for the person who has to change a policy."""

from collections.abc import Iterator
from dataclasses import dataclass

from cicdgen.cloudformation.truth import Truth
from cicdgen.cloudformation.values import Path
from cicdgen.iam.condition import Test
from cicdgen.iam.context import Context, Presence
from cicdgen.iam.policies import Policies
from cicdgen.iam.principal import RoleSession, User
from cicdgen.iam.request import Request
from cicdgen.iam.statement import Effect, Statement, Unreadable


@dataclass(frozen=True, kw_only=True)
class Miss:
    """A statement that would have allowed a request, but for one element.

    Attributes:
        statement: The statement.
        element: `Action`, `Resource`, `Principal` or `Condition`.
        path: Where the element stands in the template.
        expected: What the statement asks for.
        got: What the request has.
    """

    statement: Statement
    element: str
    path: Path
    expected: str
    got: str

    def __str__(self) -> str:
        return (
            f"{self.statement} would allow it, but its {self.element} wants {self.expected}, "
            f"and the request has {self.got}"
        )


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """An element of a statement, held against a request."""

    element: str
    fits: Truth
    path: Path
    expected: str
    got: str


def nearest_misses(request: Request, policies: Policies) -> tuple[Miss, ...]:
    """The statements that would have allowed a request, had one of their elements been another.

    Args:
        request: A request that is denied because nothing allows it.
        policies: The policies that it was decided by.
    """
    return tuple(
        Miss(
            statement=statement,
            element=failed[0].element,
            path=failed[0].path,
            expected=failed[0].expected,
            got=failed[0].got,
        )
        for statement in _taking_part(request, policies)
        if statement.effect is Effect.ALLOW
        and len(failed := [j for j in _judged(statement, request) if j.fits is False]) == 1
    )


def doubts(cause: Statement | Unreadable, request: Request) -> tuple[str, ...]:
    """What is not known about a statement that may or may not fit a request."""
    if isinstance(cause, Unreadable):
        return (str(cause),)
    open_ones = [each for each in _judged(cause, request) if each.fits is None]
    if not open_ones:
        return (f"{cause} may hang elsewhere",)
    return tuple(
        f"{cause}: its {each.element} wants {each.expected}, and the request has {each.got}"
        for each in open_ones
    )


def _taking_part(request: Request, policies: Policies) -> Iterator[Statement]:
    principal = request.principal
    if isinstance(principal, RoleSession | User):
        of_principal = policies.of_principal(principal.arn)
        for held in (*of_principal.identity, *of_principal.boundaries):
            yield from held.document.statements
    for held in policies.of_resource(request.service, request.resource).policies:
        yield from held.document.statements


def _judged(statement: Statement, request: Request) -> Iterator[_Judged]:
    actions, resources, grantees = statement.actions, statement.resources, statement.grantees
    yield _Judged(
        element="NotAction" if actions.negated else "Action",
        fits=actions.match(request.folded_action),
        path=statement.origin.path,
        expected=", ".join(map(str, actions.patterns)),
        got=request.action,
    )
    if resources is not None:
        yield _Judged(
            element="NotResource" if resources.negated else "Resource",
            fits=resources.match(request.resource.code, request.context),
            path=statement.origin.path,
            expected=", ".join(map(str, resources.patterns)),
            got=str(request.resource),
        )
    if grantees is not None:
        named = grantees.named(request.principal).at_all
        yield _Judged(
            element="NotPrincipal" if grantees.negated else "Principal",
            fits=grantees.excludes(request.principal) if grantees.negated else named,
            path=statement.origin.path,
            expected=str(grantees),
            got=str(request.principal),
        )
    for test in statement.tests:
        yield _Judged(
            element="Condition",
            fits=test.holds(request.context),
            path=test.path,
            expected=f"{test.written} {test.key} {' or '.join(map(str, test.values))}",
            got=_value(test, request.context),
        )


def _value(test: Test, context: Context) -> str:
    match context.get(test.key.lower()):
        case Presence.ABSENT:
            return f"no {test.key}"
        case Presence.UNKNOWN:
            return f"{test.key} of which nothing is known"
        case values:
            return f"{test.key} {', '.join(map(str, values))}"
