"""Concrete requests at a gap: what somebody may do that nobody could before, if anything."""

from __future__ import annotations

import re
from itertools import islice, permutations, product
from typing import TYPE_CHECKING, NamedTuple

from cicdgen.cloudformation import Text
from cicdgen.cloudformation.text import ANY_ONE, ANY_RUN
from cicdgen.diff.atoms import in_order
from cicdgen.diff.contexts import ALWAYS, failing, satisfying
from cicdgen.diff.forms import can_work_on
from cicdgen.diff.globs import is_wild, overlap
from cicdgen.iam import action_facts, actions_of, services
from cicdgen.iam.context import ABSENT, Context
from cicdgen.iam.pattern import matches
from cicdgen.iam.request import EVERY_RESOURCE, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cicdgen.cloudformation import Stack
    from cicdgen.diff.atoms import Atom, Clause
    from cicdgen.diff.containment import Permits
    from cicdgen.diff.contexts import Values
    from cicdgen.iam import ActionFacts, Principal

_TELLING = (
    "s3:getobject",
    "iam:passrole",
    "iam:createuser",
    "sts:assumerole",
    "kms:decrypt",
    "lambda:invokefunction",
    "s3:putobject",
    "secretsmanager:getsecretvalue",
    "dynamodb:deletetable",
    "ec2:runinstances",
    "logs:deleteloggroup",
)
"""What to show of a permission to do everything."""

_FILLINGS = (
    "example",
    "example/example",
    "",
    "other-1",
    "example:example",
    "log-stream:example",
)
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_MOST_ACTIONS = 8
_MOST_RESOURCES = 8


class Ground(NamedTuple):
    """Where requests are made up.

    Attributes:
        stack: the stack whose names they use.
        subject: the ARN of what the policies hang on, for those that name no resource.
        inner: what is permitted on the side where the request has to be allowed.
        outer: what is permitted on the side where it has to be denied.
    """

    stack: Stack
    subject: Text
    inner: Permits
    outer: Permits


def requests(atom: Atom, principals: Iterable[Principal], ground: Ground) -> Iterator[Request]:
    """Requests that an atom is about, the most telling first."""
    for action in _actions(atom, ground):
        facts = action_facts(action)
        if facts is None:
            continue
        for principal, resource in product(principals, _resources(atom, facts, ground)):
            for context in _contexts(atom, facts, principal, ground):
                yield Request(
                    principal=principal,
                    action=facts.name,
                    resource=resource,
                    given=Context(context, ABSENT),
                )


def _actions(atom: Atom, ground: Ground) -> Iterator[str]:
    """Actions that the atom is about; those first that nothing on the other side is about."""
    plain = [pattern for pattern in atom.actions if not is_wild(pattern)]
    known: Iterable[str]
    if plain:
        known = plain[:1]
    else:
        named = [
            pattern
            for each in in_order({*ground.outer.allow, *ground.outer.deny, *ground.inner.deny})
            for pattern in each.actions
            if not is_wild(pattern)
        ]
        known = dict.fromkeys((*_TELLING, *named, *_of_services(atom)))
    fitting = [
        action
        for action in known
        if all(matches(pattern, action) is True for pattern in atom.actions)
        and not any(matches(pattern, action) for pattern in atom.not_actions)
    ]

    def is_known(action: str) -> bool:
        return any(
            not each.actions or all(matches(pattern, action) for pattern in each.actions)
            for each in ground.outer.allow
        )

    working = (
        action
        for action in sorted(fitting, key=is_known)
        if all(can_work_on(action, pattern) for pattern in atom.resources)
    )
    yield from islice(working, _MOST_ACTIONS)


def _of_services(atom: Atom) -> Iterator[str]:
    prefixes = {pattern.partition(":")[0] for pattern in atom.actions if ":" in pattern}
    for prefix in sorted(prefixes):
        if is_wild(prefix):
            for service in services():
                if matches(prefix, service):
                    yield from actions_of(service)
        else:
            yield from actions_of(prefix)


