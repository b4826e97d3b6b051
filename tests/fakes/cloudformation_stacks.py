"""CloudFormation's stacks: described, protected, deleted, rolled back.

Pages are UserGuide, TemplateReference and APIReference under AWSCloudFormation/latest.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.fakes import cloudformation_operations as operations
from tests.fakes.cloudformation_stack import Stack, Troubles

from cicdgen.rehearsal.wire import AwsError, UnknownError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.cloudformation_s3 import Buckets

    from cicdgen.rehearsal.wire import Members


class Stacks:
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
            "DescribeStacks": self.describe_stacks,
            "DescribeStackEvents": self.describe_stack_events,
            "ListStackResources": self.list_stack_resources,
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

    def stack(self, members: Members) -> Stack:
        """The stack that is named, or a refusal."""
        stack = self.find(members["StackName"])
        if stack is None:
            raise AwsError(
                "ValidationError", f"Stack with id {members['StackName']} does not exist"
            )
        return stack

    def paged(self, members: Members, name: str, rows: list[dict[str, Any]]) -> Members:
        """One page of the rows."""
        start = int(members.get("NextToken", "0"))
        more = start + self.page < len(rows)
        token = str(start + self.page) if more else None
        return {name: rows[start : start + self.page], "NextToken": token}

    def describe_stacks(self, members: Members) -> Members:
        """API_DescribeStacks."""
        stack = self.stack(members)
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
        return self.paged(members, "StackEvents", self.stack(members).events[::-1])

    def list_stack_resources(self, members: Members) -> Members:
        """API_ListStackResources."""
        stack = self.stack(members)
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
        return self.paged(members, "StackResourceSummaries", rows)

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
        stack = self.stack(members)
        if stack.is_busy or stack.status == "REVIEW_IN_PROGRESS":
            raise UnknownError(f"what AWS does in {stack.status} is not documented")
        return stack

    def get_stack_policy(self, members: Members) -> Members:
        """API_GetStackPolicy: null where there is none."""
        return {"StackPolicyBody": self.stack(members).policy}

    def set_stack_policy(self, members: Members) -> Members:
        """API_SetStackPolicy."""
        json.loads(members["StackPolicyBody"])
        self._settled(members).policy = members["StackPolicyBody"]
        return {}

    def continue_update_rollback(self, members: Members) -> Members:
        """API_ContinueUpdateRollback: from UPDATE_ROLLBACK_FAILED alone."""
        stack = self.stack(members)
        self._wants(stack, {"UPDATE_ROLLBACK_FAILED"})
        stack.token = members.get("ClientRequestToken", "")
        operations.continue_rollback(stack, tuple(members.get("ResourcesToSkip", [])))
        return {}

    def rollback_stack(self, members: Members) -> Members:
        """API_RollbackStack: from CREATE_FAILED or UPDATE_FAILED."""
        stack = self.stack(members)
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
