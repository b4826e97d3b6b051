"""What a stack was last given, asked over HTTP of a small server that answers as AWS documents it.

Sources: AWSCloudFormation/API_DescribeStacks, AWSCloudFormation/API_GetTemplate.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs

import pytest

from cicdgen.aws.access import Access
from cicdgen.aws.deployed import Deployed, deployed
from cicdgen.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator

_XMLNS = 'xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"'
_STACK = """\
<DescribeStacksResponse {xmlns}><DescribeStacksResult><Stacks><member>
<StackName>shop-prod</StackName><StackStatus>{status}</StackStatus>
<CreationTime>2026-01-01T00:00:00Z</CreationTime>
<Parameters>
<member><ParameterKey>Plain</ParameterKey><ParameterValue>a</ParameterValue></member>
<member><ParameterKey>Hidden</ParameterKey><ParameterValue>****</ParameterValue></member>
<member><ParameterKey>LookedUp</ParameterKey><ParameterValue>/name</ParameterValue>
<ResolvedValue>b</ResolvedValue></member>
</Parameters>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>"""
_TEMPLATE = """\
<GetTemplateResponse {xmlns}><GetTemplateResult><TemplateBody>{body}</TemplateBody>
</GetTemplateResult></GetTemplateResponse>"""
_ERROR = """\
<ErrorResponse {xmlns}><Error><Type>Sender</Type><Code>{code}</Code>
<Message>{message}</Message></Error></ErrorResponse>"""


class _Stack:
    """A stack, or none: how the service answers."""

    def __init__(self, body: str = "", status: str = "UPDATE_COMPLETE", error: str = "") -> None:
        self.body = body
        self.status = status
        self.error = error

    def answer(self, action: str) -> tuple[int, str]:
        """The status and the body of an answer."""
        if self.error:
            missing = "Stack with id shop-prod does not exist"
            message = missing if self.error == "ValidationError" else "no"
            return 400, _ERROR.format(xmlns=_XMLNS, code=self.error, message=message)
        if action == "DescribeStacks":
            return 200, _STACK.format(xmlns=_XMLNS, status=self.status)
        body = self.body.replace("&", "&amp;").replace("<", "&lt;")
        return 200, _TEMPLATE.format(xmlns=_XMLNS, body=body)


@contextmanager
def _serving(stack: _Stack) -> Iterator[Access]:
    class Handler(BaseHTTPRequestHandler):
        served: ClassVar[_Stack] = stack

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            status, text = self.served.answer(form["Action"][0])
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Access(region="eu-west-1", endpoint=f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that are none, and nothing of the person who runs the tests."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)


@pytest.mark.parametrize(
    "body", [json.dumps({"Resources": {}}), "Resources: {} # a < b\n"], ids=["json", "yaml"]
)
def test_the_template_as_it_was_sent(body: str) -> None:
    """Text comes back as text, whatever botocore makes of it in between."""
    with _serving(_Stack(body)) as access:
        found = deployed("shop-prod", access)

    assert body == found.text


def test_the_values_of_its_parameters() -> None:
    """A value that is looked up counts as it was found; one that is hidden is not known."""
    with _serving(_Stack("{}")) as access:
        found = deployed("shop-prod", access)

    assert {"Plain": "a", "LookedUp": "b"} == found.parameters


@pytest.mark.parametrize(
    "stack",
    [_Stack(error="ValidationError"), _Stack(status="REVIEW_IN_PROGRESS")],
    ids=["no stack", "a stack that was only reviewed"],
)
def test_nothing_is_there_yet(stack: _Stack) -> None:
    """Everything will be new then: that is no error."""
    with _serving(stack) as access:
        found = deployed("shop-prod", access)

    assert Deployed() == found


def test_a_refusal_is_told() -> None:
    """Who may not look, cannot compare."""
    with _serving(_Stack(error="AccessDenied")) as access, pytest.raises(AwsError) as caught:
        deployed("shop-prod", access)

    assert "AccessDenied" in caught.value.message
