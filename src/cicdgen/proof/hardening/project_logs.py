"""A build writes its log.

Source: codebuild/change-project (logs).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.buildspec import PROJECT
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "project-logs"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every project. Without a LogsConfig, CodeBuild logs to CloudWatch."""
    for project in stack.of_type(PROJECT):
        logs = Place.of(project).at("LogsConfig")
        for name in ("CloudWatchLogs", "S3Logs"):
            if (given := logs.at(name, "Status")).is_unknown:
                because = f"whether {project.logical_id} writes its log"
                yield Doubt(check=NAME, path=given.path, because=because)
        status = {name: logs.at(name, "Status").known for name in ("CloudWatchLogs", "S3Logs")}
        if status["CloudWatchLogs"] == "DISABLED" and status["S3Logs"] != "ENABLED":
            yield Flaw(
                check=NAME,
                path=logs.path,
                message=f"{project.logical_id} writes no log",
                fix="set LogsConfig.CloudWatchLogs.Status: ENABLED",
                source="codebuild/change-project",
            )
