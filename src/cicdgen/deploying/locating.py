"""Which stack a command line names, and where that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.aws.identity import identity
from cicdgen.deploying.happenings import Target
from cicdgen.errors import RefusedError

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A stack as a command line names it.

    Attributes:
        env: the environment.
        stack: the stack's name.
        options: what names it on a command line, e.g. `--env prod --profile ops`: a command that a
            message names has to be one that can be pasted.
        account: the account that the environment belongs to; None if the config does not say.
    """

    env: str
    stack: str
    options: str
    account: str | None = None


def locate(caller: Caller, address: Address) -> Target:
    """Where the run goes.

    Raises:
        RefusedError: the credentials are of another account than the environment's.
    """
    who = identity(caller)
    if address.account not in {None, who.account}:
        raise RefusedError(
            f"the credentials are of account {who.account}, and --env {address.env} belongs to "
            f"{address.account}",
            hint="take others (--profile), or mend `account` in the config",
        )
    return Target(
        env=address.env,
        stack=address.stack,
        account=who.account,
        region=caller.region,
        who=who.arn,
        endpoint=caller.endpoint,
    )
