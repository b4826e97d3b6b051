"""The rule of a composite alarm: `ALARM(one) AND NOT OK("two")`.

Source: AmazonCloudWatch/Create_Composite_Alarm, and AlarmRule of PutCompositeAlarm. Whether AND
binds before OR is not written there, so a rule that mixes them without parentheses is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from cicdgen.errors import CicdgenError
from cicdgen.rehearsal.timeline import AlarmState

if TYPE_CHECKING:
    from collections.abc import Iterator

Decide: TypeAlias = Callable[[Mapping[str, AlarmState]], bool]
"""Whether a rule holds, by the states of the alarms that it names."""

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"(?P<quoted>[^\"]+)\"|(?P<bare>[^()\"]+?))"
    r"\s*\)|(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<sign>[()]))"
)


class AlarmRuleError(CicdgenError):
    """A rule cannot be read, or means what is not documented."""


def read_rule(text: str) -> Decide:
    """A rule, read.

    Raises:
        AlarmRuleError: it is no rule, or mixes AND and OR.
    """
    reader = _Reader(text)
    found = reader.joined()
    if reader.next is not None:
        raise reader.wrong(f"“{reader.next}” is too much")
    return found


class _Reader:
    """Reads a rule from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = self._split()
        self.next: str | tuple[AlarmState, str] | None = None
        self._advance()

    def wrong(self, message: str) -> AlarmRuleError:
        """The error about this rule."""
        return AlarmRuleError(
            f"the alarm rule {self.text}: {message}", hint='e.g. ALARM("one") OR ALARM("two")'
        )

    def joined(self) -> Decide:
        """Terms with AND between them, or with OR."""
        terms, by = [self._term()], self.next
        while self.next in {"AND", "OR"}:
            if self.next != by:
                raise self.wrong("AND and OR without parentheses: which goes first is not known")
            self._advance()
            terms.append(self._term())
        holds = all if by == "AND" else any
        return lambda states: holds(term(states) for term in terms)

    def _term(self) -> Decide:
        token = self.next
        self._advance()
        match token:
            case "NOT":
                inner = self._term()
                return lambda states: not inner(states)
            case "(":
                grouped = self.joined()
                if self.next != ")":
                    raise self.wrong("a parenthesis is not closed")
                self._advance()
                return grouped
            case "TRUE" | "FALSE":
                return lambda _: token == "TRUE"  # noqa: S105 - it is a word of the rule
            case (AlarmState() as state, name):
                return lambda states: self._state(states, name) is state
            case _:
                raise self.wrong(f"“{token or 'the end'}” where an alarm should be")

    def _state(self, states: Mapping[str, AlarmState], name: str) -> AlarmState:
        if name not in states:
            raise self.wrong(f"there is no alarm {name}")
        return states[name]

    def _advance(self) -> None:
        self.next = next(self._tokens, None)

    def _split(self) -> Iterator[str | tuple[AlarmState, str]]:
        end, stripped = 0, self.text.rstrip()
        while end < len(stripped):
            found = _TOKEN.match(stripped, end)
            if found is None:
                raise self.wrong(f"“{stripped[end:].strip()[:20]}” is not understood")
            if found["state"]:
                yield AlarmState(found["state"]), found["quoted"] or found["bare"]
            else:
                yield found["word"] or found["sign"]
            end = found.end()
