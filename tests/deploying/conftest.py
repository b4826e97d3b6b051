"""A small stack, and an AWS on loopback that keeps the time that the client sleeps by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.deploying.ground import Ground
from tests.fakes.cloudformation_server import Account, Endpoint, Time

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def endpoint() -> Iterator[Endpoint]:
    """One server for all tests; each puts an account of its own behind it."""
    with Endpoint(Account(Time())) as started:
        yield started


@pytest.fixture(scope="session")
def clients() -> dict[str, Any]:
    """Clients of boto3, which cost more than a test."""
    return {}


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's, and nothing from this machine."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials")


@pytest.fixture
def ground(endpoint: Endpoint, clients: dict[str, Any]) -> Iterator[Ground]:
    """An account with nothing in it. Whatever it does not model fails the test."""
    made = Ground(account=endpoint.serve(Account(Time())), url=endpoint.url, clients=clients)
    yield made

    assert [] == made.account.unknown
