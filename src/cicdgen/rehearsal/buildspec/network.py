"""A build without a network, but for one endpoint: that of the rehearsal.

`unshare --net` gives a process a network of its own, in which nothing is: no root and no Docker
is needed for it. A socket in the file system is the one way out. At its inner end
`gate` listens on the endpoint's own address, so AWS_ENDPOINT_URL is the same inside.
"""

from __future__ import annotations

import os
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
from contextlib import contextmanager
from enum import Enum, unique
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cicdgen.rehearsal.buildspec.gate import pump

if TYPE_CHECKING:
    from collections.abc import Iterator


@unique
class Network(Enum):
    """What of the network a build reaches."""

    NONE = "none"
    """Nothing but the endpoint."""
    NOT_KEPT_OUT = "not kept out"
    """None was wanted, but this machine cannot keep it out."""
    OPEN = "open"
    """All that this machine reaches."""


@lru_cache(maxsize=1)
def can_be_kept_out() -> bool:
    """Whether this machine lets a process have a network of its own."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return False
    tried = subprocess.run(  # noqa: S603 - found on the PATH just now
        [unshare, "--map-root-user", "--net", "true"], check=False, capture_output=True
    )
    return tried.returncode == 0


@contextmanager
def kept_out(endpoint: str | None) -> Iterator[list[str]]:
    """The words that start a program without a network.

    Args:
        endpoint: an `http` address that is reached all the same.
    """
    words = [shutil.which("unshare") or "unshare", "--map-root-user", "--net", "--"]
    if endpoint is None:
        yield words
        return
    address = urlsplit(endpoint)
    inner = f"{address.hostname}:{address.port or 80}"
    with TemporaryDirectory(prefix="cicdgen-gate-") as folder:
        path = str(Path(folder, "way-out"))
        target = (address.hostname or "", address.port or 80)
        with _Bridge(path, target) as bridge:
            threading.Thread(target=bridge.serve_forever, daemon=True).start()
            gate = [sys.executable, "-I", str(Path(__file__).with_name("gate.py"))]
            yield [*words, *gate, path, inner, "--"]
            bridge.shutdown()


class _Bridge(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """The outer end: what comes in at the socket goes to the endpoint."""

    daemon_threads = True

    def __init__(self, path: str, target: tuple[str, int]) -> None:
        self.target = target
        super().__init__(path, _Connection)
        os.chmod(path, 0o600)  # noqa: PTH101 - a socket is named by its text here


class _Connection(socketserver.BaseRequestHandler):
    server: _Bridge

    def handle(self) -> None:
        """Carry bytes both ways until both ends are done."""
        with socket.create_connection(self.server.target) as out:
            pump(self.request, out)
