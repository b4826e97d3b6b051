"""What no hop needs: statements, actions and resources that could go, and nothing would break.

A statement is judged only where the hops of everyone whom it serves are known. Conditions and
principals are not judged: a condition that no hop needs keeps strangers out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cicdgen.cloudformation import Path, Text
from cicdgen.iam import (
    Allowed,
    Answer,
    Effect,
    Policies,
    Request,
    RoleSession,
    Service,
    Statement,
    decide,
)
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.refusals import refuses_something
from cicdgen.proof.sufficient import Judged

_NEED_BOTH = frozenset({"kms"})
"""Services where an identity policy counts only if the resource's policy hands on to it."""


@dataclass(frozen=True, kw_only=True)
class Excess:
    """Something that no hop needs.

    Attributes:
        path: Where it stands.
        statement: The statement, as a person finds it.
        what: `statement`, `action` or `resource`; `role` for one that a policy hangs on for
            nothing; `refusal` for a `Deny` that refuses nothing.
        value: The action, the resource or the role.
    """

    path: Path
    statement: str
    what: str
    value: str = ""

    def __str__(self) -> str:
        match self.what:
            case "statement":
                return f"{self.statement}: no hop needs it"
            case "role":
                return f"{self.statement}: no hop needs anything of it for the role {self.value}"
            case "refusal":
                return f"{self.statement}: it refuses nothing that is otherwise allowed"
            case _:
                return f"{self.statement}: no hop needs the {self.what} {self.value}"


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """What came of it.

    Attributes:
        excess: What no hop needs.
        statements: Those that were judged, each as a person finds it.
        unjudged: Those that were not, each as a person finds it: not everyone whom they serve is
            known.
    """

    excess: tuple[Excess, ...]
    statements: tuple[str, ...]
    unjudged: tuple[str, ...]


class _Use(NamedTuple):
    """A request that is allowed, and by which statements."""

    request: Request
    by: Sequence[Statement]


def weigh(judged: Iterable[Judged], doubts: Iterable[Doubt], policies: Policies) -> Weighed:
    """Everything in the policies of a stack that no hop needs.

    Args:
        judged: Every hop, with its answers.
        doubts: What the catalogue could not tell.
        policies: The policies that the hops were decided by.
    """
    return _Scale(tuple(judged), tuple(doubts), policies).weighed()


