"""A small AWS on loopback: real clients, real HTTP, no mercy.

It knows the operations that our inline functions call, and no more. Anything else is answered with
an error and kept in `unknown`, which must be empty when a test ends. The services keep the state
of one stack; each says in its docstring which page its behaviour rests on, and what is its choice.

The service is told from the signature's scope, as the hosts of AWS would tell it; signatures are
not checked, and neither are policies: `access` records what a role would need.
"""

from __future__ import annotations

import re
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol, Self, cast

from tests.fakes.access import REGION, Access, DeniedError, ThrottledError
from tests.fakes.awslambda import Lambda
from tests.fakes.codedeploy import CodeDeploy
from tests.fakes.codepipeline import CodePipeline
from tests.fakes.s3 import S3

from cicdgen.rehearsal.wire import AwsError, Request, Response, UnknownError, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from cicdgen.rehearsal.wire import Members

FUNCTION = "shop-prod"
ALIAS = "live"
APPLICATION = "shop-prod"
GROUP = "shop-prod-live"


class Service(Protocol):
    """What the server needs of a service."""

    wire: Wire
    operations: dict[str, Callable[[Members], Members]]

    def denied(self, message: str) -> AwsError:
        """Word a denial."""

    def throttled(self, message: str) -> AwsError:
        """Word throttling."""


class Aws:
    """One account, in one region, with one stack of ours."""

    def __init__(self) -> None:
        self.access = Access()
        self.unknown: list[str] = []
        self.s3 = S3(self.access)
        self.function = Lambda(self.access, self.s3, name=FUNCTION, alias=ALIAS)
        self.codedeploy = CodeDeploy(
            self.access, self.function, application=APPLICATION, group=GROUP
        )
        self.codepipeline = CodePipeline(self.access)
        self._services: Mapping[str, Service] = {
            "codedeploy": self.codedeploy,
            "codepipeline": self.codepipeline,
            "lambda": self.function,
            "s3": self.s3,
        }

    def answer(self, request: Request) -> Response:
        """Answer one request; what is not modelled is answered with status 501 and kept."""
        try:
            return _served(self._service(request), request)
        except Exception:  # noqa: BLE001 - any of it is a fault of the fake, or unknown to it
            self.unknown.append(traceback.format_exc())
            return Response(status=501)

    def _service(self, request: Request) -> Service:
        signed = request.headers.get("Authorization", "")
        scope = re.search(rf"/{REGION}/(\w+)/aws4_request", signed)
        if scope is None or scope[1] not in self._services:
            raise UnknownError(f"{request.method} {request.target} {signed}")
        return self._services[scope[1]]


def _served(service: Service, request: Request) -> Response:
    operation = None
    try:
        operation, members = service.wire.read(request, service.operations)
        return service.wire.write(operation, service.operations[operation](members))
    except AwsError as error:
        return service.wire.refuse(error, operation)
    except DeniedError as error:
        return service.wire.refuse(service.denied(str(error)), operation)
    except ThrottledError as error:
        return service.wire.refuse(service.throttled(str(error)), operation)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    aws: Aws

    def handle_error(self, *_: object) -> None:
        """Keep what went wrong; a client that has hung up is no fault."""
        if not isinstance(sys.exception(), ConnectionError):
            self.aws.unknown.append(traceback.format_exc())


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
            body=self.rfile.read(int(self.headers.get("Content-Length", "0"))),
        )
        response = cast("_Server", self.server).aws.answer(request)
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: standard error is what some tests look at."""


class Endpoint:
    """The server. `aws` is the account behind it; give it a new one for every test."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def serve(self, aws: Aws) -> Aws:
        """Put an account behind the endpoint."""
        self._server.aws = aws
        return aws

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
