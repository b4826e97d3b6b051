"""A least policy: as IAM takes it, and as a person reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.permissions.policy import Statement

MANAGED_ROOM = 6144
"""Characters of a managed policy, white space not counted (IAM/reference_iam-quotas)."""


def document(statements: Sequence[Statement]) -> str:
    """The policy document."""
    return json.dumps(_body(statements), indent=2) + "\n"


def size(statements: Sequence[Statement]) -> int:
    """Its characters, as IAM counts them."""
    return len("".join(json.dumps(_body(statements)).split()))


def parts(statements: Sequence[Statement]) -> list[list[Statement]]:
    """The statements in as many policies as it takes for each to fit a managed policy."""
    found: list[list[Statement]] = [[]]
    for each in statements:
        if found[-1] and size([*found[-1], each]) > MANAGED_ROOM:
            found.append([])
        found[-1].append(each)
    return found


def text(statements: Sequence[Statement]) -> str:
    """Each statement with its reason."""
    return "\n".join(_paragraph(each) for each in statements) + f"\n{_fits(size(statements))}\n"


def _body(statements: Sequence[Statement]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [_statement(each) for each in statements]}


def _statement(statement: Statement) -> dict[str, Any]:
    body: dict[str, Any] = {
        "Sid": statement.sid,
        "Effect": "Allow",
        "Action": _one_or_all(statement.actions),
        "Resource": _one_or_all(statement.resources),
    }
    if statement.conditions:
        condition: dict[str, dict[str, Any]] = {}
        for operator, key, values in statement.conditions:
            condition.setdefault(operator, {})[key] = _one_or_all(values)
        body["Condition"] = condition
    return body


def _one_or_all(values: Sequence[str]) -> Any:  # noqa: ANN401 - any JSON
    return values[0] if len(values) == 1 else list(values)


def _paragraph(statement: Statement) -> str:
    lines = [statement.sid, *(f"  because {why}" for why in statement.why)]
    lines += [f"    {action}" for action in statement.actions]
    lines += [f"  on {resource}" for resource in statement.resources]
    lines += [f"  if {key} is {' or '.join(values)}" for _, key, values in statement.conditions]
    return "\n".join(lines) + "\n"


def _fits(count: int) -> str:
    if count <= MANAGED_ROOM:
        return f"{count:,} characters: it fits one managed policy ({MANAGED_ROOM:,})"
    return f"{count:,} characters: a managed policy has room for {MANAGED_ROOM:,}; see --part"
