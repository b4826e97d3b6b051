"""Stacks: what they are, what happens to them, and the calls that change one as a whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicdgen.aws.failing import CallError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.aws.calling import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack as DescribeStacks has it.

    Attributes:
        id: its ARN, which stays its own when the name is used again.
        status: e.g. `UPDATE_COMPLETE`.
        reason: why it has that status; empty if AWS does not say.
        outputs: key and value, in AWS's order.
        parameters: name and value; of one that AWS hides the value is asterisks.
        is_protected: whether deleting it is refused.
    """

    id: str
    name: str
    status: str
    reason: str = ""
    outputs: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    is_protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of a stack's history.

    Attributes:
        id: unique.
        at: UTC, ISO 8601.
        token: of the call that began the operation it belongs to.
    """

    id: str
    at: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    token: str
    stack_id: str

    @property
    def is_of_stack(self) -> bool:
        """Whether it is about the stack itself."""
        return self.physical_id == self.stack_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource of a stack as ListStackResources has it."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str = ""


def find(caller: Caller, name: str) -> Stack | None:
    """The stack of that name or ARN; None if there is none.

    A stack that was deleted is found by its ARN alone
    (AWSCloudFormation/latest/APIReference/API_DescribeStacks).
    """
    try:
        answer = caller.call("describe_stacks", {"StackName": name})
    except CallError as error:
        if is_absence(error):
            return None
        raise
    found: list[dict[str, Any]] = answer.get("Stacks", [])
    return _stack(found[0]) if found else None


def is_absence(error: CallError) -> bool:
    """Whether AWS says that there is no such stack: it has no code of its own for that."""
    return error.code == "ValidationError" and "does not exist" in error.text


def _stack(found: dict[str, Any]) -> Stack:
    return Stack(
        id=found["StackId"],
        name=found["StackName"],
        status=found["StackStatus"],
        reason=found.get("StackStatusReason", ""),
        outputs=tuple(
            (each["OutputKey"], each.get("OutputValue", "")) for each in found.get("Outputs", ())
        ),
        parameters=tuple(
            (each["ParameterKey"], each.get("ResolvedValue", each.get("ParameterValue", "")))
            for each in found.get("Parameters", ())
        ),
        is_protected=bool(found.get("EnableTerminationProtection")),
    )


def template(caller: Caller, stack: str, change_set: str | None = None) -> str:
    """The template as it was sent, of a stack or of one of its change sets.

    botocore turns a JSON template into a document: it is text again here, without white space.
    """
    arguments = {"StackName": stack, "TemplateStage": "Original"}
    if change_set is not None:
        arguments["ChangeSetName"] = change_set
    body = caller.call("get_template", arguments)["TemplateBody"]
    return body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))


def events(caller: Caller, stack: str) -> Iterator[Event]:
    """What happened, the newest first; a page is asked for when it is reached."""
    for row in caller.pages("describe_stack_events", "StackEvents", {"StackName": stack}):
        yield Event(
            id=row["EventId"],
            at=row["Timestamp"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            logical_id=row.get("LogicalResourceId", ""),
            physical_id=row.get("PhysicalResourceId", ""),
            type=row.get("ResourceType", ""),
            status=row.get("ResourceStatus", ""),
            reason=row.get("ResourceStatusReason", ""),
            token=row.get("ClientRequestToken", ""),
            stack_id=row["StackId"],
        )


def resources(caller: Caller, stack: str) -> tuple[Resource, ...]:
    """Every resource of the stack, of all pages."""
    rows = caller.pages("list_stack_resources", "StackResourceSummaries", {"StackName": stack})
    return tuple(
        Resource(
            logical_id=row["LogicalResourceId"],
            physical_id=row.get("PhysicalResourceId", ""),
            type=row["ResourceType"],
            status=row["ResourceStatus"],
            reason=row.get("ResourceStatusReason", ""),
        )
        for row in rows
    )


def delete(
    caller: Caller,
    stack: str,
    token: str,
    *,
    retain: Sequence[str] = (),
    role_arn: str | None = None,
) -> None:
    """Begin to delete it. `retain` names resources that failed to be deleted before."""
    arguments: dict[str, Any] = {"StackName": stack, "ClientRequestToken": token}
    if retain:
        arguments["RetainResources"] = list(retain)
    if role_arn:
        arguments["RoleARN"] = role_arn
    caller.call("delete_stack", arguments)


def protect(caller: Caller, stack: str, *, on: bool) -> None:
    """Switch termination protection."""
    caller.call(
        "update_termination_protection", {"StackName": stack, "EnableTerminationProtection": on}
    )


def policy(caller: Caller, stack: str) -> str | None:
    """The stack policy's text; None if it has none."""
    return caller.call("get_stack_policy", {"StackName": stack}).get("StackPolicyBody")


def set_policy(caller: Caller, stack: str, text: str) -> None:
    """Give it a stack policy, in place of any other."""
    caller.call("set_stack_policy", {"StackName": stack, "StackPolicyBody": text})


def continue_rollback(
    caller: Caller, stack: str, token: str, skip: Sequence[str], role_arn: str | None
) -> None:
    """Go on with the rollback of an update that failed, from UPDATE_ROLLBACK_FAILED."""
    arguments: dict[str, Any] = {"StackName": stack, "ClientRequestToken": token}
    if skip:
        arguments["ResourcesToSkip"] = list(skip)
    if role_arn:
        arguments["RoleARN"] = role_arn
    caller.call("continue_update_rollback", arguments)


def roll_back(caller: Caller, stack: str, token: str, role_arn: str | None) -> None:
    """Roll back what was kept of a failure, from CREATE_FAILED or UPDATE_FAILED."""
    arguments: dict[str, Any] = {"StackName": stack, "ClientRequestToken": token}
    if role_arn:
        arguments["RoleARN"] = role_arn
    caller.call("rollback_stack", arguments)
