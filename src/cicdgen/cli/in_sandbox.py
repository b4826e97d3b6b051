"""What runs in a sandbox: for a while, AWS is one on this machine, and no other is in reach."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cicdgen.cli.streams import tell
from cicdgen.errors import AwsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.aws.access import Access
    from cicdgen.config.schema import Config
    from cicdgen.sandbox.running import Sandbox

BUCKET = "cicdgen-templates"
"""Where a template over the inline limit goes in a sandbox, which begins without a bucket."""

_HOST = "127.0.0.1"
_PROXIES = ("NO_PROXY", "no_proxy")


def environment(sandbox: Sandbox) -> dict[str, str]:
    """The variables of a program in the sandbox: this program's, without its own AWS.

    A profile, a token, or the endpoint of one service would lead past the sandbox, to an account
    that is real; and a proxy does not know this machine.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    direct = {name: ",".join(filter(None, (kept.get(name), _HOST))) for name in _PROXIES}
    return {**sandbox.environment, **kept, **direct}


@contextmanager
def sandboxed(access: Access, config: Config, *, wanted: bool) -> Iterator[None]:
    """While this holds, AWS is a sandbox on this machine, if that is wanted.

    It begins empty, and what is deployed into it ends with it.

    Raises:
        UsageError: a profile is named too.
        CicdgenError: it is not installed, or does not start.
    """
    if not wanted:
        yield
        return
    from cicdgen.aws import template_bucket  # noqa: PLC0415 - most deploy to an account
    from cicdgen.sandbox import running  # noqa: PLC0415

    if access.profile is not None:
        raise UsageError("--sandbox has credentials of its own", hint="leave --profile out")
    account, region = config.account or running.ACCOUNT, access.region or running.REGION
    with running.Sandbox(account=account, region=region) as sandbox:
        tell(f"sandbox: {sandbox.endpoint}; what is deployed into it ends with this command")
        before = dict(os.environ)
        _set(environment(sandbox))
        try:
            template_bucket.make(access, BUCKET)
            yield
        except AwsError as error:
            # There is nothing left to follow, to mend or to roll back.
            hint = "the sandbox is gone, and all that was in it"
            raise AwsError(error.message, hint=hint) from error
        finally:
            _set(before)


def _set(variables: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
