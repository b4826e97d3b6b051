"""Does a `Deny` refuse anything that would be allowed without it?"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product

from cicdgen.cloudformation import Shape, Text
from cicdgen.cloudformation.text import ANY_ONE, ANY_RUN
from cicdgen.cloudformation.truth import Truth
from cicdgen.iam import ABSENT, Allowed, Policies, Request, RoleSession, Statement, decide
from cicdgen.iam.context import Context, ContextValue

_TRIED = 256
_PLAIN = re.compile(r"^(ForA\w+:)?(String|Arn|Bool|Null)")
"""Operators for which the values that are tried here tell everything."""
_ELSE = Text("something-else")


def refuses_something(
    statement: Statement, allowed: Sequence[Request], policies: Policies
) -> Truth:
    """Whether some request that is otherwise allowed is denied by a statement.

    Requests of hops are tried, and those of somebody with every right, with whatever context the
    statement's conditions ask for.

    Returns:
        True or False; None if no request is known that the statement is about.
    """
    changed = policies.without(statement)
    met = fits = False
    for request in _candidates(statement, allowed, policies):
        if not _is_for(statement, request):
            continue
        met = True
        for variant in islice(_variants(statement, request), _TRIED):
            if statement.about(variant) is True:
                fits = True
                if isinstance(decide(variant, changed), Allowed):
                    return True
    are_plain = all(_PLAIN.search(test.written) for test in statement.tests)
    return False if fits or (met and are_plain) else None


def _is_for(statement: Statement, request: Request) -> bool:
    grantees = statement.grantees
    if grantees is None:
        return True
    return (grantees.named(request.principal).at_all is not False) != grantees.negated


def _candidates(
    statement: Statement, allowed: Sequence[Request], policies: Policies
) -> Iterator[Request]:
    """Requests that a statement is about, but for its conditions."""
    for request in allowed:
        if statement.actions.match(request.folded_action) and (
            statement.resources is None
            or statement.resources.match(request.resource.code, request.context)
        ):
            yield request
    if statement.resources is None or statement.resources.negated or statement.actions.negated:
        return
    anything = Text.token("whatever fits", Shape.ANY, because="any will do")
    strangers = [
        policy.to
        for policy in policies.identity
        if not policy.document.origin.path or statement in policy.document.statements
    ]
    for pattern in statement.actions.patterns:
        action = str(pattern)
        if "*" in action or "?" in action:
            continue
        for resource in statement.resources.patterns:
            code = str(resource.parts[0])
            code = code.replace(ANY_RUN, anything.code).replace(ANY_ONE, anything.code)
            on = Text("*") if code == anything.code else Text(code)
            for who in strangers:
                yield Request.of(RoleSession(who), action, on, unmentioned=ABSENT)


def _variants(statement: Statement, request: Request) -> Iterator[Request]:
    """The request in every context that the statement's conditions may ask for."""
    keys = dict.fromkeys(test.key.lower() for test in statement.tests)
    options = [list(_options(statement, key)) for key in keys]
    for values in product(*options):
        given = {**request.given.values, **dict(zip(keys, values, strict=True))}
        context = Context(given, request.given.unmentioned)
        yield Request(
            principal=request.principal,
            action=request.action,
            resource=request.resource,
            given=context,
        )


def _options(statement: Statement, key: str) -> Iterator[ContextValue]:
    for test in statement.tests:
        if test.key.lower() == key:
            for value in test.values:
                code = str(value.source.code).replace("*", "x").replace("?", "x")
                yield (Text(code),)
    yield (_ELSE,)
    yield (Text("true"),)
    yield (Text("false"),)
    yield ABSENT
