"""The embedded AWS, and clients of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import boto3
import pytest
from tests import sandboxes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.sandbox.running import Sandbox


class Client(Protocol):
    """A client of a service."""

    def __call__(self, service: str) -> Any:  # noqa: ANN401 - boto3 has no types of its own
        """Of this service, e.g. `s3`."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that the module's tests share."""
    with sandboxes.running() as running:
        yield running


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Client:
    """Real boto3, talking to the sandbox and nobody else."""
    session = boto3.Session(
        aws_access_key_id=sandbox.account,
        aws_secret_access_key="sandbox",  # noqa: S106 - nobody's
        region_name=sandbox.region,
    )
    return lambda service: session.client(service, endpoint_url=sandbox.endpoint)
