"""AWS's errors in words: what, and what to do about it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cicdgen.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.exceptions import BotoCoreError, ClientError

# AWSCloudFormation/latest/APIReference/CommonErrors; sdkref/feature-retry-behavior.
_THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "TooManyRequestsException",
        "SlowDown",
        "PriorRequestNotComplete",
    }
)
_EXPIRED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
)
_UNKNOWN_CREDENTIALS = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "NoCredentialsError",
        "PartialCredentialsError",
        "CredentialRetrievalError",
        "SSOTokenLoadError",
        "UnauthorizedSSOTokenError",
        "TokenRetrievalError",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})
_NO_REASON = frozenset({"400"})
"""The answer to HEAD has no body: so S3 says even that credentials have run out."""
_OF_THE_NETWORK = frozenset(
    {
        "EndpointConnectionError",
        "ConnectionClosedError",
        "ConnectTimeoutError",
        "ReadTimeoutError",
        "HTTPClientError",
        "ProxyConnectionError",
        "SSLError",
        "ResponseStreamingError",
        "IncompleteReadError",
    }
)
_MOVED = frozenset(
    {
        "InvalidChangeSetStatus",
        "InvalidChangeSetStatusException",
        "ChangeSetNotFound",
        "ChangeSetNotFoundException",
        "AlreadyExistsException",
        "OperationInProgressException",
    }
)
_SERVER_ERROR = 500

LOG_IN = "log in again (e.g. `aws sso login`), then run the same command again"


class CallError(AwsError):
    """A call of AWS that failed.

    Attributes:
        operation: boto3's name of it.
        code: AWS's code, or the name of botocore's exception where AWS did not answer.
        text: what AWS said.
        status: the HTTP status; None where AWS did not answer.
    """

    def __init__(
        self, operation: str, code: str, text: str, *, request_id: str, status: int | None
    ) -> None:
        asked = f" (request {request_id})" if request_id else ""
        super().__init__(f"{operation}: {code}: {text}{asked}", hint=_hint(code, status))
        self.operation = operation
        self.code = code
        self.text = text
        self.status = status

    @property
    def is_of_credentials(self) -> bool:
        """Whether a new login would do."""
        return self.code in _EXPIRED | _UNKNOWN_CREDENTIALS

    @property
    def is_unknown_operation(self) -> bool:
        """Whether the endpoint, one that stands in for AWS, does not know the operation."""
        return self.code in {"InvalidAction", "UnknownOperationException", "501", "NotImplemented"}

    @property
    def is_denied(self) -> bool:
        """Whether a permission is missing."""
        return self.code in _DENIED


def told(error: ClientError | BotoCoreError, operation: str) -> CallError:
    """The error in our words."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    if "Error" not in response:
        return CallError(operation, type(error).__name__, str(error), request_id="", status=None)
    return CallError(
        operation,
        str(response["Error"].get("Code", "unknown")),
        str(response["Error"].get("Message", "")),
        request_id=str(response.get("ResponseMetadata", {}).get("RequestId", "")),
        status=response.get("ResponseMetadata", {}).get("HTTPStatusCode"),
    )


@contextmanager
def about(what: str, *, absent: str | None = None) -> Iterator[None]:
    """Tell of what an error of AWS is.

    Args:
        what: what was asked about, e.g. `stack shop-prod`.
        absent: what to do where it does not exist.

    Raises:
        AwsError: instead of botocore's.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see the package

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        call = told(error, getattr(error, "operation_name", "AWS"))
        hint = absent if "does not exist" in call.text else None
        raise AwsError(f"{what}: {call.message}", hint=call.hint or hint) from error


def is_worth_another_try(error: CallError) -> bool:
    """Whether the same call may succeed a moment later."""
    if error.is_unknown_operation:
        return False
    at_fault = error.status is not None and error.status >= _SERVER_ERROR
    return error.code in _THROTTLED | _OF_THE_NETWORK or at_fault


def _hint(code: str, status: int | None) -> str | None:
    for codes, hint in _HINTS:
        if code in codes:
            return hint
    if status is not None and status >= _SERVER_ERROR:
        return "AWS is in trouble: run the same command again in a minute"
    return None


_HINTS = (
    (_EXPIRED | _UNKNOWN_CREDENTIALS, LOG_IN),
    (_DENIED, "`cicdgen permissions` prints the policy that a command needs"),
    (_NO_REASON, f"if the credentials have run out: {LOG_IN}"),
    (_THROTTLED, "AWS throttles this account: run the same command again in a minute"),
    (_MOVED, "the stack or the change set has moved meanwhile: run the same command again"),
    (
        _OF_THE_NETWORK,
        "AWS did not answer: look at the network, then run the same command again",
    ),
)
