"""The `Condition` element: tests of condition keys, all of which must hold.

Sources: IAM/reference_policies_elements_condition_operators,
IAM/reference_policies_condition-single-vs-multi-valued-context-keys (set operators),
IAM/reference_policies_condition-logic-multiple-context-keys-or-values (AND, OR and NOR).
"""

import re
from dataclasses import dataclass
from enum import Enum, unique

from cicdgen.cloudformation.text import Text
from cicdgen.cloudformation.truth import Truth, all_of, any_of, negated
from cicdgen.cloudformation.values import Path
from cicdgen.iam.context import Context, Presence
from cicdgen.iam.operators import OPERATORS, Operator
from cicdgen.iam.pattern import Pattern

_NAME = re.compile(r"(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?")


@unique
class SetOperator(Enum):
    """How the values of a multivalued key are tested."""

    ALL = "ForAllValues"
    ANY = "ForAnyValue"


@dataclass(frozen=True, kw_only=True)
class Test:
    """One key under one operator.

    Attributes:
        written: The operator as the policy names it.
        key: The condition key as the policy names it.
        operator: What compares; None for `Null`.
        values: The policy's values.
        over: The set operator, if any.
        if_exists: Whether a key that is absent passes.
        path: Where the values stand in the template.
    """

    __test__ = False

    written: str
    key: str
    operator: Operator | None
    values: tuple[Pattern, ...]
    over: SetOperator | None
    if_exists: bool
    path: Path

    def holds(self, context: Context) -> Truth:
        """Whether the request passes the test."""
        values = context.get(self.key.lower())
        if self.operator is None:
            return self._is_null(values)
        if values is Presence.UNKNOWN:
            return None
        if isinstance(values, Presence) or not values:
            return self._without_value(self.operator)
        answers = [self._passes(value, self.operator, context) for value in values]
        match self.over:
            case SetOperator.ALL:
                empty = all(not value.code for value in values)
                return True if empty else all_of(answers)
            case SetOperator.ANY:
                return any_of(answers)
            case None:
                # With several values AWS wants a set operator, and does not say what it does else.
                return answers[0] if len(set(answers)) == 1 else None

    def _without_value(self, operator: Operator) -> Truth:
        match self.over:
            case SetOperator.ALL:
                return True
            case SetOperator.ANY:
                # False by the page on set operators, and true by what is said of `IfExists`.
                return None if self.if_exists else False
            case None:
                return self.if_exists or operator.negated

    def _passes(self, value: Text, operator: Operator, context: Context) -> Truth:
        answer = any_of(self._matches(pattern, value, operator, context) for pattern in self.values)
        return negated(answer) if operator.negated else answer

    @staticmethod
    def _matches(pattern: Pattern, value: Text, operator: Operator, context: Context) -> Truth:
        if pattern.has_variables and operator.variables is None:
            return None
        code = pattern.filled(context)
        return False if code is None else operator.compare(code, value.code)

    def _is_null(self, values: tuple[Text, ...] | Presence) -> Truth:
        """Whether the key is absent, if `true` is asked for, or has a value, if `false` is."""
        match values:
            case Presence.UNKNOWN:
                return None
            case Presence.ABSENT | ():
                absent: Truth = True
            case _:
                # AWS calls a value null that is an empty string, and does not say when it is one.
                absent = False if any(value.code for value in values) else None
        wanted = [{"true": True, "false": False}.get(str(each).lower()) for each in self.values]
        return any_of(None if None in (each, absent) else each == absent for each in wanted)


def read_operator(name: str) -> tuple[SetOperator | None, Operator | None, bool] | None:
    """The set operator, the operator (None for `Null`) and whether it ends in `IfExists`.

    Returns:
        None if there is no such operator.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    over = SetOperator(found[1]) if found[1] else None
    if found[2] == "Null":
        return None if found[3] else (over, None, False)
    known = OPERATORS.get(found[2])
    return (over, known, found[3] is not None) if known else None
