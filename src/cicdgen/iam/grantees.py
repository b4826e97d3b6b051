"""The `Principal` and `NotPrincipal` elements: whom a statement of a resource policy is about.

Sources: IAM/reference_policies_elements_principal, IAM/reference_policies_elements_notprincipal.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cicdgen.cloudformation.text import Shape, Text
from cicdgen.cloudformation.truth import Truth, any_of
from cicdgen.cloudformation.values import Path
from cicdgen.iam.principal import Federated, Principal, RoleSession, Root, Service, User

_ROOT = re.compile(r"arn:[^:]*:iam::([^:]*):root")
_ACCOUNT = re.compile(r"\d{12}")
_UNIQUE_ID = re.compile(r"A(?:IDA|ROA|NPA|CCA|GPA)[A-Z0-9]+")


class Named(NamedTuple):
    """In which ways a principal is named: they count differently.

    Attributes:
        itself: As itself, or as everyone.
        role: By the ARN of its role, which a permissions boundary still limits.
        account: By its account, which only hands the decision on to that account's policies.
    """

    itself: Truth = False
    role: Truth = False
    account: Truth = False

    @property
    def at_all(self) -> Truth:
        """Whether it is named in any way."""
        return any_of(self)


class Grantee(NamedTuple):
    """One entry: its kind (`AWS`, `Service`, `Federated`, `CanonicalUser`), value and place."""

    kind: str
    value: Text
    path: Path


EVERYONE = Text("*")


@dataclass(frozen=True)
class Grantees:
    """Whom a statement is about, or (`negated`) whom it is not about."""

    entries: tuple[Grantee, ...]
    negated: bool = False

    def named(self, principal: Principal) -> Named:
        """How the entries name a principal, whatever the element makes of it."""
        found = [_named(entry, principal) for entry in self.entries]
        return Named(*(any_of(ways) for ways in zip(*found, strict=True))) if found else Named()

    def excludes(self, principal: Principal) -> Truth:
        """Whether the statement is about a principal although `NotPrincipal` lists others.

        AWS asks to list a principal's account beside it, and a role beside its session: else the
        account or the role may still be meant. So a partial listing is unknown.
        """
        named = self.named(principal)
        complete = {
            RoleSession: named.account is True and named.role is True,
            User: named.account is True and named.itself is True,
        }.get(type(principal), named.at_all is True)
        if complete or any(entry.value == EVERYONE for entry in self.entries):
            return False
        return True if named.at_all is False else None

    def __str__(self) -> str:
        return ", ".join(str(entry.value) for entry in self.entries)


def _named(entry: Grantee, principal: Principal) -> Named:
    kind, value, _ = entry
    found = Named()
    match principal:
        case _ if kind == "AWS" and value == EVERYONE:
            found = Named(itself=True)
        case Service(text=text) if kind == "Service":
            found = Named(itself=value.equals(text))
        case Federated(provider=provider) if kind == "Federated":
            found = Named(itself=value.equals(provider))
        case RoleSession() | User() | Root() if kind == "AWS":
            found = _named_by_aws(value, principal)
        case RoleSession() | User() | Root() if kind == "CanonicalUser":
            found = Named(account=None)
        case _:
            pass
    return found


def _named_by_aws(value: Text, principal: RoleSession | User | Root) -> Named:
    match principal:
        case RoleSession():
            return _role_named(value, principal)
        case User(arn=arn):
            account = _account_named(value)
            if account is not None:
                return Named(account=account.equals(principal.account))
            if _UNIQUE_ID.fullmatch(value.code):
                return Named(itself=None)
            return Named(itself=value.equals(arn), account=_could_be_account(value))
        case Root():
            account = _account_named(value)
            if account is not None:
                return Named(itself=account.equals(principal.account))
            return Named(itself=_could_be_account(value))


def _role_named(value: Text, principal: RoleSession) -> Named:
    account = _account_named(value)
    if account is not None:
        return Named(account=account.equals(principal.account))
    if _UNIQUE_ID.fullmatch(value.code):
        return Named(role=None)
    return Named(
        itself=value.equals(principal.session_arn),
        role=value.equals(principal.role),
        account=_could_be_account(value),
    )


@lru_cache(maxsize=4096)
def _account_named(value: Text) -> Text | None:
    """The account that an entry names as a whole, if it does."""
    root = _ROOT.fullmatch(value.code)
    if root:
        return Text(root[1])
    if _ACCOUNT.fullmatch(value.code) or (value.only and value.only.shape is Shape.ACCOUNT):
        return value
    return None


def _could_be_account(value: Text) -> Truth:
    """Whether an entry that is hardly known may name an account."""
    return None if value.only is not None and not value.only.shape.is_one_piece else False