class _Scale:
    """Weighs the statements of one stack."""

    def __init__(
        self, judged: tuple[Judged, ...], doubts: tuple[Doubt, ...], policies: Policies
    ) -> None:
        self._policies = policies
        self._uses: dict[int, list[_Use]] = {}
        self._wanted: dict[int, list[Request]] = {}
        self._allowed: list[Request] = []
        for each in judged:
            for call, answers in zip(each.hop.calls, each.answers, strict=True):
                for way, answer in zip(call.ways, answers, strict=True):
                    self._take(way, answer)
        doubtful = {doubt.path[1] for doubt in doubts if len(doubt.path) > 1}
        callers = [
            (each.hop.of, way.principal)
            for each in judged
            for call in each.hop.calls
            for way in call.ways
        ]
        unclear = {
            who.role for of, who in callers if isinstance(who, RoleSession) and of in doubtful
        }
        roles = {who.role for _, who in callers if isinstance(who, RoleSession)}
        self._roles = roles - unclear
        self._is_anyone_unclear = bool(unclear) or not policies.principals <= roles
        self._services = {who.name for _, who in callers if isinstance(who, Service)}

    def weighed(self) -> Weighed:
        """Judge every statement that can be judged."""
        excess: list[Excess] = []
        unjudged: list[str] = []
        statements: list[str] = []
        for statement, can_judge in self._statements():
            if not can_judge:
                unjudged.append(_label(statement))
                continue
            statements.append(_label(statement))
            if statement.effect is Effect.DENY:
                found = self._idle(statement)
            else:
                found = self._excess(statement)
            excess += found
        excess += self._idle_roles()
        return Weighed(excess=tuple(excess), statements=tuple(statements), unjudged=tuple(unjudged))

    def _take(self, way: Request, answer: Answer) -> None:
        if isinstance(answer, Allowed):
            use = _Use(way, answer.by)
            self._allowed.append(way)
            for statement in answer.by:
                self._uses.setdefault(id(statement), []).append(use)
            return
        # What a hop would need that is refused, or not known, is not in excess for that.
        principal = way.principal
        held = self._policies.of_resource(way.service, way.resource).policies
        if isinstance(principal, RoleSession):
            held = (*held, *self._policies.of_principal(principal.arn).identity)
        for document, _ in held:
            for statement in document.statements:
                if statement.about(way) is not False:
                    self._wanted.setdefault(id(statement), []).append(way)

    def _statements(self) -> Iterator[tuple[Statement, bool]]:
        """Every statement of the template, and whether it can be judged."""
        owners: dict[int, list[Text]] = {}
        seen: dict[int, Statement] = {}
        for policy in self._policies.identity:
            for statement in policy.document.statements:
                if statement.origin.path[:1] == ("Resources",):
                    owners.setdefault(id(statement), []).append(policy.to)
                    seen[id(statement)] = statement
        for key, statement in seen.items():
            yield statement, all(owner in self._roles for owner in owners[key])
        done: set[int] = set()
        for held in self._policies.resource:
            for statement in held.document.statements:
                written = statement.origin.path[:1] == ("Resources",)
                default = statement.origin.resource.startswith("default ")
                if written and not default and id(statement) not in done:
                    done.add(id(statement))
                    yield statement, self._serves_known(statement, held.service, held.to)

    def _serves_known(self, statement: Statement, service: str, on: Text) -> bool:
        """Whether the hops of everyone are known whom a statement of a resource is for."""
        if statement.effect is Effect.DENY:
            return True
        if statement.grantees is None or statement.grantees.negated:
            return False
        if service == "sts":
            return on in self._roles and all(
                entry.kind == "Service" and entry.value.known in self._services
                for entry in statement.grantees.entries
            )
        for kind, value, _ in statement.grantees.entries:
            is_role = kind == "AWS" and value in self._roles
            is_service = kind == "Service" and value.known in self._services
            is_account = (
                kind == "AWS"
                and service == "kms"
                and not self._is_anyone_unclear
                and self._policies.account.code in value.code
                and (value == self._policies.account or value.code.endswith(":root"))
            )
            if not (is_role or is_service or is_account):
                return False
        return True

    def _excess(self, statement: Statement) -> Iterator[Excess]:
        uses = self._uses.get(id(statement), [])
        label = _label(statement)
        if not self._is_needed(uses, statement, None):
            yield Excess(path=statement.origin.path, statement=label, what="statement")
            return
        actions, resources = statement.actions, statement.resources
        if not actions.negated and len(actions.patterns) > 1:
            for i, (pattern, path) in enumerate(zip(actions.patterns, actions.paths, strict=True)):
                if not self._is_needed(uses, statement, statement.without_action(i)):
                    yield Excess(path=path, statement=label, what="action", value=str(pattern))
        if resources is not None and not resources.negated and len(resources.patterns) > 1:
            for i, (pattern, path) in enumerate(
                zip(resources.patterns, resources.paths, strict=True)
            ):
                if not self._is_needed(uses, statement, statement.without_resource(i)):
                    yield Excess(path=path, statement=label, what="resource", value=str(pattern))

    def _idle_roles(self) -> Iterator[Excess]:
        """Roles that share a policy, and need nothing of what it says."""
        owners = Counter(id(policy.document) for policy in self._policies.identity)
        for policy in self._policies.identity:
            statements = policy.document.statements
            if owners[id(policy.document)] == 1 or not statements or not policy.certain:
                continue
            origin = statements[0].origin
            judged = policy.to in self._roles and origin.path[:1] == ("Resources",)
            if judged and not any(self._serves(each, policy.to) for each in statements):
                yield Excess(
                    path=(*origin.path[:3], "Roles"),
                    statement=origin.resource,
                    what="role",
                    value=str(policy.to).rpartition("/")[2].strip("${}"),
                )

    def _serves(self, statement: Statement, role: Text) -> bool:
        """Whether a role makes a call that a statement has a part in."""
        if statement.effect is Effect.DENY:
            return True
        ways = [use.request for use in self._uses.get(id(statement), ())]
        ways += self._wanted.get(id(statement), ())
        return any(isinstance(w.principal, RoleSession) and w.principal.role == role for w in ways)

    def _is_needed(self, uses: list[_Use], old: Statement, new: Statement | None) -> bool:
        """Whether some request is no longer allowed with a statement changed, or left out."""

        def is_touched(use: _Use) -> bool:
            return new is None or new.about(use.request) is not True

        for way in self._wanted.get(id(old), ()):
            if new is None or new.about(way) != old.about(way):
                return True
        if any(_decides_alone(old, use) and is_touched(use) for use in uses):
            return True
        touched = [use for use in uses if is_touched(use)]
        if not touched:
            return False
        changed = self._policies.replaced(old, new)
        return any(not isinstance(decide(use.request, changed), Allowed) for use in touched)

    def _idle(self, statement: Statement) -> Iterator[Excess]:
        if refuses_something(statement, self._allowed, self._policies) is False:
            yield Excess(path=statement.origin.path, statement=_label(statement), what="refusal")


def _decides_alone(statement: Statement, use: _Use) -> bool:
    """Whether a request is surely denied without a statement: a short way round deciding again."""
    if len(use.by) == 1:
        return True
    if use.request.service not in _NEED_BOTH:
        return False
    beside = [
        each
        for each in use.by
        if each is not statement and (each.grantees is None) == (statement.grantees is None)
    ]
    if beside:
        return False
    if statement.grantees is not None:
        return True
    named = [
        each.grantees.named(use.request.principal) for each in use.by if each.grantees is not None
    ]
    return all(ways.itself is False and ways.role is False for ways in named)


def _label(statement: Statement) -> str:
    origin = statement.origin
    return f"{origin.resource} statement {origin.sid or origin.index + 1}"
