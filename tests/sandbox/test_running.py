"""The sandbox is a process of its own, and nothing of it outlives the one that began it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests import sandboxes

from cicdgen.errors import CicdgenError
from cicdgen.sandbox import environment, running
from cicdgen.sandbox.running import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

BEGIN = """
import sys, time
from cicdgen.sandbox.running import Sandbox
with Sandbox() as sandbox:
    print(sandbox.endpoint, sandbox._process.pid, sandbox._folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox's environment is known to this process, and to those it begins."""
    monkeypatch.setenv(environment.VARIABLE, str(sandboxes.installed()))


def _port(endpoint: str) -> int:
    port = urlsplit(endpoint).port
    assert port is not None
    return port


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _soon(happens: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if happens():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.usefixtures("installed")
def test_it_listens_on_loopback_alone() -> None:
    """No other machine reaches it."""
    with Sandbox() as sandbox:
        port = _port(sandbox.endpoint)
        listening = {
            line.split()[1].partition(":")[0]
            for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
            if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
        }

    # 127.0.0.1, as Linux writes it on a little-endian machine.
    assert {"0100007F"} == listening


@pytest.mark.usefixtures("installed")
def test_it_ends_with_the_block() -> None:
    """After the block nobody listens, and its folder is gone."""
    with Sandbox() as sandbox:
        port, folder = _port(sandbox.endpoint), sandbox._folder  # noqa: SLF001 - what must be gone

    assert not _open(port)
    assert folder is not None
    assert not folder.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.usefixtures("installed")
def test_it_ends_with_the_process_that_began_it(number: signal.Signals) -> None:
    """However that one ends: interrupted, asked to, or killed."""
    begun = subprocess.Popen([sys.executable, "-c", BEGIN], stdout=subprocess.PIPE, text=True)
    with begun:
        assert begun.stdout is not None
        endpoint, _, folder = begun.stdout.readline().split()
        begun.send_signal(number)

    assert _soon(lambda: not _open(_port(endpoint)))
    assert _soon(lambda: not Path(folder).exists())


@pytest.mark.usefixtures("installed")
def test_another_port_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that somebody else has taken meanwhile is no reason to fail, or to talk to them."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        free = running._free_port  # noqa: SLF001 - what chance decides
        ports = iter([taken.getsockname()[1], free()])
        monkeypatch.setattr(running, "_free_port", lambda: next(ports))
        with Sandbox() as sandbox:
            got = _port(sandbox.endpoint)

        assert taken.getsockname()[1] != got


@pytest.mark.usefixtures("installed")
def test_it_leaves_the_users_profile_out() -> None:
    """The environment holds nobody's credentials and names no file of the user's."""
    with Sandbox(account="999999999999", region="eu-west-1") as sandbox:
        given = dict(sandbox.environment)

    assert ("999999999999", "eu-west-1") == (given["AWS_ACCESS_KEY_ID"], given["AWS_REGION"])
    assert {os.devnull} == {given["AWS_CONFIG_FILE"], given["AWS_SHARED_CREDENTIALS_FILE"]}


def test_without_it_the_message_names_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever has not installed it is told the one command that does."""
    monkeypatch.delenv(environment.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(CicdgenError) as caught, Sandbox():
        pass

    assert "the sandbox is not installed" == caught.value.message
    assert "run `cicdgen sandbox install`, once" == caught.value.hint


def test_what_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without ministack ends with Python's own last words."""
    place = tmp_path / "bin" / "python"
    place.parent.mkdir()
    place.write_text("#!/bin/sh\necho no such thing >&2\nexit 1\n", encoding="utf-8")
    place.chmod(0o755)
    monkeypatch.setenv(environment.VARIABLE, str(tmp_path))

    with pytest.raises(CicdgenError, match="does not start: no such thing"), Sandbox():
        pass
