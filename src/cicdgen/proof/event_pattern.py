"""Whether an event pattern of EventBridge matches an event, both perhaps known only in part.

The operators are those of eventbridge/eb-create-pattern-operators. A pattern is a tree whose leaves
are lists: an event matches if every leaf matches, and a leaf matches if any of its values does.
What this does not know is None, and never a match or a mismatch.
"""

from __future__ import annotations

import ipaddress
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cicdgen.cloudformation import Fields, Items, Text
from cicdgen.cloudformation.text import ANY_RUN, has_tokens
from cicdgen.cloudformation.truth import Truth, all_of, any_of, negated
from cicdgen.iam.pattern import matches as glob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cicdgen.cloudformation import Value


@dataclass(frozen=True)
class _Absent:
    """A field that the event does not have."""


ABSENT: Final = _Absent()


@dataclass(frozen=True)
class _Anything:
    """A field of which nothing is known, not even whether the event has it."""


ANYTHING: Final = _Anything()

EventValue = object
"""What an event's JSON holds: text, a number, a boolean, null, a list, a mapping, or `ANYTHING`."""


def matches(pattern: Value, event: EventValue) -> Truth:
    """Whether an event matches a pattern.

    Args:
        pattern: the pattern, resolved.
        event: the event: mappings, lists, `Text` or `str`, numbers, booleans, None and `ANYTHING`.

    Returns:
        None if that depends on what is not known, or on an operator that is not known here.
    """
    if not isinstance(pattern, Fields):
        return None
    return all_of(_field(name, pattern[name], event) for name in pattern)


def _field(name: str, wanted: Value, event: EventValue) -> Truth:
    if name == "$or":
        alternatives = wanted if isinstance(wanted, Items) else ()
        return any_of(matches(each, event) for each in alternatives) if alternatives else None
    values = _under(name, event)
    match wanted:
        case Fields():
            return any_of(matches(wanted, value) for value in values)
        case Items():
            return any_of(_leaf(each, values) for each in wanted)
        case _:
            return None


def _under(name: str, event: EventValue) -> list[EventValue]:
    """What the event has under a name; of a list of objects, what any of them has."""
    match event:
        case _Anything():
            return [ANYTHING]
        case dict():
            return [event[name]] if name in event else [ABSENT]
        case list():
            return [value for each in event for value in _under(name, each)] or [ABSENT]
        case _:
            return [ABSENT]


def _leaf(wanted: Value, values: list[EventValue]) -> Truth:
    """Whether one value of a leaf matches what the event has there."""
    present = [each for value in values for each in (value if isinstance(value, list) else [value])]
    if isinstance(wanted, Fields) and "exists" in wanted:
        return _exists(wanted["exists"], present)
    if any(isinstance(value, _Anything) for value in present):
        return None
    there = [value for value in present if not isinstance(value, _Absent | dict)]
    return any_of(_single(wanted, value) for value in there)


def _exists(wanted: Value, present: list[EventValue]) -> Truth:
    """A leaf is there if it has a value; a field with fields of its own is no leaf."""
    found = any_of(
        None if isinstance(value, _Anything) else not isinstance(value, _Absent | dict)
        for value in present
    )
    match wanted:
        case True | Text(code="true"):
            return found
        case False | Text(code="false"):
            return negated(found)
        case _:
            return None


def _single(wanted: Value, value: EventValue) -> Truth:
    match wanted:
        case Fields():
            operators = [_operator(name, wanted[name], value) for name in wanted]
            return operators[0] if len(operators) == 1 else None
        case Text():
            text = _text(value)
            return False if text is None else wanted.equals(text)
        case bool() | None:
            return wanted is value
        case int() | float():
            return _is_number(value) and wanted == value
        case _:
            return None


def _operator(name: str, wanted: Value, value: EventValue) -> Truth:
    applied = _OPERATORS.get(name)
    return None if applied is None else applied(wanted, value)


def _prefix(wanted: Value, value: EventValue) -> Truth:
    return _affix(wanted, value, lambda code: code + ANY_RUN)


def _suffix(wanted: Value, value: EventValue) -> Truth:
    return _affix(wanted, value, lambda code: ANY_RUN + code)


