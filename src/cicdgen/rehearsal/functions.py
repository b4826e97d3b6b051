"""Running the functions whose code is in the template: each in a process of its own.

The process gets the function's environment, the credentials of its role, and the rehearsal's
endpoint for all of AWS (lambda/configuration-envvars). It stays between invocations, as Lambda's
do (lambda/lambda-runtime-environment), and between the scenarios of one template.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.run import UnmodelledError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from cicdgen.cloudformation import Resource
    from cicdgen.rehearsal.naming import Names

_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
_KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "SYSTEMROOT")
_TIMEOUT, _MEMORY = 3.0, 128
"""Seconds and MB without any in the template (AWSCloudFormation/aws-resource-lambda-function)."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How an invocation ended.

    Attributes:
        result: what the handler returned.
        error: type and message of what it raised; empty if it did not.
        log: what it printed.
    """

    result: object = None
    error: str = ""
    log: str = ""


@dataclass(eq=False)
class _Process:
    process: subprocess.Popen[bytes]
    answers: Any

    def end(self) -> None:
        """End the process, and close what leads to it."""
        self.process.kill()
        self.process.communicate()
        self.answers.close()


@dataclass(eq=False, kw_only=True)
class Host:
    """Where functions run.

    Attributes:
        endpoint: where AWS answers them.
        region: the region that they are told.
    """

    endpoint: str
    region: str
    _running: dict[str, _Process] = field(default_factory=dict)
    _folder: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="cicdgen-rehearsal-")
    )

    def start(self, function: Resource, names: Names, access_key: str) -> None:
        """Begin a function's process, if none is under way: importing its code takes a while."""
        running = self._running.get(function.logical_id)
        if running is not None and running.process.poll() is not None:
            running.end()
            running = None
        if running is None:
            self._running[function.logical_id] = self._started(function, names, access_key)

    def invoke(
        self, function: Resource, names: Names, access_key: str, event: object, request: str
    ) -> Ended:
        """Invoke a function and wait for its end."""
        self.start(function, names, access_key)
        running = self._running[function.logical_id]
        place = Place.of(function)
        told = {
            "name": names.of(function.name),
            "version": "$LATEST",
            "arn": names.of(function.arn),
            "memory": place.at("MemorySize").number or _MEMORY,
            "request": request,
            "seconds": place.at("Timeout").number or _TIMEOUT,
        }
        line = json.dumps({"event": event, "context": told}) + "\n"
        assert running.process.stdin is not None  # noqa: S101 - it is a pipe
        try:
            running.process.stdin.write(line.encode())
            running.process.stdin.flush()
            seconds = float(told["seconds"])
            if not select.select([running.answers], [], [], seconds)[0]:
                running.end()
                return Ended(error=f"Sandbox.Timedout: after {seconds:g} seconds")
            answer = running.answers.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            running.end()
            return Ended(error="Runtime.ExitError: the runtime exited")
        read = json.loads(answer)
        error = read["error"]
        return Ended(
            result=read["result"],
            error=f"{error['type']}: {error['message']}" if error else "",
            log=read["log"],
        )

    def forget(self) -> None:
        """End every process: the next one may be told other names."""
        for running in self._running.values():
            running.end()
        self._running.clear()

    def kill(self, logical_id: str) -> None:
        """End a function's process in the middle of what it does."""
        running = self._running.get(logical_id)
        if running is not None:
            running.process.kill()

    def _started(self, function: Resource, names: Names, access_key: str) -> _Process:
        place = Place.of(function)
        code, handler = place.at("Code", "ZipFile"), place.at("Handler").known
        runtime = place.at("Runtime").known or ""
        if code.text is None or handler is None or not runtime.startswith("python"):
            raise UnmodelledError(
                f"{function.logical_id} cannot run here: only Python code that the template has can"
            )
        folder = Path(self._folder.name) / function.logical_id
        folder.mkdir(exist_ok=True)
        module = handler.rpartition(".")[0]
        (folder / f"{module}.py").write_text(names.of(code.text), encoding="utf-8")
        reading, writing = os.pipe()
        environment = {
            **self._environment(place, names, access_key),
            "AWS_LAMBDA_FUNCTION_NAME": names.of(function.name),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "LAMBDA_TASK_ROOT": str(folder),
            "_HANDLER": handler,
        }
        process = subprocess.Popen(  # noqa: S603 - it is this interpreter, and our own program
            [sys.executable, "-I", str(_BOOTSTRAP), str(writing), str(folder), handler],
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[writing],
        )
        os.close(writing)
        return _Process(process, os.fdopen(reading, encoding="utf-8"))

    def _environment(self, place: Place, names: Names, access_key: str) -> dict[str, str]:
        given = {
            name: "" if value.text is None else names.of(value.text)
            for name, value in place.at("Environment", "Variables").fields()
        }
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_SESSION_TOKEN": "rehearsal",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint,
            "PYTHONDONTWRITEBYTECODE": "1",
            **given,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.forget()
        self._folder.cleanup()
