"""The query protocol seen from the server, by botocore's service models.

A request is a form whose keys spell a path (`Tags.member.1.Key`), an answer is XML
(smithy.io/2.0/aws/protocols/aws-query-protocol). What the model does not know is a fault of the
test: it is never let pass.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import ServiceModel

from cicdgen.rehearsal.wire import AwsError, Response, UnknownError

if TYPE_CHECKING:
    from cicdgen.rehearsal.wire import Members

_COMMON = {
    # AWSCloudFormation/latest/APIReference/CommonErrors
    "AccessDenied",
    "ExpiredToken",
    "InternalFailure",
    "Throttling",
    "ValidationError",
}

# A stack's own events carry its state, and UserGuide/view-stack-events lists these; the model of
# ResourceStatus leaves them out.
_UNLISTED = {
    "REVIEW_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
}


class QueryWire:
    """One service's query protocol."""

    def __init__(self, service: str) -> None:
        description = Loader().load_service_model(service, "service-2")
        self.model = ServiceModel(description, service)
        self._namespace = self.model.metadata["xmlNamespace"]

    def read(self, body: bytes) -> tuple[str, Members]:
        """The operation and its input."""
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        name = form.pop("Action")
        form.pop("Version")
        shape = self.model.operation_model(name).input_shape
        return name, _structure(form, shape) if shape is not None else {}

    def write(self, operation: str, output: Members) -> Response:
        """The answer."""
        shape = self.model.operation_model(operation).output_shape
        inner = ""
        if shape is not None:
            inner = f"<{operation}Result>{_xml(output, shape)}</{operation}Result>"
        text = (
            f'<{operation}Response xmlns="{self._namespace}">{inner}<ResponseMetadata>'
            f"<RequestId>00000000-fake-{operation}</RequestId></ResponseMetadata>"
            f"</{operation}Response>"
        )
        return Response(status=200, headers={"Content-Type": "text/xml"}, body=text.encode())

    def refuse(self, error: AwsError, operation: str) -> Response:
        """An error. One that the operation's model does not know must be a common one."""
        shapes = self.model.operation_model(operation).error_shapes
        known = {
            shape.metadata.get("error", {}).get("code", shape.name) for shape in shapes
        } | _COMMON
        if error.code not in known:
            raise UnknownError(f"{operation} does not fail with {error.code}")
        return refused(error)


def refused(error: AwsError) -> Response:
    """The XML of an error."""
    kind = "Receiver" if error.status >= 500 else "Sender"
    text = (
        f"<ErrorResponse><Error><Type>{kind}</Type><Code>{escape(error.code)}</Code>"
        f"<Message>{escape(error.message)}</Message></Error>"
        f"<RequestId>00000000-fake-refused</RequestId></ErrorResponse>"
    )
    return Response(status=error.status, headers={"Content-Type": "text/xml"}, body=text.encode())


def _structure(form: dict[str, str], shape: Any) -> Members:  # noqa: ANN401 - botocore is untyped
    groups: dict[str, dict[str, str]] = {}
    for key, value in form.items():
        head, _, rest = key.partition(".")
        groups.setdefault(head, {})[rest] = value
    if unknown := groups.keys() - shape.members.keys():
        raise UnknownError(f"{shape.name}: {unknown}")
    found = {name: _value(inner, shape.members[name]) for name, inner in groups.items()}
    if missing := set(shape.required_members) - found.keys():
        raise AwsError("ValidationError", f"{sorted(missing)} must not be null")
    return found


def _value(form: dict[str, str], shape: Any) -> Any:  # noqa: ANN401 - as above
    match shape.type_name:
        case "structure":
            return _structure(form, shape)
        case "list":
            members: dict[int, dict[str, str]] = {}
            for key, value in form.items():
                if not key:
                    continue  # an empty list
                _, number, *rest = key.split(".", 2)
                members.setdefault(int(number), {})[".".join(rest)] = value
            return [_value(members[number], shape.member) for number in sorted(members)]
        case "boolean":
            return form[""] == "true"
        case "integer":
            return int(form[""])
        case _:
            text = form[""]
            if shape.enum and text not in shape.enum:
                raise AwsError("ValidationError", f"{shape.name}: {text} is none of {shape.enum}")
            return text


def _xml(value: Any, shape: Any) -> str:  # noqa: ANN401 - as above
    match shape.type_name:
        case "structure":
            if unknown := value.keys() - shape.members.keys():
                raise UnknownError(f"{shape.name} has no {unknown}")
            return "".join(
                f"<{name}>{_xml(member, shape.members[name])}</{name}>"
                for name, member in value.items()
                if member is not None
            )
        case "list":
            return "".join(f"<member>{_xml(member, shape.member)}</member>" for member in value)
        case "boolean":
            return "true" if value else "false"
        case "timestamp":
            assert isinstance(value, datetime)
            return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case "string" if shape.enum and value not in {*shape.enum, *_UNLISTED}:
            raise UnknownError(f"{shape.name}: {value} is none of {shape.enum}")
        case _:
            return escape(str(value))
