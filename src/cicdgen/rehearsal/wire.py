"""AWS's wire protocols seen from the server: botocore's own service models, held up to a mirror.

A client turns an operation's input into a request, and a response into its output. In the mirror
input and output trade places, so botocore's parser reads the request and its serializer writes the
response, in the protocol that botocore picks (CodeDeploy and CodePipeline: json, Lambda: rest-json,
S3: rest-xml).

Both directions are held against the model, also where botocore lets a value pass: lengths,
patterns and enumerations. What the fakes answer must fit it as well.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import Message

Members = dict[str, Any]
"""An operation's input or output, by member name."""


class AwsError(Exception):
    """What AWS would refuse a call with."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class UnknownError(Exception):
    """Something that the fakes do not model. Never an answer of AWS: the test must fail."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request as it came in."""

    method: str
    target: str
    headers: Message
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Response:
    """One HTTP response to send."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Wire:
    """One service's protocol."""

    def __init__(self, service: str) -> None:
        description = Loader().load_service_model(service, "service-2")
        self.model = ServiceModel(description, service)
        self.protocol: str = self.model.resolved_protocol
        self._mirror = ServiceModel(_mirrored(description), service)
        self._parser = create_parser(self.protocol)
        self._serializer = create_serializer(self.protocol, include_validation=False)

    def read(self, request: Request, operations: Iterable[str]) -> tuple[str, Members]:
        """Name the operation, one of those modelled, and its input."""
        url = urlsplit(request.target)
        if self.protocol == "json":
            prefix = f"{self.model.metadata['targetPrefix']}."
            name = request.headers["X-Amz-Target"].removeprefix(prefix)
            members: Members = {}
        else:
            name, members = self._route(request.method, url.path, operations)
            members |= self._query(name, url.query)
        if name not in operations:
            raise UnknownError(f"{self.model.service_name} {request.method} {request.target}")
        shape = self.model.operation_model(name).input_shape
        # botocore takes a body that streams for text, and an object is none.
        streams = _streaming(shape)
        body = b"" if streams else request.body
        response = {"status_code": 200, "headers": request.headers, "body": body}
        members |= self._parser.parse(response, shape)
        if streams:
            members[streams] = request.body
        members.pop("ResponseMetadata")
        if mistakes := [*_mistakes(members, shape)]:
            raise AwsError("ValidationException", "; ".join(mistakes))
        return name, members

    def write(self, operation: str, output: Members) -> Response:
        """Write the answer to an operation."""
        mirrored = self._mirror.operation_model(operation)
        status = mirrored.http.get("responseCode", 200)
        if mirrored.input_shape is None:
            return Response(status=status)
        if mistakes := [*_mistakes(output, mirrored.input_shape)]:
            raise UnknownError(f"{operation} does not answer so: {'; '.join(mistakes)}")
        written = self._serializer.serialize_to_request(output, mirrored)
        return Response(
            status=status, headers=dict(written["headers"]), body=written["body"] or b""
        )

    def refuse(self, error: AwsError, operation: str | None) -> Response:
        """Write an error. One that the operation's model does not know must be a common one."""
        if operation is not None:
            known = {shape.name for shape in self.model.operation_model(operation).error_shapes}
            if error.code not in known | _COMMON:
                raise UnknownError(f"{operation} does not fail with {error.code}")
        headers = {}
        match self.protocol:
            case "json":
                body = json.dumps({"__type": error.code, "message": error.message}).encode()
            case "rest-json":
                headers["x-amzn-ErrorType"] = error.code
                body = json.dumps({"Message": error.message}).encode()
            case "rest-xml":
                code, message = escape(error.code), escape(error.message)
                body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
            case protocol:
                raise UnknownError(protocol)
        return Response(status=error.status, headers=headers, body=body)

    def _route(self, method: str, path: str, operations: Iterable[str]) -> tuple[str, Members]:
        for name in operations:
            http = self.model.operation_model(name).http
            template = http["requestUri"].partition("?")[0]
            if self.model.service_name == "s3" and "{Bucket}" not in template:
                # An endpoint without a name of its own is asked in path style.
                template = "/{Bucket}" + template
            pattern = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", template)
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
            if method == http["method"] and (found := re.fullmatch(pattern, path)):
                return name, {key: unquote(value) for key, value in found.groupdict().items()}
        raise UnknownError(f"{self.model.service_name} {method} {path}")

    def _query(self, operation: str, query: str) -> Members:
        members = self.model.operation_model(operation).input_shape.members
        names = {
            shape.serialization["name"]: member
            for member, shape in members.items()
            if shape.serialization.get("location") == "querystring"
        }
        given = dict(parse_qsl(query, strict_parsing=bool(query)))
        if unknown := given.keys() - names.keys():
            raise UnknownError(f"{operation}?{unknown}")
        return {names[key]: value for key, value in given.items()}


def _streaming(shape: Any) -> str | None:  # noqa: ANN401 - botocore is untyped
    """The member that is the body of a request, as it is."""
    payload = shape.serialization.get("payload")
    if payload and shape.members[payload].serialization.get("streaming"):
        return str(payload)
    return None


_COMMON = {
    "AccessDenied",  # s3/ErrorResponses
    "BadDigest",  # as above
    "AccessDeniedException",  # CommonErrors of every service
    "SlowDown",  # s3/ErrorResponses
    "ThrottlingException",
    "ValidationException",
}


def _mirrored(description: Members) -> Members:
    """Let input and output of every operation trade places."""
    trade = {"input": "output", "output": "input"}
    operations = {
        name: {
            **{trade.get(part, part): value for part, value in operation.items()},
            "http": {**operation["http"], "requestUri": "/"},
        }
        for name, operation in description["operations"].items()
    }
    return {**description, "operations": operations}


def _mistakes(members: Members, shape: Any) -> Iterator[str]:  # noqa: ANN401 - botocore is untyped
    """Say what in the members the model does not allow."""
    report = ParamValidator().validate(members, shape)
    if report.has_errors():
        yield report.generate_report()
    else:
        yield from _limits(members, shape, shape.name)


def _limits(value: Any, shape: Any, where: str) -> Iterator[str]:  # noqa: ANN401
    """Check what botocore does not: maxima, patterns, enumerations."""
    match shape.type_name:
        case "structure":
            for name, member in value.items():
                yield from _limits(member, shape.members[name], f"{where}.{name}")
        case "list":
            for member in value:
                yield from _limits(member, shape.member, f"{where}[]")
        case "map":
            for name, member in value.items():
                yield from _limits(name, shape.key, where)
                yield from _limits(member, shape.value, f"{where}.{name}")
        case "string":
            if fault := _misspelt(value, **shape.metadata):
                yield f"{where} {value!r} {fault}"


def _misspelt(
    value: str,
    *,
    pattern: str = "",
    enum: Iterable[str] = (),
    max: float = math.inf,  # noqa: A002 - the model's word
    **_others: object,
) -> str | None:
    if pattern and not re.fullmatch(pattern, value):
        return f"does not match {pattern}"
    if enum and value not in enum:
        return f"is none of {enum}"
    return f"is longer than {max}" if len(value) > max else None
