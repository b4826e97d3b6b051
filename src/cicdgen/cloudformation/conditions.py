"""The conditions of a template: whether they hold, and in which cases they hold differently."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import TypeAlias

from cicdgen.cloudformation.text import Text, Token
from cicdgen.cloudformation.truth import Truth, all_of, any_of, negated
from cicdgen.cloudformation.values import Json

_MOST_CASES = 64


@dataclass(frozen=True)
class AnyOther:
    """A value that is none of those that the template asks about."""

    than: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What one stack takes for granted about the things that conditions compare.

    Attributes:
        values: The value of a token, or that it is another than the template asks about.
        equal: Whether two texts, by their codes, are equal.
    """

    values: Mapping[Token, Text | AnyOther] = field(default_factory=lambda: MappingProxyType({}))
    equal: Mapping[tuple[str, str], bool] = field(default_factory=lambda: MappingProxyType({}))

    def fill(self, text: Text) -> Text:
        """The text with the values of this case filled in."""
        for token in text.tokens:
            if isinstance(value := self.values.get(token), Text):
                text = text.replaced(token, value)
        return text

    def compare(self, one: Text, other: Text) -> Truth:
        """Whether both are equal in this case; None if that is still open."""
        one, other = self.fill(one), self.fill(other)
        answer = one.equals(other)
        if answer is not None:
            return answer
        for token, literal in ((one.only, other.known), (other.only, one.known)):
            ruled = self.values.get(token) if token else None
            if isinstance(ruled, AnyOther) and literal in ruled.than:
                return False
        return self.equal.get(_pair(one, other))


Holds: TypeAlias = Callable[[str], Truth]
Compare: TypeAlias = Callable[[Json, Json], Truth]
Allowed: TypeAlias = Callable[[Token], Sequence[str]]


def holds(condition: Json, named: Holds, equals: Compare) -> Truth:
    """Whether a condition holds; None if that is open.

    Args:
        condition: The condition as written.
        named: Whether the condition of some name holds.
        equals: Whether two values, as written, are equal.
    """
    answer: Truth = None
    match condition:
        case {"Fn::Equals": [one, other]}:
            answer = equals(one, other)
        case {"Fn::And": [*members]}:
            answer = all_of(holds(member, named, equals) for member in members)
        case {"Fn::Or": [*members]}:
            answer = any_of(holds(member, named, equals) for member in members)
        case {"Fn::Not": [member]}:
            answer = negated(holds(member, named, equals))
        case {"Condition": str(name)}:
            answer = named(name)
        case bool():
            answer = condition
        case _:
            pass
    return answer


def cases(undecided: Sequence[tuple[Text, Text]], allowed: Allowed) -> Iterator[Case]:
    """Every combination of answers to the comparisons that a template leaves open.

    A token that is compared with known values takes each of them, and any other. Other comparisons
    are true or false. With more than 64 combinations, the last ones compared stay open.

    Args:
        undecided: The pairs that are compared.
        allowed: The only values that a token may have, empty if it may have any.
    """
    literals: dict[Token, list[str]] = {}
    pairs: dict[tuple[str, str], None] = {}
    for one, other in undecided:
        token, literal = one.only or other.only, one.known if other.only else other.known
        if token is not None and literal is not None:
            literals.setdefault(token, []).append(literal)
        else:
            pairs[_pair(one, other)] = None
    choices = [_values(token, found, allowed(token)) for token, found in literals.items()]
    answers = [[(pair, True), (pair, False)] for pair in pairs]
    size, count = 0, 1
    for number in [len(options) for options in choices] + [2] * len(answers):
        count *= number
        if count > _MOST_CASES:
            break
        size += 1
    for values in product(*choices[:size]):
        for equal in product(*answers[: max(0, size - len(choices))]):
            yield Case(values=dict(values), equal=dict(equal))


def _values(
    token: Token, compared: Sequence[str], allowed: Sequence[str]
) -> list[tuple[Token, Text | AnyOther]]:
    asked = dict.fromkeys(compared)
    others = [value for value in allowed if value not in asked]
    values: list[Text | AnyOther] = [
        Text.literal(value) for value in asked if not allowed or value in allowed
    ]
    if len(others) == 1:
        values.append(Text.literal(others[0]))
    elif others or not allowed:
        values.append(AnyOther(frozenset(asked)))
    return [(token, value) for value in values]


def _pair(one: Text, other: Text) -> tuple[str, str]:
    first, second = sorted((one.code, other.code))
    return first, second
