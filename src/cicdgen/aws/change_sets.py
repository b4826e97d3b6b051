"""Change sets: proposed, described with all pages, executed, discarded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """Why one place of a resource changes.

    Attributes:
        path: e.g. `/Properties/BucketName`, or the attribute's name.
        recreation: `Never`, `Conditionally`, `Always`.
        cause: what it follows from: an entity's name, or nothing for the template's own text.
    """

    path: str
    before: str | None = None
    after: str | None = None
    recreation: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the change set does to one resource, in AWS's words."""

    action: str
    logical_id: str
    type: str
    physical_id: str = ""
    replacement: str = ""
    policy_action: str = ""
    scope: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """A change set as DescribeChangeSet has it, of all pages."""

    id: str
    name: str
    stack_id: str
    status: str
    execution: str
    reason: str = ""
    description: str = ""
    changes: tuple[Change, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    capabilities: tuple[str, ...] = ()
    reverts_drift: bool = False

    @property
    def is_pending(self) -> bool:
        """Whether AWS is still at it."""
        return self.status in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}

    @property
    def is_empty(self) -> bool:
        """Whether it failed because nothing changes. AWS has no status of its own for that."""
        return self.status == "FAILED" and any(text in self.reason for text in _EMPTY)

    @property
    def is_executable(self) -> bool:
        """Whether it can be executed now."""
        return self.status == "CREATE_COMPLETE" and self.execution == "AVAILABLE"


# The two texts that AWS uses; the second where a transform takes part.
_EMPTY = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """A finding of AWS's early validation of a change set.

    Attributes:
        fails: whether the change set fails by it, or it is a warning.
    """

    name: str
    logical_id: str
    path: str
    reason: str
    fails: bool


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
    return ChangeSet(
        id=first["ChangeSetId"],
        name=first["ChangeSetName"],
        stack_id=first["StackId"],
        status=first["Status"],
        execution=first.get("ExecutionStatus", ""),
        reason=first.get("StatusReason", ""),
        description=first.get("Description", ""),
        changes=tuple(_change(row["ResourceChange"]) for row in rows if "ResourceChange" in row),
        parameters=tuple(
            (each["ParameterKey"], each.get("ParameterValue", ""))
            for each in first.get("Parameters", ())
        ),
        tags=tuple((each["Key"], each["Value"]) for each in first.get("Tags", ())),
        capabilities=tuple(first.get("Capabilities", ())),
        reverts_drift=first.get("DeploymentMode") == "REVERT_DRIFT",
    )


def _change(row: dict[str, Any]) -> Change:
    return Change(
        action=row.get("Action", ""),
        logical_id=row.get("LogicalResourceId", ""),
        type=row.get("ResourceType", ""),
        physical_id=row.get("PhysicalResourceId", ""),
        replacement=row.get("Replacement", ""),
        policy_action=row.get("PolicyAction", ""),
        scope=tuple(row.get("Scope", ())),
        details=tuple(_detail(each) for each in row.get("Details", ())),
    )


def _detail(row: dict[str, Any]) -> Detail:
    target = row.get("Target", {})
    name = "/".join(filter(None, (target.get("Attribute", ""), target.get("Name", ""))))
    return Detail(
        path=target.get("Path", "") or name,
        before=target.get("BeforeValue"),
        after=target.get("AfterValue"),
        recreation=target.get("RequiresRecreation", ""),
        cause=row.get("CausingEntity", ""),
    )


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
