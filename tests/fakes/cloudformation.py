"""CloudFormation: the state machine of stacks and change sets, strict, over HTTP.

It answers what AWS's documentation says it answers, each case with its page; what it does not model
is an `UnknownError`, which fails the test. Pages are UserGuide, TemplateReference and APIReference
under AWSCloudFormation/latest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes import cloudformation_operations as operations
from tests.fakes import cloudformation_template as templates
from tests.fakes.cloudformation_stack import ACCOUNT, REGION, ChangeSet, Stack, number
from tests.fakes.cloudformation_stacks import Stacks

from cicdgen.rehearsal.wire import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.cloudformation_s3 import Buckets

    from cicdgen.rehearsal.wire import Members

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


class CloudFormation(Stacks):
    """One account's stacks in one region, and their change sets."""

    def __init__(
        self, now: Callable[[], float], buckets: Buckets, *, page: int = 100, **seconds: float
    ) -> None:
        super().__init__(now, buckets, page=page, **seconds)
        self.operations |= {
            "CreateChangeSet": self.create_change_set,
            "DescribeChangeSet": self.describe_change_set,
            "ExecuteChangeSet": self.execute_change_set,
            "DeleteChangeSet": self.delete_change_set,
            "ListChangeSets": self.list_change_sets,
            "DescribeEvents": self.describe_events,
            "GetTemplate": self.get_template,
        }

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
            stack = self.stack(members)
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
        document = templates.read(body)
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
        stack = self.stack(members)
        rows = [
            {"ChangeSetId": each.id, "ChangeSetName": each.name, "Status": each.status}
            for each in stack.change_sets.values()
        ]
        return self.paged(members, "Summaries", rows)

    def describe_events(self, members: Members) -> Members:
        """API_DescribeEvents, by change set: what early validation found."""
        _, change_set = self._found(members)
        rows = [
            {"EventId": f"validation-{at}", "EventType": "VALIDATION_ERROR", **each}
            for at, each in enumerate(change_set.validations)
        ]
        return self.paged(members, "OperationEvents", rows)

    def get_template(self, members: Members) -> Members:
        """API_GetTemplate: of a stack, or of a change set before it is executed."""
        if "ChangeSetName" in members:
            return {"TemplateBody": self._found(members)[1].body}
        stack = self.stack(members)
        if not stack.body:
            raise AwsError("ValidationError", f"Template of {stack.name} is not available")
        return {"TemplateBody": stack.body}


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
