"""The runs of a pipeline: which one a version of the source started, and how far it is.

Sources: codepipeline/API_ListPipelineExecutions, API_GetPipelineExecution,
API_ListActionExecutions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cicdgen.aws.access import client
from cicdgen.aws.told import told

if TYPE_CHECKING:
    from cicdgen.aws.access import Access


class RunStatus(StrEnum):
    """The status of a pipeline execution."""

    CANCELLED = "Cancelled"
    IN_PROGRESS = "InProgress"
    STOPPED = "Stopped"
    STOPPING = "Stopping"
    SUCCEEDED = "Succeeded"
    SUPERSEDED = "Superseded"
    FAILED = "Failed"


class ActionStatus(StrEnum):
    """The status of an action execution."""

    IN_PROGRESS = "InProgress"
    ABANDONED = "Abandoned"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action of a run, as it is or as it ended.

    Attributes:
        id: of the action's execution.
        stage: the stage's name.
        name: the action's name.
        status: how far it is.
        waits_for_person: whether it is an approval.
        message: what it ended with: the error, or a summary.
        link: the page of what it ran, if there is one.
    """

    id: str
    stage: str
    name: str
    status: ActionStatus
    waits_for_person: bool
    message: str
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of a pipeline.

    Attributes:
        id: of the pipeline's execution.
        status: how far it is.
        message: what AWS says of the status.
        actions: its actions that have begun, the first first.
    """

    id: str
    status: RunStatus
    message: str
    actions: tuple[Action, ...]


class Pipeline:
    """A pipeline's runs, as one client of AWS sees them."""

    def __init__(self, name: str, access: Access) -> None:
        self.name = name
        self._client = client("codepipeline", access)

    def run_of(self, version: str) -> str | None:
        """The id of the newest run of this version of the source; None if there is none yet.

        The pipeline's source action names an S3 object's version as its revision
        (codepipeline/API_SourceRevision). The upload was a moment ago: the first page has it.
        """
        with told(f"pipeline {self.name}"):
            summaries = self._client.list_pipeline_executions(pipelineName=self.name)
        for each in summaries["pipelineExecutionSummaries"]:
            if any(one.get("revisionId") == version for one in each.get("sourceRevisions", [])):
                found: str = each["pipelineExecutionId"]
                return found
        return None

    def run(self, run_id: str) -> Run:
        """How far a run is."""
        with told(f"pipeline {self.name}, run {run_id}"):
            execution = self._client.get_pipeline_execution(
                pipelineName=self.name, pipelineExecutionId=run_id
            )["pipelineExecution"]
            pages = self._client.get_paginator("list_action_executions").paginate(
                pipelineName=self.name, filter={"pipelineExecutionId": run_id}
            )
            details = [each for page in pages for each in page["actionExecutionDetails"]]
        # The newest come first.
        actions = tuple(_action(each) for each in reversed(details))
        return Run(
            id=run_id,
            status=RunStatus(execution["status"]),
            message=execution.get("statusSummary", ""),
            actions=actions,
        )


def _action(details: dict[str, Any]) -> Action:
    result = details.get("output", {}).get("executionResult", {})
    kind = details.get("input", {}).get("actionTypeId", {})
    error = result.get("errorDetails", {}).get("message", "")
    return Action(
        id=details["actionExecutionId"],
        stage=details["stageName"],
        name=details["actionName"],
        status=ActionStatus(details["status"]),
        waits_for_person=kind.get("category") == "Approval",
        message=error or result.get("externalExecutionSummary", ""),
        link=result.get("externalExecutionUrl"),
    )
