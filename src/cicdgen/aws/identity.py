"""Whose credentials these are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The account and the user or role behind the credentials."""

    account: str
    arn: str


def identity(caller: Caller) -> Identity:
    """Who calls (STS/latest/APIReference/API_GetCallerIdentity: needs no permission)."""
    answer = caller.call("get_caller_identity", service="sts")
    return Identity(account=answer["Account"], arn=answer["Arn"])
