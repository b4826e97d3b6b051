"""Who may do what, and what was asked: the door that every call of the fakes goes through.

| rests on | behaviour |
| --- | --- |
| service authorization reference | which action a call needs, on which resource |
| field reports | a denial names who, the action and the resource |
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT = "111122223333"
REGION = "eu-west-1"


def arn(service: str, resource: str) -> str:
    """Spell an ARN of the fakes' account and region."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


class DeniedError(Exception):
    """No policy allows the action; each service words this in its own way."""


class ThrottledError(Exception):
    """Too many calls; each service words this in its own way."""


class Access:
    """Records every permission that is needed; denies or throttles on demand."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self._denied: set[str] = set()
        self._throttled: Counter[str] = Counter()
        self._meanwhile: dict[str, Callable[[], object]] = {}

    def deny(self, action: str) -> None:
        """Take an action such as `lambda:GetAlias` from the caller's role."""
        self._denied.add(action)

    def throttle(self, action: str, *, times: int) -> None:
        """Refuse the next calls of an action, as AWS does when there are too many."""
        self._throttled[action] = times

    def meanwhile(self, action: str, event: Callable[[], object]) -> None:
        """Let something else happen, once, just before the action is carried out."""
        self._meanwhile[action] = event

    def need(self, action: str, resource: str) -> None:
        """Let the caller through, or raise."""
        self.asked.append((action, resource))
        if event := self._meanwhile.pop(action, None):
            event()
        if action in self._denied:
            raise DeniedError(
                f"User: arn:aws:sts::{ACCOUNT}:assumed-role/fake/caller is not authorized to "
                f"perform: {action} on resource: {resource} because no identity-based policy "
                f"allows the {action} action"
            )
        if self._throttled[action]:
            self._throttled[action] -= 1
            raise ThrottledError("Rate exceeded")
