"""Starts a program in a network that has one address, whose connections leave by a socket.

A program of its own, run as `gate.py SOCKET HOST:PORT -- WORDS`, inside a network that
has nothing in it yet: it brings up the loopback interface, which it may, since the network is its
own, and listens there on the address of the endpoint.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import subprocess
import sys
import threading

_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1
"""SIOCGIFFLAGS, SIOCSIFFLAGS and IFF_UP of Linux."""


def main() -> int:
    """Listen, run the program, and end as it ends."""
    path, address, _, *words = sys.argv[1:]
    host, _, port = address.rpartition(":")
    _raise_loopback()
    listening = socket.create_server((host, int(port)))
    threading.Thread(target=_accept, args=(listening, path), daemon=True).start()
    return subprocess.run(words, check=False).returncode  # noqa: S603 - what it is for


def pump(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until both ends are done."""
    back = threading.Thread(target=_carry, args=(other, one), daemon=True)
    back.start()
    _carry(one, other)
    back.join()


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        name = struct.pack("16sH14s", b"lo", 0, b"")
        (flags,) = struct.unpack_from("H", fcntl.ioctl(probe, _GET_FLAGS, name), 16)
        fcntl.ioctl(probe, _SET_FLAGS, struct.pack("16sH14s", b"lo", flags | _UP, b""))


def _accept(listening: socket.socket, path: str) -> None:
    while True:
        inner, _ = listening.accept()
        outer = socket.socket(socket.AF_UNIX)
        outer.connect(path)
        threading.Thread(target=_serve, args=(inner, outer), daemon=True).start()


def _serve(inner: socket.socket, outer: socket.socket) -> None:
    with inner, outer:
        pump(inner, outer)


def _carry(source: socket.socket, sink: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the other side has gone: so does this


if __name__ == "__main__":
    sys.exit(main())
