"""The inline functions, loaded as Lambda loads them, in front of the fake AWS."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import boto3
import pytest
from tests.fakes.access import REGION
from tests.fakes.aws import ALIAS, APPLICATION, FUNCTION, GROUP, Aws, Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

LAMBDA_CODE = Path(__file__).parents[2] / "lambda_code"


class Inline(Protocol):
    """An inline function's module."""

    def handler(self, event: object, context: object) -> object:
        """Handle one event."""


def load(name: str) -> Inline:
    """Load a file of lambda_code/ as Lambda does, which names it `index`."""
    spec = importlib.util.spec_from_file_location("index", LAMBDA_CODE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("Inline", module)


def run(name: str, event: object, folder: Path) -> str:
    """Run a file as index.py in a process of its own; return all that it wrote."""
    shutil.copy(LAMBDA_CODE / f"{name}.py", folder / "index.py")
    program = "import index, json, sys; index.handler(json.load(sys.stdin), None)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        input=json.dumps(event),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.fixture(scope="session")
def endpoint() -> Iterator[Endpoint]:
    """One server for all tests, for clients keep their connections."""
    with Endpoint() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def environment(endpoint: Endpoint) -> dict[str, str]:
    """What the template, and Lambda itself, give the functions."""
    return {
        "ALIAS": ALIAS,
        "APPLICATION": APPLICATION,
        "AWS_ACCESS_KEY_ID": "AKIAFAKEKEYOFTHEROLE",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": "fakeSecretKeyOfTheRole",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "DEPLOYMENT_GROUP": GROUP,
        "FUNCTION_NAME": FUNCTION,
        "HOOK": "shop-prod-hook",
        "SMOKE_EVENT": '{"ping": true}',
    }


@pytest.fixture(autouse=True)
def environ(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test in the functions' environment."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture(scope="session")
def inline(environment: dict[str, str]) -> dict[str, Inline]:
    """The functions, by name; the deployer also as a stack without a hook has it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        inline = {"deployer": load("deployer"), "hook": load("hook")}
        patch.setenv("HOOK", "")
        return inline | {"deployer without hook": load("deployer")}


@pytest.fixture
def deployer(inline: dict[str, Inline]) -> Inline:
    """The deployer, as a stack with a hook has it."""
    return inline["deployer"]


@pytest.fixture
def hook(inline: dict[str, Inline]) -> Inline:
    """The hook."""
    return inline["hook"]


@pytest.fixture
def aws(endpoint: Endpoint) -> Iterator[Aws]:
    """A new account. Nothing that it does not know may be asked of it."""
    aws = endpoint.serve(Aws())
    yield aws
    assert not aws.unknown, "\n".join(aws.unknown)


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let sleeping take no time; return how long each nap would have been, in seconds."""
    naps: list[float] = []
    monkeypatch.setattr("time.sleep", naps.append)
    return naps
