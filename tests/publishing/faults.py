"""Something that goes wrong between us and AWS, at one call and once: a proxy that does it."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Fault(StrEnum):
    """What goes wrong."""

    THROTTLED = "throttling"
    FAILED = "a 500"
    CUT = "the connection is cut before AWS is asked"
    LOST = "the connection is cut before the answer"
    EXPIRED = "the credentials have run out"
    KILLED = "the process is killed"


_CODES = {
    Fault.THROTTLED: (400, "ThrottlingException", "Rate exceeded"),
    Fault.FAILED: (500, "InternalFailure", "We encountered an internal error"),
    Fault.EXPIRED: (400, "ExpiredToken", "The provided token has expired."),
}


@dataclass
class Proxy:
    """Where it leads to, and what goes wrong where.

    Attributes:
        sandbox: the endpoint of most services.
        codepipeline: that of CodePipeline.
        operation: at this one, the first time.
        fault: this goes wrong.
        kill: ends the process that asks.
        seen: the operations that were asked for.
        struck: whether it has gone wrong.
    """

    sandbox: str
    codepipeline: str
    operation: str
    fault: Fault | None
    kill: Callable[[], None] = lambda: None
    seen: list[str] = field(default_factory=list)
    struck: bool = False

    def strikes(self, operation: str) -> bool:
        """Whether it goes wrong now."""
        self.seen.append(operation)
        if self.struck:
            # Credentials that have run out do not come back.
            return self.fault is Fault.EXPIRED
        self.struck = self.fault is not None and operation == self.operation
        return self.struck


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def do_HEAD(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.proxy.fault if self.proxy.strikes(_operation(self, body)) else None
        if fault in _CODES:
            self._answer(*_error(self, *_CODES[fault]))
            return
        if fault is Fault.KILLED:
            self.proxy.kill()
        if fault in {Fault.CUT, Fault.KILLED}:
            self.close_connection = True
            return
        answer = _forwarded(self, body, self.proxy)
        if fault is Fault.LOST:
            self.close_connection = True
            return
        self._answer(*answer)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def between(proxy: Proxy) -> Iterator[str]:
    """Serve the proxy, and give its URL."""
    handler = type("_Bound", (_Handler,), {"proxy": proxy})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _operation(request: BaseHTTPRequestHandler, body: bytes) -> str:
    target = request.headers.get("X-Amz-Target")
    if target:
        return target.rpartition(".")[2]
    action = parse_qs(body.decode("latin-1")).get("Action") if request.command == "POST" else None
    return action[0] if action else {"PUT": "PutObject", "HEAD": "HeadObject"}[request.command]


def _forwarded(
    request: BaseHTTPRequestHandler, body: bytes, proxy: Proxy
) -> tuple[int, dict[str, str], bytes]:
    is_pipeline = "CodePipeline" in request.headers.get("X-Amz-Target", "")
    place = urlsplit(proxy.codepipeline if is_pipeline else proxy.sandbox)
    assert place.hostname is not None
    link = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
    kept = {
        name: value
        for name, value in request.headers.items()
        if name.lower() not in {"host", "expect", "connection"}
    }
    link.request(request.command, request.path, body=body, headers=kept)
    answer = link.getresponse()
    content = answer.read()
    link.close()
    hop = {"connection", "transfer-encoding", "keep-alive", "date", "server"}
    headers = {name: value for name, value in answer.getheaders() if name.lower() not in hop}
    return answer.status, headers, content


def _error(
    request: BaseHTTPRequestHandler, status: int, code: str, message: str
) -> tuple[int, dict[str, str], bytes]:
    if request.headers.get("X-Amz-Target"):
        body = f'{{"__type": "{code}", "message": "{message}"}}'
    elif request.command == "POST":
        body = (
            f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error>"
            "</ErrorResponse>"
        )
    else:
        # S3 has its own code for it (s3/ErrorResponses).
        code, status = ("SlowDown", 503) if code == "ThrottlingException" else (code, status)
        body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, {"Content-Type": "text/xml"}, body.encode()
