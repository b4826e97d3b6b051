"""One call of AWS: paced, tried again when it is AWS's fault or the network's, told when it fails.

botocore's own retries are off here: theirs may sleep for 20 seconds and count against no pace.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from cicdgen.aws.access import client
from cicdgen.aws.failing import CallError, is_worth_another_try, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicdgen.aws.access import Access

LONGEST_SLEEP = 2.0
"""Seconds. Whoever watches sees what happened at most this long ago."""

CALLS_A_SECOND = 1.5
"""Of a run that lasts. CloudFormation throttles an account, so two runs and a console share it."""

_AT_ONCE = 14
"""Calls that may go out before the pace counts: what a run needs before and after it watches."""

_TRIES = 12
_SHORTEST_SLEEP = 0.2


class Clock(Protocol):
    """Time, in seconds: the system's, or a test's."""

    def now(self) -> float:
        """Seconds since some moment."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class SystemClock:
    """The system's time."""

    def now(self) -> float:
        """Seconds since the machine started."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; Ctrl-C ends it."""
        time.sleep(seconds)


@dataclass(slots=True, kw_only=True)
class Pace:
    """A bucket of tokens: a burst is free, a run that lasts keeps to CALLS_A_SECOND."""

    clock: Clock
    _tokens: float = float(_AT_ONCE)
    _at: float | None = None

    def wait(self) -> None:
        """Wait until a call may go out."""
        now = self.clock.now()
        if self._at is not None:
            self._tokens = min(_AT_ONCE, self._tokens + (now - self._at) * CALLS_A_SECOND)
        self._at = now
        if self._tokens < 1:
            # A little more, so that rounding cannot leave the bucket a hair short.
            missing = (1 - self._tokens) / CALLS_A_SECOND + 0.001
            self.clock.sleep(missing)
            self._at, self._tokens = self.clock.now(), 1
        self._tokens -= 1


def _nobody(_: str) -> None:
    """Nobody listens."""


@dataclass(slots=True, kw_only=True)
class Caller:
    """Calls AWS as somebody, somewhere.

    Attributes:
        access: how AWS is reached.
        clock: what it waits by.
        tell: hears of each call that is tried again, in a sentence.
        calls: how many calls went out.
    """

    access: Access
    clock: Clock = field(default_factory=SystemClock)
    tell: Callable[[str], None] = _nobody
    calls: int = 0
    _pace: Pace = field(init=False)
    _clients: dict[str, Any] = field(default_factory=dict)
    _random: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._pace = Pace(clock=self.clock)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 has no types of its own
        """The client of a service, made once."""
        if service not in self._clients:
            self._clients[service] = client(service, self.access, attempts=1)
        return self._clients[service]

    @property
    def region(self) -> str:
        """The region that is called."""
        return str(self.client("cloudformation").meta.region_name)

    @property
    def endpoint(self) -> str | None:
        """Where the calls go, if it is not AWS: by flag, environment or profile."""
        url = str(self.client("cloudformation").meta.endpoint_url)
        host = url.split("//", 1)[-1].split("/", 1)[0].split(":", 1)[0]
        return None if host.endswith(_AWS) else url

    def call(
        self,
        operation: str,
        arguments: dict[str, Any] | None = None,
        *,
        service: str = "cloudformation",
    ) -> dict[str, Any]:
        """The answer to one call.

        It is tried again after throttling, an error of AWS's or of the network; so a call that
        changes something carries a token or is one that may be repeated.

        Args:
            operation: boto3's name, e.g. `describe_stacks`.
            arguments: what it is called with.
            service: as boto3 calls it.

        Raises:
            CallError: AWS refused it, or did not answer.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see the package

        method = getattr(self.client(service), operation)
        for tried in range(1, _TRIES + 1):
            self._pace.wait()
            self.calls += 1
            try:
                answer: dict[str, Any] = method(**(arguments or {}))
            except (ClientError, BotoCoreError) as error:
                failed = told(error, operation)
                if not is_worth_another_try(failed) or tried == _TRIES:
                    raise failed from error
                self._wait_after(failed, tried)
            else:
                return answer
        raise AssertionError  # pragma: no cover - the last try returns or raises

    def _wait_after(self, failed: CallError, tried: int) -> None:
        longest = min(LONGEST_SLEEP, _SHORTEST_SLEEP * 2**tried)
        seconds = self._random.uniform(longest / 2, longest)
        self.tell(f"{failed.operation}: {failed.code}; trying again in {seconds:.1f} s")
        self.clock.sleep(seconds)

    def pages(
        self, operation: str, member: str, arguments: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """Every item of an answer that comes in pages, page by page as they are asked for."""
        token: str | None = None
        while True:
            more = {"NextToken": token} if token else {}
            answer = self.call(operation, {**arguments, **more})
            yield from answer.get(member, ())
            token = answer.get("NextToken")
            if not token:
                return


_AWS = (
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".amazonwebservices.com.cn",
    ".amazonwebservices.eu",
    ".api.aws",
    ".aws.dev",
    ".c2s.ic.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
    ".sc2s.sgov.gov",
)
"""What the names of AWS's hosts end in, in every partition that botocore knows; a test holds it."""
