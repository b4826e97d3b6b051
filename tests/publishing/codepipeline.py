"""CodePipeline over HTTP, as far as following a run needs it: strict, and from the documentation.

codepipeline/API_ListPipelineExecutions, API_GetPipelineExecution, API_ListActionExecutions. An
operation that is not here is an error.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = dict[str, Any]
RUN = "11111111-2222-3333-4444-555555555555"
OTHER_RUN = "99999999-2222-3333-4444-555555555555"


def action(stage: str, status: str, *, category: str = "Build", **result: Any) -> Json:  # noqa: ANN401 - any JSON
    """An action execution as ListActionExecutions describes it."""
    return {
        "actionExecutionId": f"{stage}-execution",
        "pipelineExecutionId": RUN,
        "stageName": stage,
        "actionName": stage,
        "status": status,
        "input": {
            "actionTypeId": {
                "category": category,
                "owner": "AWS",
                "provider": "CodeBuild",
                "version": "1",
            }
        },
        "output": {"executionResult": result},
    }


@dataclass
class Pipeline:
    """One pipeline, and the run that an upload starts.

    Attributes:
        name: of the pipeline.
        revision: the version of the source that the run has taken, asked for at each look.
        states: the run's status and actions, one more at each look; the last one stays.
        looks: how often it is looked for before it is there.
        calls: the operations that were asked for.
    """

    name: str
    revision: Callable[[], str | None]
    states: list[tuple[str, list[Json]]]
    looks: int = 1
    calls: list[str] = field(default_factory=list)

    def answer(self, operation: str, asked: Json) -> Json:
        """The answer to a request.

        Raises:
            LookupError: there is no such operation, pipeline or run.
        """
        self.calls.append(operation)
        if asked.pop("pipelineName") != self.name:
            message = "PipelineNotFoundException"
            raise LookupError(message)
        match operation, asked:
            case "ListPipelineExecutions", {}:
                return {"pipelineExecutionSummaries": list(self._summaries())}
            case "GetPipelineExecution", {"pipelineExecutionId": run} if run == RUN:
                return {"pipelineExecution": {"pipelineExecutionId": RUN, "status": self._now()[0]}}
            case "ListActionExecutions", {"filter": {"pipelineExecutionId": run}} if run == RUN:
                page = self._page(list(reversed(self._now()[1])), asked)
                if len(self.states) > 1 and "nextToken" not in page:
                    self.states.pop(0)
                return page
        message = "InvalidActionException"
        raise LookupError(message)

    def _now(self) -> tuple[str, list[Json]]:
        return self.states[0]

    def _summaries(self) -> Iterator[Json]:
        # Somebody else's upload of a moment later is the newest.
        yield _summary(OTHER_RUN, "somebody-else")
        self.looks -= 1
        revision = self.revision()
        if self.looks < 0 and revision is not None:
            yield _summary(RUN, revision)
        yield {"pipelineExecutionId": OTHER_RUN, "status": "InProgress"}

    def _page(self, actions: list[Json], asked: Json) -> Json:
        """One action a page, so that whoever takes the first page alone is found out."""
        at = int(asked.get("nextToken", 0))
        more = {"nextToken": str(at + 1)} if at + 1 < len(actions) else {}
        return {"actionExecutionDetails": actions[at : at + 1], **more}


def _summary(run: str, revision: str) -> Json:
    source = {"actionName": "Source", "revisionId": revision}
    return {"pipelineExecutionId": run, "status": "InProgress", "sourceRevisions": [source]}


@contextmanager
def serving(pipeline: Pipeline) -> Iterator[str]:
    """Serve it, and give its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                status, answer = 200, pipeline.answer(operation, asked)
            except LookupError as error:
                status, answer = 400, {"__type": str(error), "message": f"{operation}: {error}"}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
