"""Truth with a third value: None is "it depends on what is not known" (Kleene's logic)."""

from collections.abc import Iterable
from typing import TypeAlias

Truth: TypeAlias = bool | None


def all_of(truths: Iterable[Truth]) -> Truth:
    """Whether all are true: one that is false settles it, whatever the others are."""
    answer: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            answer = None
    return answer


def any_of(truths: Iterable[Truth]) -> Truth:
    """Whether any is true: one that is settles it, whatever the others are."""
    answer: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            answer = None
    return answer


def negated(truth: Truth) -> Truth:
    """The opposite."""
    return None if truth is None else not truth
