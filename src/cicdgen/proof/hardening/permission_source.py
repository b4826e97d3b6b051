"""A service may call a function for what is yours, and not for what is somebody else's.

Without SourceArn or SourceAccount, a bucket or rule of any account in the world can make the
service call it. Source: lambda/permissions-function-services.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.limits import is_anything
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack

NAME = "permission-source"
_UNASKED = frozenset({"cloudformation.amazonaws.com"})
"""Services for which AWS's own pages set no source: macros."""
_SOURCES = ("SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken")


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every permission."""
    for permission in stack.of_type("AWS::Lambda::Permission"):
        place = Place.of(permission)
        principal = place.at("Principal")
        limited = any(_is_limit(place.at(name)) for name in _SOURCES)
        signed = place.at("FunctionUrlAuthType").known == "AWS_IAM"
        if principal.known == "*" and not limited and not signed:
            message = f"{permission.logical_id} lets everyone in the world call the function"
            yield _flaw(principal.path, message, "name a principal")
        elif _is_service(principal.known or "") and not limited:
            message = f"{permission.logical_id} lets {principal} call it for anyone's sake"
            yield _flaw(place.path, message, "add SourceArn, and SourceAccount for a bucket")


def _is_limit(source: Place) -> bool:
    return source.is_given and (source.text is None or not is_anything(source.text))


def _is_service(principal: str) -> bool:
    return principal.endswith(".amazonaws.com") and principal not in _UNASKED


def _flaw(path: Path, message: str, fix: str) -> Flaw:
    source = "lambda/permissions-function-services"
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
