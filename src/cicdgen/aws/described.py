"""A change set as DescribeChangeSet has it, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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


def described(first: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> ChangeSet:
    """The change set of an answer.

    Args:
        first: the first page.
        rows: the changes of all pages.
    """
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


def _change(row: Mapping[str, Any]) -> Change:
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


def _detail(row: Mapping[str, Any]) -> Detail:
    target = row.get("Target", {})
    name = "/".join(filter(None, (target.get("Attribute", ""), target.get("Name", ""))))
    return Detail(
        path=target.get("Path", "") or name,
        before=target.get("BeforeValue"),
        after=target.get("AfterValue"),
        recreation=target.get("RequiresRecreation", ""),
        cause=row.get("CausingEntity", ""),
    )
