"""Pseudo parameters in conditions: ministack takes `Ref: AWS::Region` there for that very text.

A condition over one would be false, and what stands under it would silently not be made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import changesets, engine, handlers, stacks

if TYPE_CHECKING:
    from .stored import Json

_PLAIN = engine._evaluate_conditions  # noqa: SLF001 - it has no other door


def teach() -> None:
    """Let every reader of conditions know what they refer to."""
    for module in (changesets, engine, handlers, stacks):
        module._evaluate_conditions = _evaluate  # noqa: SLF001 - as above


def _evaluate(template: Json, parameters: Json) -> Json:
    known = {
        "AWS::AccountId": get_account_id(),
        "AWS::Partition": "aws",
        "AWS::Region": get_region(),
        "AWS::URLSuffix": "amazonaws.com",
    }
    pseudo = {name: {"Value": value} for name, value in known.items()}
    evaluated: Json = _PLAIN(template, {**pseudo, **parameters})
    return evaluated
