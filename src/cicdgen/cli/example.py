"""How every help text ends: with one command that can be run as it stands."""

from __future__ import annotations


def example(line: str) -> str:
    """The epilog with this command line, which click leaves unwrapped because of the mark."""
    return f"\b\nExample:\n  {line}"