def _affix(wanted: Value, value: EventValue, pattern: Callable[[str], str]) -> Truth:
    text = _text(value)
    if text is None:
        return False
    match wanted:
        case Text():
            return glob(pattern(wanted.code), text.code)
        case Fields() if list(wanted) == ["equals-ignore-case"]:
            inner = wanted["equals-ignore-case"]
            if isinstance(inner, Text):
                return glob(pattern(inner.code.lower()), text.code.lower())
            return None
        case _:
            return None


def _ignoring_case(wanted: Value, value: EventValue) -> Truth:
    text = _text(value)
    if text is None:
        return False
    if isinstance(wanted, Items):
        return any_of(_ignoring_case(each, value) for each in wanted)
    if not isinstance(wanted, Text):
        return None
    return Text(wanted.code.lower()).equals(Text(text.code.lower()))


def _wildcard(wanted: Value, value: EventValue) -> Truth:
    """`*` stands for any characters; a backslash makes it, or itself, an ordinary one."""
    text = _text(value)
    if text is None:
        return False
    if isinstance(wanted, Items):
        return any_of(_wildcard(each, value) for each in wanted)
    if not isinstance(wanted, Text):
        return None
    code = wanted.code.replace("\\\\", "\ue010").replace("\\*", "\ue011").replace("*", ANY_RUN)
    return glob(code.replace("\ue010", "\\").replace("\ue011", "*"), text.code)


def _anything_but(wanted: Value, value: EventValue) -> Truth:
    match wanted:
        case Items():
            return negated(any_of(_single(each, value) for each in wanted))
        case Fields():
            if len(wanted) != 1 or not set(wanted) <= _NEGATABLE:
                return None
            name = next(iter(wanted))
            listed = wanted[name]
            each = listed if isinstance(listed, Items) else (listed,)
            return negated(any_of(_operator(name, one, value) for one in each))
        case _:
            return negated(_single(wanted, value))


def _numeric(wanted: Value, value: EventValue) -> Truth:
    if not isinstance(wanted, Items) or not wanted or len(wanted) % 2:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None if isinstance(value, Text) and has_tokens(value.code) else False
    pairs = zip(wanted[::2], wanted[1::2], strict=True)
    return all_of(_compares(sign, bound, value) for sign, bound in pairs)


def _compares(sign: Value, bound: Value, value: float) -> Truth:
    compare = _SIGNS.get(sign.code) if isinstance(sign, Text) else None
    if compare is None or not isinstance(bound, int | float):
        return None
    return compare(value, bound)


_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _cidr(wanted: Value, value: EventValue) -> Truth:
    text = _text(value)
    if text is None:
        return False
    if not isinstance(wanted, Text) or wanted.known is None or text.known is None:
        return None
    try:
        network = ipaddress.ip_network(wanted.known, strict=False)
    except ValueError:
        return None
    try:
        return ipaddress.ip_address(text.known) in network
    except ValueError:
        return False


_OPERATORS: Mapping[str, Callable[[Value, EventValue], Truth]] = {
    "anything-but": _anything_but,
    "cidr": _cidr,
    "equals-ignore-case": _ignoring_case,
    "numeric": _numeric,
    "prefix": _prefix,
    "suffix": _suffix,
    "wildcard": _wildcard,
}
_NEGATABLE = frozenset({"equals-ignore-case", "prefix", "suffix", "wildcard"})


def unknown_operators(pattern: Value) -> Iterable[str]:
    """The operators in a pattern that are not known here."""
    match pattern:
        case Fields():
            for name in pattern:
                yield from unknown_operators(pattern[name])
        case Items():
            for each in pattern:
                if isinstance(each, Fields):
                    names = [n for n in each if n not in _OPERATORS and n != "exists"]
                    yield from names if not _is_nested(each) else ()
                    yield from () if not _is_nested(each) else unknown_operators(each)
        case _:
            pass


def _is_nested(alternative: Fields) -> bool:
    """Whether it is an alternative of `$or`: its members are fields of the event."""
    return any(
        isinstance(each, Items | Fields) and name not in _OPERATORS
        for name, each in alternative.items()
    )


def _text(value: EventValue) -> Text | None:
    match value:
        case Text():
            return value
        case str():
            return Text.literal(value)
        case _:
            return None


def _is_number(value: EventValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
