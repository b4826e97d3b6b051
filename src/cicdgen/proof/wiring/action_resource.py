"""Each action that a statement names works on one of the resources beside it.

CreateDeployment works on a deployment group, not on an application; PutObject on objects, not on
their bucket; and some actions on `*` alone. A statement with the wrong ARN is valid and allows
nothing (failure 9). Source: service-authorization/reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation.text import ANY_ONE, ANY_RUN, can_match
from cicdgen.iam import ActionFacts, action_facts
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.granted import identity_statements, resource_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack, Text
    from cicdgen.iam import Statement

NAME = "action-resource"
_EVERY_GROUP = frozenset(
    {"logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:PutResourcePolicy"}
)
"""Actions of which Logs asks whether they are allowed on every log group of the account.

Source: AmazonCloudWatchLogs/AWS-logs-infrastructure-CWL. The reference gives them no resource.
"""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every action that is spelled out, in every statement."""
    for statement in (*identity_statements(stack), *resource_statements(stack)):
        if statement.resources is None or statement.resources.negated or statement.actions.negated:
            continue
        resources = [pattern.source for pattern in statement.resources.patterns]
        pairs = zip(statement.actions.patterns, statement.actions.paths, strict=True)
        for pattern, path in pairs:
            action = pattern.source.known
            if action is not None and not set(action) & {"*", "?"}:
                yield from _works(action, resources, path, statement)


def _works(
    action: str, resources: list[Text], path: Path, statement: Statement
) -> Iterator[Remark]:
    facts = action_facts(action)
    if facts is None:
        because = f"there is no action {action} in the service authorization reference"
        yield Doubt(check=NAME, path=path, because=because)
        return
    if any(_fits(facts, resource) for resource in resources):
        return
    if facts.name in _EVERY_GROUP and any(_is_every_group(each) for each in resources):
        return
    listed = ", ".join(map(str, resources))
    forms = ", ".join(each.arn for each in facts.resource_types)
    yield Flaw(
        check=NAME,
        path=path,
        message=f"{facts.name} does not work on {listed}: {statement.effect.value} has no effect",
        fix=f"name {forms}" if forms else f'{facts.name} can only be named on "*"',
        source="service-authorization/reference",
    )


def _fits(facts: ActionFacts, resource: Text) -> bool:
    if resource.code in {"", "*"} or resource.only is not None:
        # Nothing at all is a parameter that waits for a value.
        return True
    code = resource.code.replace("*", ANY_RUN).replace("?", ANY_ONE)
    if not facts.resource_types:
        return can_match(code, "*", is_pattern=True)
    return any(can_match(each.pattern, code, is_pattern=True) for each in facts.resource_types)


def _is_every_group(resource: Text) -> bool:
    last = resource.code.split(":", 5)[-1]
    return ":logs:" in resource.code and last in {"*", "*:*", "log-group:*", "log-group:*:*"}
