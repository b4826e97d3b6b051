"""Lambda's side of a function, in a process of its own: load the code once, handle what comes.

It is run as a program, by `functions`, and imports nothing of ours. A request is a line of JSON on
stdin, an answer one on the descriptor that the first argument names; what the code prints is part
of the answer.

Sources: lambda/python-handler (the handler's name), lambda/python-context (what it is told),
lambda/runtimes-api (an unhandled error is told by type and message).
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
import time
from typing import Any


class Context:
    """What the handler is told of its invocation."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.function_name = told["name"]
        self.function_version = told["version"]
        self.invoked_function_arn = told["arn"]
        self.memory_limit_in_mb = told["memory"]
        self.aws_request_id = told["request"]
        self._end = time.monotonic() + told["seconds"]

    def get_remaining_time_in_millis(self) -> int:
        """How long it still may take."""
        return int((self._end - time.monotonic()) * 1000)


def main(answers: int, folder: str, handler: str) -> None:
    """Serve until stdin ends."""
    sys.path.insert(0, folder)
    written = os.fdopen(answers, "w", encoding="utf-8")
    module, _, name = handler.rpartition(".")
    function = None
    for line in sys.stdin:
        asked = json.loads(line)
        answer: dict[str, Any] = {"result": None, "error": None}
        log = io.StringIO()
        with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
            try:
                if function is None:
                    function = getattr(importlib.import_module(module), name)
                answer["result"] = function(asked["event"], Context(asked["context"]))
                json.dumps(answer["result"])
            except Exception as error:  # noqa: BLE001 - Lambda reports whatever it was
                answer["result"] = None
                answer["error"] = {"type": type(error).__name__, "message": str(error)}
        answer["log"] = log.getvalue()
        written.write(json.dumps(answer) + "\n")
        written.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