def _resources(atom: Atom, facts: ActionFacts, ground: Ground) -> list[Text]:
    """Resources that the atom is about and the action works on."""
    if not facts.resource_types:
        return [EVERY_RESOURCE]
    candidates = [ground.subject, *_below(ground.subject)]
    candidates += [
        Text(pattern.replace(ANY_RUN, filling).replace(ANY_ONE, "x"))
        for pattern in atom.resources
        if pattern != ANY_RUN
        for filling in _FILLINGS
    ]
    if all(is_wild(pattern) for pattern in atom.resources):
        named = [
            pattern
            for each in in_order({*ground.outer.allow, *ground.outer.deny})
            for pattern in (*each.resources, *each.not_resources)
        ]
        candidates += [_form(each.arn, ground.stack) for each in facts.resource_types]
        candidates += [
            Text(pattern.replace(ANY_RUN, "example").replace(ANY_ONE, "x"))
            for pattern in named
            if pattern != ANY_RUN
        ]
    below = f"{ground.subject.code}/{ANY_RUN}"
    candidates += map(Text, _crossed((*atom.resources, below)))
    fitting = [
        candidate
        for candidate in dict.fromkeys(candidates)
        if all(matches(pattern, candidate.code) is True for pattern in atom.resources)
        and not any(matches(pattern, candidate.code) for pattern in atom.not_resources)
        and can_work_on(facts.name, candidate.code)
    ]
    return fitting[:_MOST_RESOURCES]


def _crossed(patterns: tuple[str, ...]) -> Iterator[str]:
    """What begins as one pattern and ends as another: it may match both."""
    for one, other in permutations(patterns, 2):
        head, found, _ = one.rpartition(ANY_RUN)
        tail = other.rpartition(ANY_RUN)[2]
        if found and ANY_RUN in other:
            for filling in ("", "example"):
                code = f"{head.replace(ANY_RUN, 'example')}{filling}{tail}"
                yield code.replace(ANY_ONE, "x")


def _below(arn: Text) -> Iterator[Text]:
    yield arn + "/example"
    yield arn + ":example"


def _form(arn: str, stack: Stack) -> Text:
    """The form of an ARN, filled in."""
    pseudo = stack.pseudo_parameters
    names = {"Partition": "AWS::Partition", "Region": "AWS::Region", "Account": "AWS::AccountId"}

    def filled(found: re.Match[str]) -> str:
        name = names.get(found[1])
        return pseudo[name].code if name else "example"

    return Text(_PLACEHOLDER.sub(filled, arn))


def _contexts(
    atom: Atom, facts: ActionFacts, principal: Principal, ground: Ground
) -> Iterator[Values]:
    """Contexts in which the atom's tests hold, and others' tests fail."""
    fixed = principal.context
    base: Values = {key: (Text(value),) for key, value in ALWAYS.items()}
    action = facts.name.lower()
    theirs = _near_clauses(ground.outer.allow, action)
    refusing = _near_clauses(ground.inner.deny, action)
    # Made as they are asked for: the first often does.
    variants: dict[int, Values] = {}
    seen: list[Values] = []
    for against in ((*refusing, *theirs), theirs):
        own = satisfying(atom.clauses, fixed, against)
        if own is None:
            return
        for index, tests in enumerate(((), theirs, refusing, (*refusing, *theirs))):
            if index not in variants:
                variants[index] = failing(tests, fixed)
            context = {**base, **variants[index], **own}
            if context not in seen:
                seen.append(context)
                yield context


def _near_clauses(atoms: Iterable[Atom], action: str) -> Sequence[Clause]:
    """The tests of atoms that may be about an action, each once."""
    found = {
        clause
        for each in atoms
        if all(overlap(pattern, action) for pattern in each.actions)
        for clause in each.clauses
    }
    return sorted(found, key=lambda one: (one.key, one.operator, one.over, sorted(one.values)))
