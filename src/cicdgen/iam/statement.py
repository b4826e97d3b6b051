"""Statements and documents of policies, as values that know where they were written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, unique
from functools import cached_property
from typing import TypeVar

from cicdgen.cloudformation.truth import Truth, all_of, any_of, negated
from cicdgen.cloudformation.values import Path, written
from cicdgen.iam.condition import Test
from cicdgen.iam.context import Context
from cicdgen.iam.grantees import Grantees
from cicdgen.iam.pattern import Pattern, matches, matches_resource
from cicdgen.iam.request import Request

_COLONS_BEFORE_RESOURCE = 5


@unique
class Effect(Enum):
    """What a statement does."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a statement comes from.

    Attributes:
        resource: The logical id, or the ARN of a policy that is not in the template.
        path: Where in the template the statement stands.
        sid: Its `Sid`.
        index: Which statement of its document it is, from 0.
    """

    resource: str
    path: Path
    sid: str | None = None
    index: int = 0

    def __str__(self) -> str:
        label = f"“{self.sid}”" if self.sid else f"statement {self.index + 1}"
        return f"{label} of {self.resource} ({written(self.path)})"


@dataclass(frozen=True)
class Actions:
    """The `Action` element, or (`negated`) `NotAction`.

    Attributes:
        patterns: Its values.
        paths: Where each stands in the template.
        negated: Whether it lists what is left out.
    """

    patterns: tuple[Pattern, ...]
    paths: tuple[Path, ...]
    negated: bool = False

    def match(self, action: str) -> Truth:
        """Whether the element is about an action, given in lower case."""
        if action in self._answers:
            return self._answers[action]
        found = any_of(matches(code, action) for code in self._codes)
        answer = self._answers[action] = negated(found) if self.negated else found
        return answer

    @cached_property
    def _codes(self) -> tuple[str, ...]:
        return tuple(str(pattern.parts[0]).lower() for pattern in self.patterns)

    @cached_property
    def _answers(self) -> dict[str, Truth]:
        return {}


@dataclass(frozen=True)
class Resources:
    """The `Resource` element, or (`negated`) `NotResource`; as `Actions`."""

    patterns: tuple[Pattern, ...]
    paths: tuple[Path, ...]
    negated: bool = False

    def match(self, resource: str, context: Context) -> Truth:
        """Whether the element is about a resource, given by the code of its ARN."""
        if resource in self._answers:
            return self._answers[resource]
        found = any_of(self._covers(pattern, resource, context) for pattern in self.patterns)
        answer = negated(found) if self.negated else found
        if not self._varies:
            self._answers[resource] = answer
        return answer

    def _covers(self, pattern: Pattern, resource: str, context: Context) -> Truth:
        if not pattern.has_variables:
            return matches_resource(str(pattern.parts[0]), resource)
        code = pattern.filled(context)
        # A variable is for the part after the fifth colon: what one before it does is not told.
        head = pattern.parts[0]
        in_place = isinstance(head, str) and head.count(":") >= _COLONS_BEFORE_RESOURCE
        answer = False if code is None else matches_resource(code, resource)
        if answer is True and not in_place:
            return None
        # A variable without a value matches no resource. What that makes of NotResource, the page
        # on variables leaves open: it also calls such a statement invalid.
        return None if self.negated and not answer and pattern.may_lack_value(context) else answer

    @cached_property
    def _varies(self) -> bool:
        return any(pattern.has_variables for pattern in self.patterns)

    @cached_property
    def _answers(self) -> dict[str, Truth]:
        return {}


_Element = TypeVar("_Element", Actions, Resources)


def _without(element: _Element, index: int) -> _Element | None:
    if len(element.patterns) == 1:
        return None
    return replace(
        element,
        patterns=element.patterns[:index] + element.patterns[index + 1 :],
        paths=element.paths[:index] + element.paths[index + 1 :],
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Statement:
    """One statement. Statements are told apart by identity: the same words may stand twice.

    Attributes:
        origin: Where it comes from.
        effect: Whether it allows or denies.
        actions: Which actions it is about.
        resources: Which resources; None if it is about what the policy hangs on.
        grantees: Whom it is about; None in a policy that hangs on an identity.
        tests: What must hold, besides.
    """

    origin: Origin
    effect: Effect
    actions: Actions
    resources: Resources | None = None
    grantees: Grantees | None = None
    tests: tuple[Test, ...] = ()

    def about(self, request: Request) -> Truth:
        """Whether action, resource and condition fit a request; the principal is not looked at."""
        action = self.actions.match(request.folded_action)
        if action is False:
            return False
        context = request.context
        resource = (
            True if self.resources is None else self.resources.match(request.resource.code, context)
        )
        if resource is False:
            return False
        if not self.tests:
            return True if action and resource else None
        tests = all_of(test.holds(context) for test in self.tests)
        return all_of((action, resource, tests))

    def without_action(self, index: int) -> "Statement | None":
        """The statement without one value of its (Not)Action; None if that was the only one."""
        actions = _without(self.actions, index)
        return None if actions is None else replace(self, actions=actions)

    def without_resource(self, index: int) -> "Statement | None":
        """The statement without one value of its (Not)Resource; None if that was the only one."""
        resources = None if self.resources is None else _without(self.resources, index)
        return None if resources is None else replace(self, resources=resources)

    def without_test(self, index: int) -> "Statement":
        """The statement without one of its tests."""
        return replace(self, tests=self.tests[:index] + self.tests[index + 1 :])

    def __str__(self) -> str:
        return str(self.origin)


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A statement or a document that cannot be judged: what depends on it is unknown.

    Attributes:
        origin: Where it comes from.
        why: What is wrong with it, or what is not known.
        allows_only: Whether it is taken to deny nothing.
    """

    origin: Origin
    why: str
    allows_only: bool = False

    def __str__(self) -> str:
        return f"{self.origin}: {self.why}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Document:
    """A policy document.

    Attributes:
        origin: Where it comes from.
        statements: Its statements, in order.
        unreadable: What of it cannot be judged.
    """

    origin: Origin
    statements: Sequence[Statement] = ()
    unreadable: Sequence[Unreadable] = ()

    def replaced(self, old: Statement, new: Statement | None) -> "Document":
        """The document with one statement replaced, or left out."""
        kept = (new if each is old else each for each in self.statements)
        return replace(self, statements=tuple(each for each in kept if each is not None))
