"""The documents of some policies that AWS manages, kept by hand: no data set of them is current.

`managed.json` holds each document with its version, as the AWS managed policy reference
(aws-managed-policy/NAME) showed it in 2026-04. A policy that is not there is not known.
"""

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from cicdgen.cloudformation.text import Text
from cicdgen.cloudformation.values import Json
from cicdgen.iam.parse import IDENTITY, read_document, read_json, unknown_document
from cicdgen.iam.statement import Document, Origin

_AWS = ":iam::aws:policy/"


def is_managed_by_aws(arn: Text) -> bool:
    """Whether an ARN is that of a policy that AWS manages. The partition may be a token."""
    return _AWS in arn.code


@cache
def managed_document(arn: Text) -> Document:
    """The document of a policy that AWS manages.

    One that is not known is taken to deny nothing: of AWS's own policies, only those whose names
    speak of denying or quarantine do.
    """
    name = arn.code.partition(_AWS)[2]
    origin = Origin(resource=str(arn), path=(str(arn),))
    known = _documents().get(name)
    if known is None:
        allows_only = not any(word in name for word in ("Deny", "Quarantine"))
        why = "this AWS managed policy is not known here"
        return unknown_document(origin, why, allows_only=allows_only)
    return read_document(read_json(known["document"], origin.path), origin, IDENTITY)


@cache
def _documents() -> Mapping[str, Json]:
    from importlib.resources import files  # noqa: PLC0415 - slow to load, and few policies ask

    text = files("cicdgen.iam").joinpath("managed.json").read_text(encoding="utf-8")
    return MappingProxyType(json.loads(text))
