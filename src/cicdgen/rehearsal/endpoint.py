"""The endpoint that code in a rehearsal calls AWS at: HTTP on loopback, answered by the models.

Who calls is told by the access key, of which each role has one of its own; the service by the
signature's scope, as the hosts of AWS would tell it. Signatures are not checked. A call that no
model knows is answered with 501 and fails the rehearsal.
"""

from __future__ import annotations

import re
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol, Self, cast

from cicdgen.rehearsal.run import DeniedError, UnmodelledError
from cicdgen.rehearsal.wire import AwsError, Request, Response, UnknownError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from cicdgen.iam import Principal
    from cicdgen.rehearsal.wire import Members, Wire

_SIGNED = re.compile(r"Credential=(?P<key>\w+)/\d{8}/[\w-]+/(?P<service>[\w-]+)/aws4_request")


class Service(Protocol):
    """What the endpoint needs of a service."""

    @property
    def wire(self) -> Wire:
        """Its protocol."""

    @property
    def operations(self) -> Mapping[str, Callable[[Principal, Members], Members]]:
        """What it answers, by operation."""

    def denied(self, message: str) -> AwsError:
        """Word a denial."""


class Account(Protocol):
    """What stands behind the endpoint: services, and who the access keys are of."""

    services: Mapping[str, Service]
    callers: Mapping[str, Principal]
    problems: list[str]


def answered(account: Account, request: Request) -> Response:
    """Answer one request; what is not modelled is answered with status 501 and kept."""
    try:
        service, who = _asked(account, request)
        return _served(service, who, request)
    except (UnknownError, UnmodelledError) as error:
        account.problems.append(f"not modelled: {error}")
    except Exception:  # noqa: BLE001 - any of it is a fault of a model, and must not pass
        account.problems.append(traceback.format_exc())
    return Response(status=501)


def _asked(account: Account, request: Request) -> tuple[Service, Principal]:
    signed = _SIGNED.search(request.headers.get("Authorization", ""))
    if signed is None:
        raise UnknownError(f"{request.method} {request.target} is not signed")
    service = account.services.get(signed["service"])
    if service is None:
        raise UnknownError(f"a call to {signed['service']}: {request.method} {request.target}")
    return service, account.callers[signed["key"]]


def _served(service: Service, who: Principal, request: Request) -> Response:
    operation = None
    try:
        operation, members = service.wire.read(request, service.operations)
        return service.wire.write(operation, service.operations[operation](who, members))
    except AwsError as error:
        return service.wire.refuse(error, operation)
    except DeniedError as error:
        return service.wire.refuse(service.denied(str(error)), operation)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    account: Account

    def handle_error(self, *_: object) -> None:
        """Keep what went wrong; a client that has hung up is no fault."""
        if not isinstance(sys.exception(), ConnectionError):
            self.account.problems.append(traceback.format_exc())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body leave in two packets; Nagle would hold the second for 40 ms.
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        """Read one request, whatever its method, and answer it."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        request = Request(
            method=self.command,
            target=self.path,
            headers=self.headers,
            body=self._body(),
        )
        response = answered(cast("_Server", self.server).account, request)
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def _body(self) -> bytes:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            return _unchunked(body)
        return body

    def log_message(self, *_: object) -> None:
        """Keep quiet: the terminal belongs to the timeline."""


def _unchunked(body: bytes) -> bytes:
    """The object in an upload with a trailing checksum (AmazonS3/sigv4-streaming-trailers)."""
    found, rest = b"", body
    while rest:
        line, _, rest = rest.partition(b"\r\n")
        size = int(line.partition(b";")[0], 16)
        if not size:
            break
        found, rest = found + rest[:size], rest[size + 2 :]
    return found


class Endpoint:
    """The server. `serve` puts an account behind it: one for every scenario."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def serve(self, account: Account) -> None:
        """Put an account behind the endpoint."""
        self._server.account = account

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
