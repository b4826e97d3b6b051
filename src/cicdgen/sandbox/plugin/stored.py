"""A type that is stored as the template gives it, and a service that answers what is stored.

Nothing here runs: a service answers the operations that read, and each other one is an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.responses import error_response_json, json_response
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS, _tag_map

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Read = Callable[[Json], Json]


class RefusedRequest(Exception):  # noqa: N818 - an answer of AWS
    """An error that the service answers with.

    Args:
        code: AWS's code.
        message: what is told.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def add_type(
    name: str,
    *,
    create: Callable[[str, Json, str], tuple[str, Json]],
    update: Callable[[str, Json, Json, str], tuple[str, Json]],
    delete: Callable[[str, Json], None],
) -> None:
    """Teach CloudFormation a type.

    Raises:
        RuntimeError: it knows the type by now, and ours would hide what it does better.
    """
    if name in _RESOURCE_HANDLERS:
        message = f"ministack knows {name}: take it out of the plug-in"
        raise RuntimeError(message)
    _RESOURCE_HANDLERS[name] = {"create": create, "update": update, "delete": delete}


def add_service(name: str, target: str, reads: dict[str, Read]) -> None:
    """Serve a JSON service.

    Args:
        name: as it signs its requests, e.g. `codepipeline`.
        target: the first part of its `X-Amz-Target`, e.g. `CodePipeline_20150709`.
        reads: an answer for each operation that it has.
    """

    async def handle(
        _method: str, _path: str, headers: dict[str, str], body: bytes, _query: Json
    ) -> Answer:
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        read = reads.get(operation)
        if read is None:
            reason = f"{name}:{operation} is not in the sandbox: it stores {name}, and runs nothing"
            return error(501, "NotImplemented", reason)
        try:
            answer: Answer = json_response(read(json.loads(body or b"{}")))
        except RefusedRequest as refused:
            return error(400, refused.code, str(refused))
        return answer

    app.SERVICE_HANDLERS[name] = handle
    router.SERVICE_PATTERNS[name] = {"target_prefixes": [target], "credential_scope": name}


def error(status: int, code: str, message: str) -> Answer:
    """An error as AWS's JSON services answer it."""
    answer: Answer = error_response_json(code, message, status)
    return answer


def api(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A template's value as the API spells it: members begin with a small letter."""
    match value:
        case dict():
            return {key[:1].lower() + key[1:]: api(inner) for key, inner in value.items()}
        case list():
            return [api(inner) for inner in value]
    return value


def tags(properties: Json) -> list[Json]:
    """The tags of a resource, as the template gives them."""
    return [{"key": key, "value": text} for key, text in _tag_map(properties.get("Tags")).items()]
