"""The sandbox as a process: started on a free port of loopback, and surely stopped."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

from cicdgen.errors import CicdgenError
from cicdgen.sandbox import environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

ACCOUNT = "123456789012"
REGION = "us-east-1"

_HOST = "127.0.0.1"
_SECRET = "sandbox"  # noqa: S105 - of an account that is nobody's
_START_SECONDS = 30
_POLL_SECONDS = 0.02
_STOP_SECONDS = 5
_ATTEMPTS = 3
"""Between choosing a free port and its use, another process can take it."""

_SERVE = "import sys; sys.path.append(sys.argv.pop()); from plugin import serve; serve()"
# Python's variables would lead it to other packages, and ours of AWS to a real account.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT")


@dataclass(slots=True, kw_only=True)
class Sandbox:
    """An AWS for as long as the block lasts: `with Sandbox() as sandbox: ...`.

    It begins empty, and forgets everything when it ends. It ends with the block, and with this
    process, even one that is killed: it watches a pipe that the system closes.

    Attributes:
        account: the account that its credentials belong to, 12 digits.
        region: the region of `environment`; it serves every one.
        enforces: whether it decides each request by the policies of IAM users and roles, and of
            the resources; the credentials of `environment` are the root user's.
    """

    account: str = ACCOUNT
    region: str = REGION
    enforces: bool = False
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _folder: Path | None = field(default=None, init=False)
    _port: int = field(default=0, init=False)

    @property
    def endpoint(self) -> str:
        """Where every service answers."""
        return f"http://{_HOST}:{self._port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """What makes boto3 and the AWS CLI talk to it, as environment variables.

        It takes an access key of 12 digits for the account. The files of the AWS config are named
        away, so that no profile of the user's gets in.
        """
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def __enter__(self) -> Self:
        """Start it, and wait until it answers.

        Raises:
            CicdgenError: it is not installed, or does not start.
        """
        python = environment.python()
        self._folder = Path(tempfile.mkdtemp(prefix="cicdgen-sandbox-"))
        try:
            self._start_somewhere(python)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop it, and what it runs."""
        self._stop()

    def _start_somewhere(self, python: Path) -> None:
        for _ in range(_ATTEMPTS):
            self._start(python)
            if self._answers():
                return
            self._end()
            if not self._port_was_taken():
                break
        raise CicdgenError(f"the sandbox does not start: {self._last_words()}")

    def _start(self, python: Path) -> None:
        assert self._folder is not None  # noqa: S101 - for the type checker
        self._port = _free_port()
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        with self._log().open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the environment's own interpreter
                [str(python), "-I", "-c", _SERVE, str(Path(__file__).parent)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env={
                    **kept,
                    "TMPDIR": str(self._folder),
                    "BIND_HOST": _HOST,
                    "MINISTACK_HOST": _HOST,
                    "GATEWAY_PORT": str(self._port),
                    "MINISTACK_ACCOUNT_ID": self.account,
                    "MINISTACK_REGION": self.region,
                    "AUTH": str(self.enforces).lower(),
                    "AWS_ACCESS_KEY_ID": self.account,
                    "AWS_SECRET_ACCESS_KEY": _SECRET,
                },
                # Ctrl-C at the terminal is for us: what we still ask of it has to be answered.
                start_new_session=True,
            )

    def _answers(self) -> bool:
        """Wait until it answers; False if it ended, or never does."""
        # A proxy of the environment would be asked for loopback too.
        opener = build_opener(ProxyHandler({}))
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._running():
            with suppress(OSError, HTTPException), opener.open(self._health(), timeout=1):
                # Another process may have taken the port: then ours has ended, or is about to.
                return self._running() and not self._port_was_taken()
            time.sleep(_POLL_SECONDS)
        return False

    def _health(self) -> str:
        return f"{self.endpoint}/_ministack/health"

    def _running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _port_was_taken(self) -> bool:
        return b"already in use" in self._log().read_bytes()

    def _last_words(self) -> str:
        lines = self._log().read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else f"it said nothing within {_START_SECONDS} s"

    def _log(self) -> Path:
        assert self._folder is not None  # noqa: S101 - for the type checker
        return self._folder / "log"

    def _stop(self) -> None:
        self._end()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _end(self) -> None:
        if self._process is None:
            return
        # The functions it runs are of its group.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(_STOP_SECONDS)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port
