"""One stack of the fake CloudFormation: what it is, and what is done to it step by step.

An operation is laid out as steps when it begins, each with the moment at which it is due; time is
what the service's clock says. So a stack changes between two calls, as AWS's do.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.fakes import cloudformation_template as templates

if TYPE_CHECKING:
    from collections.abc import Callable

Json = Any
ACCOUNT = "111122223333"
REGION = "eu-west-1"
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_NUMBERS = itertools.count(1)


def number() -> str:
    """Something that is used once."""
    return f"{next(_NUMBERS):08x}"


@dataclass(kw_only=True)
class Resource:
    """A resource that a stack has."""

    type: str
    physical: str
    status: str
    definition: dict[str, Json]
    reason: str = ""


@dataclass(kw_only=True)
class ChangeSet:
    """A change set."""

    id: str
    name: str
    kind: str
    body: str
    document: dict[str, Json]
    parameters: dict[str, str]
    tags: dict[str, str]
    capabilities: list[str]
    description: str
    on_failure: str | None
    token: str
    due: float
    changes: list[dict[str, Json]]
    status: str = "CREATE_IN_PROGRESS"
    execution: str = "UNAVAILABLE"
    reason: str | None = None
    outcome: tuple[str, str | None] = ("CREATE_COMPLETE", None)
    deployment_mode: str | None = None
    validations: list[dict[str, Json]] = field(default_factory=list)


@dataclass(kw_only=True)
class Troubles:
    """What goes wrong, by logical id, with the reason that AWS would give."""

    create: dict[str, str] = field(default_factory=dict)
    update: dict[str, str] = field(default_factory=dict)
    roll_back: dict[str, str] = field(default_factory=dict)
    delete: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Stack:
    """A stack."""

    name: str
    id: str
    status: str
    now: Callable[[], float]
    is_full: Callable[[str], bool]
    make_bucket: Callable[[str], None]
    drop_bucket: Callable[[str], None]
    seconds: float
    troubles: Troubles
    reason: str | None = None
    body: str = ""
    document: dict[str, Json] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    capabilities: list[str] = field(default_factory=list)
    resources: dict[str, Resource] = field(default_factory=dict)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    events: list[dict[str, Json]] = field(default_factory=list)
    steps: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    is_protected: bool = False
    policy: str | None = None
    token: str = ""
    moment: float | None = None
    done_at: float | None = None
    before: dict[str, Json] = field(default_factory=dict)

    @property
    def at(self) -> float:
        """The moment of the step that is taken, or now."""
        return self.now() if self.moment is None else self.moment

    @property
    def is_busy(self) -> bool:
        """Whether an operation runs."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    def advance(self) -> None:
        """Take every step that is due."""
        while self.steps and self.steps[0][0] <= self.now():
            self.moment, step = self.steps.pop(0)
            step()
        self.moment = None
        for change_set in self.change_sets.values():
            if change_set.status == "CREATE_IN_PROGRESS" and change_set.due <= self.now():
                change_set.status, change_set.reason = change_set.outcome
                if change_set.status == "CREATE_COMPLETE":
                    change_set.execution = "AVAILABLE"

    def enter(self, status: str, reason: str | None = None) -> None:
        """Go into a state, and say so in an event."""
        self.status, self.reason = status, reason
        self.event(self.name, self.id, "AWS::CloudFormation::Stack", status, reason)
        if not self.is_busy:
            self.done_at = self.at

    def event(
        self, logical: str, physical: str, kind: str, status: str, reason: str | None = None
    ) -> None:
        """Write one event."""
        self.events.append(
            {
                "StackId": self.id,
                "EventId": f"{logical}-{status}-{number()}",
                "StackName": self.name,
                "LogicalResourceId": logical,
                "PhysicalResourceId": physical,
                "ResourceType": kind,
                "Timestamp": _EPOCH + timedelta(seconds=self.at),
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
                "ClientRequestToken": self.token or None,
            }
        )

    def values(self) -> dict[str, str]:
        """What references come to."""
        found = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": REGION,
            "AWS::Partition": "aws",
            "AWS::StackName": self.name,
            "AWS::URLSuffix": "amazonaws.com",
            **self.parameters,
        }
        found |= {name: each.physical for name, each in self.resources.items()}
        return found

    def outputs(self) -> list[dict[str, str]]:
        """The outputs, once there are resources to take them from."""
        rows = []
        for name, each in self.document.get("Outputs", {}).items():
            value = templates.evaluated(each["Value"], self.values())
            rows.append({"OutputKey": name, "OutputValue": str(value)})
        return rows if self.resources else []

    def lay_out(self, steps: list[Callable[[], None]], seconds: float | None = None) -> None:
        """Lay steps out evenly over the time that an operation takes."""
        whole = self.seconds if seconds is None else seconds
        start = self.steps[-1][0] if self.steps else self.at
        share = whole / max(1, len(steps))
        self.steps += [(start + share * (at + 1), step) for at, step in enumerate(steps)]

    def make(self, name: str, definition: dict[str, Json]) -> None:
        """Make a resource."""
        kind = definition["Type"]
        given = templates.evaluated(definition.get("Properties", {}), self.values())
        named = [given[key] for key in ("BucketName", "QueueName", "FunctionName") if key in given]
        physical = str(named[0]) if named else f"{self.name}-{name}-{number()}"
        self.resources[name] = Resource(
            type=kind, physical=physical, status="CREATE_COMPLETE", definition=definition
        )
        if kind == "AWS::S3::Bucket":
            self.make_bucket(physical)
        self.event(name, physical, kind, "CREATE_IN_PROGRESS")
        self.event(name, physical, kind, "CREATE_COMPLETE")

    def fail(self, name: str, kind: str, status: str, reason: str) -> None:
        """A resource fails."""
        if name in self.resources:
            self.resources[name].status = status
        self.event(name, "", kind, status, reason)

    def remove(self, name: str, *, keeps: bool) -> bool:
        """Delete a resource, or leave it as its policy says; whether that succeeded.

        A bucket that holds something is not deleted: UserGuide/troubleshooting, "Delete stack
        fails".
        """
        each = self.resources[name]
        if keeps:
            each.status = "DELETE_SKIPPED"
            self.event(name, each.physical, each.type, "DELETE_SKIPPED")
            return True
        self.event(name, each.physical, each.type, "DELETE_IN_PROGRESS")
        reason = self.troubles.delete.get(name)
        if each.type == "AWS::S3::Bucket" and self.is_full(each.physical):
            reason = "The bucket you tried to delete is not empty. You must delete all versions"
        if reason:
            each.status, each.reason = "DELETE_FAILED", reason
            self.event(name, each.physical, each.type, "DELETE_FAILED", reason)
            return False
        if each.type == "AWS::S3::Bucket":
            self.drop_bucket(each.physical)
        each.status = "DELETE_COMPLETE"
        self.event(name, each.physical, each.type, "DELETE_COMPLETE")
        return True

    def take(self, change_set: ChangeSet) -> None:
        """Take over what a change set brings."""
        self.before = {
            "body": self.body,
            "document": self.document,
            "parameters": self.parameters,
            "tags": self.tags,
        }
        self.body, self.document = change_set.body, change_set.document
        self.parameters, self.tags = change_set.parameters, change_set.tags
        self.capabilities = change_set.capabilities

    def give_back(self) -> None:
        """Go back to what was before."""
        self.body, self.document = self.before["body"], self.before["document"]
        self.parameters, self.tags = self.before["parameters"], self.before["tags"]

    def denies(self, name: str) -> bool:
        """Whether the stack policy denies an update of a resource.

        UserGuide/protect-stack-resources: a Deny wins, and what is not allowed is denied.
        """
        if self.policy is None:
            return False
        allowed = False
        for statement in json.loads(self.policy)["Statement"]:
            resources = statement["Resource"]
            wanted = [resources] if isinstance(resources, str) else resources
            if not {"*", f"LogicalResourceId/{name}"} & set(wanted):
                continue
            if statement["Effect"] == "Deny":
                return True
            allowed = True
        return not allowed
