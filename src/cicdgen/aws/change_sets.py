"""Change sets: proposed, described with all pages, executed, discarded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicdgen.aws.described import ChangeSet, Validation, described
from cicdgen.aws.failing import CallError

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What CreateChangeSet is asked for.

    Attributes:
        kind: `CREATE` or `UPDATE`.
        body: the template; None if it lies at `url`.
        parameters: name and value; None for the value that the stack has.
        description: marks the run that made it.
    """

    stack: str
    name: str
    kind: str
    token: str
    body: str | None = None
    url: str | None = None
    parameters: tuple[tuple[str, str | None], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    capabilities: tuple[str, ...] = ()
    role_arn: str | None = None
    notification_arns: tuple[str, ...] = ()
    on_failure: str | None = None
    imports_existing: bool = False
    description: str = ""


def create(caller: Caller, request: Request) -> str:
    """Ask for a change set, and return its ARN.

    One of the same name that is there already is not replaced: it is returned.
    """
    try:
        return str(caller.call("create_change_set", _arguments(request))["Id"])
    except CallError as error:
        if error.code not in {"AlreadyExistsException", "AlreadyExists"}:
            raise
        return describe(caller, request.name, request.stack).id


def _arguments(request: Request) -> dict[str, Any]:
    arguments = {
        "StackName": request.stack,
        "ChangeSetName": request.name,
        "ChangeSetType": request.kind,
        "ClientToken": request.token,
        "Description": request.description,
        "TemplateBody": request.body,
        "TemplateURL": request.url,
        "Parameters": [_parameter(name, value) for name, value in request.parameters],
        "Tags": [{"Key": key, "Value": value} for key, value in request.tags],
        "Capabilities": list(request.capabilities),
        "RoleARN": request.role_arn,
        "NotificationARNs": list(request.notification_arns),
        "OnStackFailure": request.on_failure,
        "ImportExistingResources": request.imports_existing,
    }
    return {name: value for name, value in arguments.items() if value}


def _parameter(name: str, value: str | None) -> dict[str, Any]:
    if value is None:
        return {"ParameterKey": name, "UsePreviousValue": True}
    return {"ParameterKey": name, "ParameterValue": value}


def describe(caller: Caller, name: str, stack: str | None = None) -> ChangeSet:
    """The change set with every page of its changes, property values included."""
    arguments: dict[str, Any] = {"ChangeSetName": name, "IncludePropertyValues": True}
    if stack is not None:
        arguments["StackName"] = stack
    first = answer = caller.call("describe_change_set", arguments)
    rows = list(answer.get("Changes", ()))
    while token := answer.get("NextToken"):
        answer = caller.call("describe_change_set", {**arguments, "NextToken": token})
        rows += answer.get("Changes", ())
    return described(first, rows)


def execute(
    caller: Caller, change_set: ChangeSet, token: str, *, keeps_what_succeeded: bool
) -> None:
    """Begin to execute it.

    Args:
        caller: who calls.
        change_set: which.
        token: comes back in every event of the operation; a call that is repeated has the same.
        keeps_what_succeeded: `--disable-rollback`.
    """
    arguments: dict[str, Any] = {"ChangeSetName": change_set.id, "ClientRequestToken": token}
    if keeps_what_succeeded:
        arguments["DisableRollback"] = True
    caller.call("execute_change_set", arguments)


def discard(caller: Caller, change_set: ChangeSet) -> None:
    """Delete it; one that is gone already is no error."""
    try:
        caller.call("delete_change_set", {"ChangeSetName": change_set.id})
    except CallError as error:
        if error.code not in {"ChangeSetNotFound", "ChangeSetNotFoundException"}:
            raise


def others(caller: Caller, stack: str) -> tuple[str, ...]:
    """The ARNs of the stack's change sets."""
    rows = caller.pages("list_change_sets", "Summaries", {"StackName": stack})
    return tuple(row["ChangeSetId"] for row in rows)


def validations(caller: Caller, change_set: ChangeSet) -> tuple[Validation, ...]:
    """What early validation found (AWSCloudFormation/latest/UserGuide/validate-stack-deployments).

    Raises:
        CallError: also where the endpoint does not know the operation.
    """
    rows = caller.pages("describe_events", "OperationEvents", {"ChangeSetName": change_set.id})
    return tuple(
        Validation(
            name=row.get("ValidationName", ""),
            logical_id=row.get("LogicalResourceId", ""),
            path=row.get("ValidationPath", ""),
            reason=row.get("ValidationStatusReason", ""),
            fails=row.get("ValidationFailureMode") == "FAIL",
        )
        for row in rows
        if row.get("EventType") == "VALIDATION_ERROR"
    )
