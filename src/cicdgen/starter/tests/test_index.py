"""What the function answers."""

from __future__ import annotations

import index


def test_smoke_event() -> None:
    """A new version says that it is ready."""
    answer = index.handler({"source": "cicdgen.smoke"}, None)

    assert answer == {"status": "ready"}


def test_event() -> None:
    """An event is answered with a greeting for whoever it names."""
    answer = index.handler({"name": "Ada"}, None)

    assert answer == {"message": "Hello, Ada."}


def test_event_without_a_name() -> None:
    """An event that names nobody is greeted all the same."""
    answer = index.handler({}, None)

    assert answer == {"message": "Hello, world."}
