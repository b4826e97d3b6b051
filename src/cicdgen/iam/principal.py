"""Who makes a request, and which condition keys follow from that.

Sources: IAM/reference_policies_elements_principal, IAM/reference_policies_condition-keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

from cicdgen.cloudformation.text import Shape, Text
from cicdgen.iam.context import ABSENT, ContextValue

_NOBODY_SAYS = "the request does not say"


@dataclass(frozen=True)
class RoleSession:
    """Someone who has assumed a role, and acts with its permissions.

    Attributes:
        role: The ARN of the role.
        session: The name of the session, if it matters.
    """

    role: Text
    session: str | None = None

    @property
    def arn(self) -> Text:
        """The ARN that identity policies and boundaries hang on: the role's."""
        return self.role

    @cached_property
    def account(self) -> Text:
        """The account that the role is in."""
        return account_in(self.role)

    @cached_property
    def session_arn(self) -> Text:
        """The ARN of the session. A role's path is not part of it."""
        parts = self.role.code.split(":")
        session = (
            Text.literal(self.session)
            if self.session
            else Text.token(f"session of {self.role}", Shape.GIVEN, because=_NOBODY_SAYS)
        )
        name = parts[-1].rpartition("/")[2]
        return Text(f"arn:{parts[1] if len(parts) > 1 else ''}:sts::{self.account.code}:") + (
            f"assumed-role/{name}/{session.code}"
        )

    @cached_property
    def context(self) -> Mapping[str, ContextValue]:
        """The condition keys that follow."""
        return _of_account(self.account, self.role, "AssumedRole")

    def __str__(self) -> str:
        return str(self.role)


@dataclass(frozen=True)
class User:
    """An IAM user, by ARN."""

    arn: Text

    @cached_property
    def account(self) -> Text:
        """The account that the user is in."""
        return account_in(self.arn)

    @cached_property
    def context(self) -> Mapping[str, ContextValue]:
        """The condition keys that follow."""
        name = Text(self.arn.code.rpartition("/")[2])
        return _of_account(self.account, self.arn, "User") | {"aws:username": (name,)}

    def __str__(self) -> str:
        return str(self.arn)


@dataclass(frozen=True)
class Root:
    """The root user of an account, which needs no identity policy."""

    account: Text
    partition: str = "aws"

    @property
    def arn(self) -> Text:
        """The ARN of the root user."""
        return Text(f"arn:{self.partition}:iam::{self.account.code}:root")

    @cached_property
    def context(self) -> Mapping[str, ContextValue]:
        """The condition keys that follow."""
        return _of_account(self.account, self.arn, "Account")

    def __str__(self) -> str:
        return f"root user of {self.account}"


@dataclass(frozen=True)
class Service:
    """An AWS service that acts as itself and not for a role, as `events.amazonaws.com`."""

    name: str

    @property
    def account(self) -> None:
        """A service acts from an account of AWS's own."""

    @cached_property
    def context(self) -> Mapping[str, ContextValue]:
        """The condition keys that follow."""
        return {
            "aws:principalisawsservice": (Text("true"),),
            "aws:principalservicename": (self.text,),
            "aws:username": ABSENT,
        }

    @property
    def text(self) -> Text:
        """Its name; a policy may leave the region in it, or the suffix, to tokens."""
        return Text(self.name)

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True)
class Federated:
    """Someone whom an identity provider vouches for, before any role is assumed.

    Attributes:
        provider: The ARN of the provider, or its name if AWS has it built in.
    """

    provider: Text

    @property
    def account(self) -> None:
        """The caller has no account yet."""

    @property
    def context(self) -> Mapping[str, ContextValue]:
        """The condition keys that follow."""
        return _NOT_AWS

    def __str__(self) -> str:
        return str(self.provider)


@dataclass(frozen=True)
class Anonymous:
    """A request without a signature."""

    @property
    def account(self) -> None:
        """Nobody's."""

    @property
    def context(self) -> Mapping[str, ContextValue]:
        """The condition keys that follow."""
        return _ANONYMOUS

    def __str__(self) -> str:
        return "anyone"


Principal: TypeAlias = RoleSession | User | Root | Service | Federated | Anonymous

_NOT_AWS: Mapping[str, ContextValue] = MappingProxyType(
    {
        "aws:principalisawsservice": (Text("false"),),
        "aws:principalservicename": ABSENT,
        "aws:principalservicenameslist": ABSENT,
        "aws:username": ABSENT,
    }
)
_ANONYMOUS: Mapping[str, ContextValue] = MappingProxyType(
    {
        "aws:principalaccount": (Text("anonymous"),),
        "aws:principalarn": ABSENT,
        "aws:principalisawsservice": ABSENT,
        "aws:principalorgid": ABSENT,
        "aws:principalorgpaths": ABSENT,
        "aws:principalservicename": ABSENT,
        "aws:principalservicenameslist": ABSENT,
        "aws:principaltype": (Text("Anonymous"),),
        "aws:userid": (Text("anonymous"),),
        "aws:username": ABSENT,
    }
)


def account_in(arn: Text) -> Text:
    """The account that an ARN names; a token if the ARN is not known that far."""
    match arn.split(":"):
        case [prefix, partition, service, region, account, _, *_]:
            head = Text.joined((prefix, partition, service, region, account))
            if all(token.shape.is_one_piece for token in head.tokens):
                return account
        case _:
            pass
    return Text.token(f"account of {arn}", Shape.ACCOUNT, because="the ARN is not known")


def _of_account(account: Text, arn: Text, kind: str) -> dict[str, ContextValue]:
    return {
        **_NOT_AWS,
        "aws:principalaccount": (account,),
        "aws:principalarn": (arn,),
        "aws:principaltype": (Text(kind),),
        "kms:calleraccount": (account,),
    }
