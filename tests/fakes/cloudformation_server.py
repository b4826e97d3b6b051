"""CloudFormation, STS and S3 behind one endpoint, with time and faults of a test's choice."""

from __future__ import annotations

import re
import threading
import time
import traceback
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self, cast
from urllib.parse import parse_qsl

from tests.fakes.cloudformation import CloudFormation
from tests.fakes.cloudformation_s3 import Buckets
from tests.fakes.cloudformation_stack import ACCOUNT, REGION
from tests.fakes.cloudformation_wire import QueryWire, refused

from cicdgen.rehearsal.wire import AwsError, Request, Response, UnknownError

if TYPE_CHECKING:
    from types import TracebackType


class Fault(Enum):
    """What can happen to a call."""

    THROTTLED = "throttled"
    BROKEN = "a 500"
    CUT_BEFORE = "cut before AWS has it"
    CUT_AFTER = "cut after AWS has done it"
    EXPIRED = "expired token"


class Time:
    """Time that passes when somebody sleeps: a test's clock, and the service's."""

    def __init__(self) -> None:
        self._now = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        """Seconds."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self._now += seconds


class RealTime:
    """The system's time, faster."""

    def __init__(self, *, speed: float = 1) -> None:
        self._start = time.monotonic()
        self._speed = speed

    def now(self) -> float:
        """Seconds of the service."""
        return (time.monotonic() - self._start) * self._speed


@dataclass
class Faults:
    """Which call goes wrong, and how.

    Attributes:
        at: the number of the call, from 1; 0 for none.
        times: how many calls in a row.
        fault: how.
        seen: operations, in the order in which they came.
    """

    at: int = 0
    times: int = 1
    fault: Fault = Fault.BROKEN
    seen: list[str] = field(default_factory=list)

    def next(self, operation: str) -> Fault | None:
        """What happens to this call."""
        self.seen.append(operation)
        hit = self.at and self.at <= len(self.seen) < self.at + self.times
        return self.fault if hit else None


class _CutError(Exception):
    """The connection is cut."""


class Account:
    """One account behind the endpoint."""

    def __init__(self, now: Time | RealTime, **settings: float) -> None:
        self.time = now
        self.buckets = Buckets()
        page = int(settings.pop("page", 100))
        self.cloudformation = CloudFormation(now.now, self.buckets, page=page, **settings)
        self.faults = Faults()
        self.account = ACCOUNT
        self.unknown: list[str] = []
        self._wires = {name: QueryWire(name) for name in ("cloudformation", "sts")}
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Response:
        """Answer one request; what is not modelled is answered with status 501 and kept."""
        with self._lock:
            try:
                return self._answer(request)
            except _CutError:
                raise
            except Exception:  # noqa: BLE001 - any of it is a fault of the fake, or unknown to it
                self.unknown.append(traceback.format_exc())
                return Response(status=501)

    def _answer(self, request: Request) -> Response:
        scope = re.search(rf"/{REGION}/(\w+)/aws4_request", request.headers["Authorization"])
        if scope is None:
            raise UnknownError(request.headers["Authorization"])
        service = scope[1]
        operation = "S3" if service == "s3" else dict(parse_qsl(request.body.decode()))["Action"]
        match self.faults.next(operation):
            case Fault.THROTTLED:
                return refused(AwsError("Throttling", "Rate exceeded"))
            case Fault.BROKEN:
                return refused(AwsError("InternalFailure", "Internal failure", status=500))
            case Fault.EXPIRED:
                text = "The security token included in the request is expired"
                return refused(AwsError("ExpiredToken", text, status=403))
            case Fault.CUT_BEFORE:
                raise _CutError
            case Fault.CUT_AFTER:
                self._served(service, request)
                raise _CutError
            case _:
                return self._served(service, request)

    def _served(self, service: str, request: Request) -> Response:
        if service == "s3":
            return self.buckets.answer(request)
        wire = self._wires[service]
        operation, members = wire.read(request.body)
        try:
            return wire.write(operation, self._output(service, operation, members))
        except AwsError as error:
            return wire.refuse(error, operation)

    def _output(
        self, service: str, operation: str, members: dict[str, object]
    ) -> dict[str, object]:
        if service == "cloudformation":
            return self.cloudformation.answer(operation, members)
        if operation != "GetCallerIdentity":
            raise UnknownError(operation)
        arn = f"arn:aws:sts::{self.account}:assumed-role/deployer/somebody"
        return {"Account": self.account, "Arn": arn, "UserId": "AROA:somebody"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    account: Account


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        """Read one request, whatever its method, and answer it, or hang up."""
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            if self.headers.get("Expect", "").lower() == "100-continue":
                pass  # parse_request has answered that
            body = self._body()
            request = Request(
                method=self.command, target=self.path, headers=self.headers, body=body
            )
            response = cast("_Server", self.server).account.answer(request)
        except (_CutError, ConnectionError):
            self.close_connection = True
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length)
        if len(body) < length:
            # The client is gone, and AWS never had the call.
            raise _CutError
        return body

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Endpoint:
    """The server; `account` is what is behind it."""

    def __init__(self, account: Account) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.account = account
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def serve(self, account: Account) -> Account:
        """Put an account behind it."""
        self._server.account = account
        return account
