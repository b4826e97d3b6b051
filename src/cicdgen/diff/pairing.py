"""Two templates as stacks, side by side: each pair takes the same for granted."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from cicdgen.cloudformation import Stack, Template, Text, stacks
from cicdgen.cloudformation.conditions import AnyOther, Case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.cloudformation import Account, Token
    from cicdgen.cloudformation.values import Json

_MOST_PAIRS = 64

HOME = "999999999999"
"""The number of the account where it is not known. Nobody's, as far as anybody knows."""


class Pair(NamedTuple):
    """The stack before the change and the one after it, in the same case."""

    before: Stack
    after: Stack


def pairs(
    before: Template,
    after: Template,
    account: Account,
    before_parameters: Mapping[str, str],
    after_parameters: Mapping[str, str],
) -> tuple[Pair, ...]:
    """A pair for each combination of answers to the conditions that both templates leave open.

    A parameter has the value that is given, or else its template's default: what a stack that is
    created from the template has.
    """
    old = stacks(before, account, {**before.defaults, **before_parameters})
    new = stacks(after, account, {**after.defaults, **after_parameters})
    cases = [
        case
        for one, other in product(old, new)
        if (case := _both(one.case, other.case)) is not None
    ]
    if len(cases) > _MOST_PAIRS:
        # Conditions stay open then, and what depends on them is compared as it is written.
        cases = [Case()]
    return tuple(
        Pair(
            Stack(before, account, old[0].parameters, case),
            Stack(after, account, new[0].parameters, case),
        )
        for case in cases
    )


def settled(both: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """The same stacks in an account that is told from all others, so that they can be judged.

    The account's number is made up where it is not known, and the partition is `aws` unless a
    condition asks about it.
    """
    asked = {token.name for pair in both for token in pair.before.case.values}
    account = both[0].before.account
    known = replace(
        account,
        account=account.account or HOME,
        partition=account.partition or (None if "AWS::Partition" in asked else "aws"),
    )
    return tuple(Pair(*(_moved(stack, known) for stack in pair)) for pair in both)


def _moved(stack: Stack, account: Account) -> Stack:
    """The stack in another account."""
    return Stack(stack.template, account, stack.parameters, stack.case)


def read(body: Mapping[str, Json]) -> Template:
    """The template with this body."""
    return Template.read(body)


def _both(one: Case, other: Case) -> Case | None:
    """What both take for granted; None if they contradict each other."""
    values: dict[Token, Text | AnyOther] = dict(one.values)
    for token, value in other.values.items():
        mine = values.get(token)
        merged = value if mine is None else _same(mine, value)
        if merged is None:
            return None
        values[token] = merged
    equal = dict(one.equal)
    for pair, answer in other.equal.items():
        if equal.setdefault(pair, answer) is not answer:
            return None
    return Case(values=values, equal=equal)


def _same(one: Text | AnyOther, other: Text | AnyOther) -> Text | AnyOther | None:
    match one, other:
        case AnyOther(than=first), AnyOther(than=second):
            return AnyOther(first | second)
        case (AnyOther(than=than), Text() as text) | (Text() as text, AnyOther(than=than)):
            return None if text.known in than else text
        case _:
            return one if one == other else None
