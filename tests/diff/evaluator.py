"""IAM's rules once more, in as few lines as they take: nothing of ours decides here.

Written from IAM/reference_policies_evaluation-logic, reference_policies_elements_condition and
reference_policies_condition-single-vs-multi-valued-context-keys, for identity policies, permissions
boundaries, and the policy of a bucket that somebody from outside asks for.
"""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.diff.bodies import Body

Context = dict[str, str | list[str]]


class Who(NamedTuple):
    """Who asks: the kind of principal, its name, and its account."""

    kind: str
    name: str
    account: str = ""


class Question(NamedTuple):
    """May it be done?"""

    action: str
    resource: str
    context: Context
    who: Who | None = None


def allows(statements: Sequence[Body], question: Question, limit: Sequence[Body] | None) -> bool:
    """Whether policies allow it, within a boundary."""

    def says(effect: str, where: Sequence[Body]) -> bool:
        return any(each["Effect"] == effect and _applies(each, question) for each in where)

    return (
        says("Allow", statements)
        and not says("Deny", [*statements, *(limit or [])])
        and (limit is None or says("Allow", limit))
    )


def _applies(statement: Body, question: Question) -> bool:
    def named(element: str, value: str, *, case: bool) -> bool:
        return any(_like(each, value, case=case) for each in _list(statement.get(element)))

    return (
        ("Action" not in statement or named("Action", question.action, case=False))
        and not named("NotAction", question.action, case=False)
        and ("Resource" not in statement or named("Resource", question.resource, case=True))
        and not named("NotResource", question.resource, case=True)
        and ("Principal" not in statement or _is(statement["Principal"], question.who))
        and not ("NotPrincipal" in statement and _is(statement["NotPrincipal"], question.who))
        and _holds(statement.get("Condition", {}), question.context)
    )


def _is(principals: Any, who: Who | None) -> bool:  # noqa: ANN401 - as it is written
    if principals == "*":
        return True
    assert who is not None
    for kind, names in principals.items():
        for name in _list(names):
            account = re.fullmatch(r"([0-9]{12})|arn:aws:iam::([0-9]{12}):root", name)
            if kind == "AWS" and name == "*":
                return True
            if account and who.kind == "AWS" and who.account in account.groups():
                return True
            if (kind, name) == (who.kind, who.name):
                return True
    return False


def _holds(condition: Mapping[str, Any], context: Context) -> bool:
    return all(
        _passes(operator, [str(each) for each in _list(wanted)], context.get(key.lower()))
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _passes(operator: str, wanted: list[str], value: str | list[str] | None) -> bool:
    over, _, plain = operator.rpartition(":")
    name = plain.removesuffix("IfExists")
    if name == "Null":
        return any((each == "true") == (value is None) for each in wanted)
    negated = name in {"ArnNotEquals", "ArnNotLike", "NotIpAddress"} or "Not" in name
    if value is None:
        return plain != name or over == "ForAllValues" or (negated and not over)
    test = _TESTS[name.replace("Not", "")]

    def passes(one: str) -> bool:
        return any(test(each, one) for each in wanted) != negated

    values = _list(value)
    return any(map(passes, values)) if over == "ForAnyValue" else all(map(passes, values))


def _like(pattern: str, value: str, *, case: bool = True) -> bool:
    escaped = "".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern)
    flags = re.DOTALL if case else re.DOTALL | re.IGNORECASE
    return re.fullmatch(escaped, value, flags) is not None


def _arn_like(pattern: str, value: str) -> bool:
    parts, others = pattern.split(":", 5), value.split(":", 5)
    return len(parts) == len(others) and all(map(_like, parts, others))


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
    "DateEquals": lambda wanted, value: value == wanted,
    "DateGreaterThan": lambda wanted, value: value > wanted,
    "DateGreaterThanEquals": lambda wanted, value: value >= wanted,
    "DateLessThan": lambda wanted, value: value < wanted,
    "IpAddress": lambda wanted, value: ip_address(value) in ip_network(wanted),
    "NumericEquals": lambda wanted, value: float(value) == float(wanted),
    "NumericGreaterThan": lambda wanted, value: float(value) > float(wanted),
    "NumericGreaterThanEquals": lambda wanted, value: float(value) >= float(wanted),
    "NumericLessThan": lambda wanted, value: float(value) < float(wanted),
    "NumericLessThanEquals": lambda wanted, value: float(value) <= float(wanted),
    "StringEquals": lambda wanted, value: wanted == value,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "StringLike": _like,
}


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - as it is written
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
