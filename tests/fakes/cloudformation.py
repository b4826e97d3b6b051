"""CloudFormation: the state machine of stacks and change sets, strict, over HTTP.

It answers what AWS's documentation says it answers, each case with its page; what it does not model
is an `UnknownError`, which fails the test. Pages are UserGuide, TemplateReference and APIReference
under AWSCloudFormation/latest.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.fakes import cloudformation_operations as operations
from tests.fakes import cloudformation_template as templates
from tests.fakes.cloudformation_stack import (
    ACCOUNT,
    REGION,
    ChangeSet,
    Stack,
    Troubles,
    number,
)
from tests.fakes.wire import AwsError, UnknownError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.cloudformation_s3 import Buckets
    from tests.fakes.wire import Members

NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set."
)
_UPDATABLE = {
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    # UserGuide/stack-failure-options
    "CREATE_FAILED",
    "UPDATE_FAILED",
}


class CloudFormation:
    """One account's stacks in one region.

    Args:
        now: the service's time in seconds.
        buckets: S3's, from which templates are read and which deletion looks into.
        change_set_seconds: how long a change set takes.
        stack_seconds: how long an operation of a stack takes.
        page: rows of a page, of every call that has pages.
    """

    def __init__(
        self,
        now: Callable[[], float],
        buckets: Buckets,
        *,
        change_set_seconds: float = 2,
        stack_seconds: float = 20,
        page: int = 100,
    ) -> None:
        self.now = now
        self.buckets = buckets
        self.change_set_seconds = change_set_seconds
        self.stack_seconds = stack_seconds
        self.page = page
        self.troubles = Troubles()
        self.validations: list[dict[str, Any]] = []
        self.stacks: list[Stack] = []
        self.calls: list[tuple[str, Members]] = []
        self.operations: dict[str, Callable[[Members], Members]] = {
            "CreateChangeSet": self.create_change_set,
            "DescribeChangeSet": self.describe_change_set,
            "ExecuteChangeSet": self.execute_change_set,
            "DeleteChangeSet": self.delete_change_set,
            "ListChangeSets": self.list_change_sets,
            "DescribeStacks": self.describe_stacks,
            "DescribeStackEvents": self.describe_stack_events,
            "DescribeEvents": self.describe_events,
            "ListStackResources": self.list_stack_resources,
            "GetTemplate": self.get_template,
            "DeleteStack": self.delete_stack,
            "UpdateTerminationProtection": self.update_termination_protection,
            "GetStackPolicy": self.get_stack_policy,
            "SetStackPolicy": self.set_stack_policy,
            "ContinueUpdateRollback": self.continue_update_rollback,
            "RollbackStack": self.rollback_stack,
        }

    def answer(self, operation: str, members: Members) -> Members:
        """Answer one call."""
        if operation not in self.operations:
            raise UnknownError(operation)
        for stack in self.stacks:
            stack.advance()
        self.calls.append((operation, members))
        return self.operations[operation](members)

    def find(self, name: str) -> Stack | None:
        """By name, which a deleted stack has no more, or by ARN.

        API_DescribeStacks: a deleted stack is found by its unique id.
        """
        for stack in reversed(self.stacks):
            stack.advance()
            if stack.id == name or (stack.name == name and stack.status != "DELETE_COMPLETE"):
                return stack
        return None

    def _stack(self, members: Members) -> Stack:
        stack = self.find(members["StackName"])
        if stack is None:
            raise AwsError(
                "ValidationError", f"Stack with id {members['StackName']} does not exist"
            )
        return stack

    def create_change_set(self, members: Members) -> Members:
        """API_CreateChangeSet: CREATE makes a stack in REVIEW_IN_PROGRESS, UPDATE wants one."""
        stack = self.find(members["StackName"])
        kind = members.get("ChangeSetType", "UPDATE")
        name = members["ChangeSetName"]
        if kind == "CREATE" and stack is not None and stack.status != "REVIEW_IN_PROGRESS":
            raise AwsError(
                "ValidationError",
                f"Stack [{stack.name}] already exists and cannot be created with the changeset "
                f"[{name}].",
            )
        if kind == "UPDATE":
            stack = self._stack(members)
            if stack.status not in _UPDATABLE:
                raise AwsError(
                    "ValidationError",
                    f"Stack:{stack.id} is in {stack.status} state and can not be updated.",
                )
        if stack is not None and name in {each.name for each in stack.change_sets.values()}:
            known = next(each for each in stack.change_sets.values() if each.name == name)
            if known.token == members.get("ClientToken"):
                # API_CreateChangeSet, ClientToken: a request that is repeated makes no other.
                return {"Id": known.id, "StackId": stack.id}
            raise AwsError("AlreadyExistsException", f"ChangeSet {name} already exists")
        body = self._body(members)
        document = json.loads(body)
        parameters = self._parameters(members, stack)
        templates.validate(document, parameters)
        self._check_capabilities(document, members.get("Capabilities", []))
        if stack is None:
            stack = self._new(members["StackName"])
        change_set = self._change_set(members, stack, body, document, parameters)
        stack.change_sets[change_set.id] = change_set
        return {"Id": change_set.id, "StackId": stack.id}

    def _new(self, name: str) -> Stack:
        stack = Stack(
            name=name,
            id=f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/{number()}",
            status="REVIEW_IN_PROGRESS",
            now=self.now,
            is_full=self.buckets.is_full,
            make_bucket=self.buckets.make,
            drop_bucket=self.buckets.drop,
            seconds=self.stack_seconds,
            troubles=self.troubles,
        )
        stack.enter("REVIEW_IN_PROGRESS", "User Initiated")
        self.stacks.append(stack)
        return stack

    def _body(self, members: Members) -> str:
        """Inline up to 51,200 bytes, or from a bucket (API_CreateChangeSet)."""
        if "TemplateURL" in members:
            return self.buckets.by_url(members["TemplateURL"])
        body: str = members["TemplateBody"]
        if len(body.encode()) > 51_200:
            raise AwsError(
                "ValidationError",
                "1 validation error detected: Value at 'templateBody' failed to satisfy "
                "constraint: Member must have length less than or equal to 51200",
            )
        return body

    @staticmethod
    def _parameters(members: Members, stack: Stack | None) -> dict[str, str]:
        found = {}
        for each in members.get("Parameters", []):
            name = each["ParameterKey"]
            if not each.get("UsePreviousValue"):
                found[name] = each["ParameterValue"]
            elif stack is not None and name in stack.parameters:
                found[name] = stack.parameters[name]
        return found

    @staticmethod
    def _check_capabilities(document: dict[str, Any], given: list[str]) -> None:
        """API_CreateChangeSet, Capabilities: NAMED_IAM covers IAM."""
        needed = templates.capabilities(document)
        enough = {"CAPABILITY_IAM": {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"}}
        if needed and not enough.get(needed, {needed}) & set(given):
            raise AwsError(
                "InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]"
            )

    def _change_set(
        self,
        members: Members,
        stack: Stack,
        body: str,
        document: dict[str, Any],
        parameters: dict[str, str],
    ) -> ChangeSet:
        tags = {each["Key"]: each["Value"] for each in members.get("Tags", [])}
        is_new = stack.status == "REVIEW_IN_PROGRESS"
        before = {name: each.definition for name, each in stack.resources.items()}
        physical = {name: each.physical for name, each in stack.resources.items()}
        old = templates.evaluated(before, stack.parameters)
        new = templates.evaluated(document["Resources"], parameters)
        rows = templates.changes(
            {} if is_new else _meant(before, old, stack.parameters),
            _meant(document["Resources"], new, parameters),
            physical,
            retagged=not is_new and tags != stack.tags,
        )
        change_set = ChangeSet(
            id=f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:changeSet/{members['ChangeSetName']}/"
            f"{number()}",
            name=members["ChangeSetName"],
            kind=members.get("ChangeSetType", "UPDATE"),
            body=body,
            document=document,
            parameters=parameters,
            tags=tags,
            capabilities=members.get("Capabilities", []),
            description=members.get("Description", ""),
            on_failure=members.get("OnStackFailure"),
            token=members.get("ClientToken", ""),
            due=self.now() + self.change_set_seconds,
            changes=rows,
            validations=list(self.validations),
        )
        # UserGuide/validate-stack-deployments: FAIL fails the change set, WARN does not.
        if any(each["ValidationFailureMode"] == "FAIL" for each in self.validations):
            change_set.outcome = ("FAILED", "Validation failed: see DescribeEvents")
        outputs = document.get("Outputs", {}) != stack.document.get("Outputs", {})
        if not rows and (is_new or not outputs):
            change_set.outcome = ("FAILED", NO_CHANGES)
        return change_set

    def describe_change_set(self, members: Members) -> Members:
        """API_DescribeChangeSet: pages of changes; NextToken is null on the last."""
        stack, change_set = self._found(members)
        start = int(members.get("NextToken", "0"))
        ready = change_set.status == "CREATE_COMPLETE"
        rows = change_set.changes[start : start + self.page] if ready else []
        more = ready and start + self.page < len(change_set.changes)
        return {
            "ChangeSetName": change_set.name,
            "ChangeSetId": change_set.id,
            "StackId": stack.id,
            "StackName": stack.name,
            "Description": change_set.description or None,
            "Status": change_set.status,
            "StatusReason": change_set.reason,
            "ExecutionStatus": change_set.execution,
            "Capabilities": change_set.capabilities,
            "DeploymentMode": change_set.deployment_mode,
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in change_set.parameters.items()
            ],
            "Tags": [{"Key": key, "Value": value} for key, value in change_set.tags.items()],
            "Changes": [
                {"Type": "Resource", "ResourceChange": _shown(row, members)} for row in rows
            ],
            "NextToken": str(start + self.page) if more else None,
        }

    def _found(self, members: Members) -> tuple[Stack, ChangeSet]:
        name = members["ChangeSetName"]
        for stack in self.stacks:
            for change_set in stack.change_sets.values():
                if change_set.id == name or (
                    change_set.name == name and members.get("StackName") in {stack.name, stack.id}
                ):
                    return stack, change_set
        raise AwsError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", status=404)

    def execute_change_set(self, members: Members) -> Members:
        """API_ExecuteChangeSet: it has to be available; the stack's other ones are deleted."""
        token = members.get("ClientRequestToken", "")
        for stack in self.stacks:
            if token and stack.token == token:
                # A request that is repeated with its token begins nothing again.
                return {}
        stack, change_set = self._found(members)
        if change_set.execution != "AVAILABLE" or stack.is_busy:
            raise AwsError(
                "InvalidChangeSetStatus",
                f"ChangeSet [{change_set.id}] cannot be executed in its current status of "
                f"[{change_set.status}]",
            )
        stack.token = token
        stack.change_sets = {}
        keeps = members.get("DisableRollback", False)
        if stack.status == "REVIEW_IN_PROGRESS":
            operations.create(stack, change_set, keeps=keeps)
        else:
            operations.update(stack, change_set, keeps=keeps)
        return {}

    def delete_change_set(self, members: Members) -> Members:
        """API_DeleteChangeSet: the stack stays, in REVIEW_IN_PROGRESS if it was."""
        stack, change_set = self._found(members)
        if change_set.status == "CREATE_IN_PROGRESS":
            raise AwsError("InvalidChangeSetStatus", "the change set is being created")
        del stack.change_sets[change_set.id]
        return {}

    def list_change_sets(self, members: Members) -> Members:
        """API_ListChangeSets."""
        stack = self._stack(members)
        rows = [
            {"ChangeSetId": each.id, "ChangeSetName": each.name, "Status": each.status}
            for each in stack.change_sets.values()
        ]
        return self._paged(members, "Summaries", rows)

    def _paged(self, members: Members, name: str, rows: list[dict[str, Any]]) -> Members:
        start = int(members.get("NextToken", "0"))
        more = start + self.page < len(rows)
        token = str(start + self.page) if more else None
        return {name: rows[start : start + self.page], "NextToken": token}

    def describe_stacks(self, members: Members) -> Members:
        """API_DescribeStacks."""
        stack = self._stack(members)
        row = {
            "StackId": stack.id,
            "StackName": stack.name,
            "CreationTime": stack.events[0]["Timestamp"],
            "StackStatus": stack.status,
            "StackStatusReason": stack.reason,
            "EnableTerminationProtection": stack.is_protected,
            "Outputs": stack.outputs() if not stack.is_busy else [],
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in stack.parameters.items()
            ],
            "Tags": [{"Key": key, "Value": value} for key, value in stack.tags.items()],
        }
        return {"Stacks": [row]}

    def describe_stack_events(self, members: Members) -> Members:
        """API_DescribeStackEvents: in reverse chronological order."""
        return self._paged(members, "StackEvents", self._stack(members).events[::-1])

    def describe_events(self, members: Members) -> Members:
        """API_DescribeEvents, by change set: what early validation found."""
        _, change_set = self._found(members)
        rows = [
            {"EventId": f"validation-{at}", "EventType": "VALIDATION_ERROR", **each}
            for at, each in enumerate(change_set.validations)
        ]
        return self._paged(members, "OperationEvents", rows)

    def list_stack_resources(self, members: Members) -> Members:
        """API_ListStackResources."""
        stack = self._stack(members)
        rows = [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": each.physical,
                "ResourceType": each.type,
                "LastUpdatedTimestamp": stack.events[-1]["Timestamp"],
                "ResourceStatus": each.status,
                "ResourceStatusReason": each.reason or None,
            }
            for name, each in stack.resources.items()
        ]
        return self._paged(members, "StackResourceSummaries", rows)

    def get_template(self, members: Members) -> Members:
        """API_GetTemplate: of a stack, or of a change set before it is executed."""
        if "ChangeSetName" in members:
            return {"TemplateBody": self._found(members)[1].body}
        stack = self._stack(members)
        if not stack.body:
            raise AwsError("ValidationError", f"Template of {stack.name} is not available")
        return {"TemplateBody": stack.body}

    def delete_stack(self, members: Members) -> Members:
        """API_DeleteStack: a stack that is not there is no error; a protected one is refused.

        UserGuide/using-cfn-protect-stacks. RetainResources is for DELETE_FAILED alone.
        """
        stack = self.find(members["StackName"])
        if stack is None or stack.status in {"DELETE_IN_PROGRESS", "DELETE_COMPLETE"}:
            return {}
        if stack.is_protected:
            raise AwsError(
                "ValidationError",
                f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled",
            )
        retain = tuple(members.get("RetainResources", []))
        if retain and stack.status != "DELETE_FAILED":
            raise AwsError("ValidationError", "Invalid operation on stack: RetainResources")
        stack.token = members.get("ClientRequestToken", "")
        stack.change_sets = {}
        if stack.status == "REVIEW_IN_PROGRESS":
            stack.enter("DELETE_COMPLETE")
        else:
            operations.delete(stack, retain)
        return {}

    def update_termination_protection(self, members: Members) -> Members:
        """API_UpdateTerminationProtection."""
        stack = self._settled(members)
        stack.is_protected = members["EnableTerminationProtection"]
        return {"StackId": stack.id}

    def _settled(self, members: Members) -> Stack:
        """A stack that has resources and no operation; of others the pages say nothing."""
        stack = self._stack(members)
        if stack.is_busy or stack.status == "REVIEW_IN_PROGRESS":
            raise UnknownError(f"what AWS does in {stack.status} is not documented")
        return stack

    def get_stack_policy(self, members: Members) -> Members:
        """API_GetStackPolicy: null where there is none."""
        return {"StackPolicyBody": self._stack(members).policy}

    def set_stack_policy(self, members: Members) -> Members:
        """API_SetStackPolicy."""
        json.loads(members["StackPolicyBody"])
        self._settled(members).policy = members["StackPolicyBody"]
        return {}

    def continue_update_rollback(self, members: Members) -> Members:
        """API_ContinueUpdateRollback: from UPDATE_ROLLBACK_FAILED alone."""
        stack = self._stack(members)
        self._wants(stack, {"UPDATE_ROLLBACK_FAILED"})
        stack.token = members.get("ClientRequestToken", "")
        operations.continue_rollback(stack, tuple(members.get("ResourcesToSkip", [])))
        return {}

    def rollback_stack(self, members: Members) -> Members:
        """API_RollbackStack: from CREATE_FAILED or UPDATE_FAILED."""
        stack = self._stack(members)
        self._wants(stack, {"CREATE_FAILED", "UPDATE_FAILED"})
        stack.token = members.get("ClientRequestToken", "")
        operations.roll_back(stack)
        return {"StackId": stack.id}

    @staticmethod
    def _wants(stack: Stack, statuses: set[str]) -> None:
        if stack.status not in statuses:
            raise AwsError(
                "ValidationError", f"Stack:{stack.id} is in {stack.status} state and cannot do this"
            )


def _meant(
    definitions: dict[str, Any], resolved: dict[str, Any], parameters: dict[str, str]
) -> dict[str, Any]:
    """Definitions with the values of parameters filled in, and other references as they are."""
    return {
        name: {**each, "Properties": _filled(each.get("Properties", {}), parameters)}
        for name, each in definitions.items()
        if name in resolved
    }


def _filled(value: Any, parameters: dict[str, str]) -> Any:  # noqa: ANN401 - any value
    match value:
        case {"Ref": str(name), **rest} if not rest and name in parameters:
            return parameters[name]
        case dict():
            return {key: _filled(member, parameters) for key, member in value.items()}
        case list():
            return [_filled(member, parameters) for member in value]
        case _:
            return value


def _shown(row: dict[str, Any], members: Members) -> dict[str, Any]:
    """API_DescribeChangeSet: values are shown if IncludePropertyValues asks for them."""
    if members.get("IncludePropertyValues"):
        return row
    details = [
        {
            **each,
            "Target": {
                key: value
                for key, value in each["Target"].items()
                if key not in {"Path", "BeforeValue", "AfterValue"}
            },
        }
        for each in row["Details"]
    ]
    return {**row, "Details": details}
