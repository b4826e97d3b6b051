"""What botocore raises, told to the person at the terminal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cicdgen.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "403", "UnauthorizedOperation"})
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
"""Codes of all services (IAM/CommonErrors); S3 has its own names (s3/ErrorResponses)."""

_NO_REASON = "400"
"""The answer to HEAD has no body: so S3 says even that credentials have run out."""


@contextmanager
def told(what: str) -> Iterator[None]:
    """Tell of what an error of AWS is.

    Args:
        what: what was asked about, e.g. `stack shop-prod`.

    Raises:
        AwsError: instead of botocore's.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see the package

    try:
        yield
    except ClientError as error:
        details = error.response.get("Error", {})
        reason = f"{error.operation_name}: {details.get('Message') or details.get('Code')}"
        raise AwsError(f"{what}: {reason}", hint=_hint(details.get("Code", ""))) from error
    except BotoCoreError as error:
        raise AwsError(
            f"{what}: {error}", hint="check the network, the region and the credentials"
        ) from error


def _hint(code: str) -> str | None:
    if code in _DENIED:
        return "`cicdgen permissions` prints the policy that a command needs"
    if code in _EXPIRED:
        return "sign in again, and run it again"
    if code == _NO_REASON:
        return "if the credentials have run out: sign in again, and run it again"
    return None
