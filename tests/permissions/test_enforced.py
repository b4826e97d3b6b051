"""The policy of `publish`, decided by somebody else's evaluator: the sandbox enforces it.

Ground: ministack's own evaluation of identity and bucket policies, over HTTP. Three statements
are left to `test_least.py`: there S3 asks for no right to the key, and for none to list where an
object is missing, and pipelines do not run.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from tests import sandboxes
from tests.cli.program import Ran, program
from tests.permissions.test_least import asked_for, template_of
from tests.sandbox.deploying import ROOT, deploy, sample

from cicdgen.cloudformation import Account
from cicdgen.permissions.policy import Command, least
from cicdgen.reports import least_policy as report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cicdgen.permissions.policy import Statement
    from cicdgen.sandbox.running import Sandbox

NEEDED = ("Stack", "Source")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that enforces policies, in which `dev` is deployed by the root user."""
    with sandboxes.running(enforces=True) as running:
        template = sample("dev")
        policy = template["Resources"]["SourceBucketPolicy"]["Properties"]["PolicyDocument"]
        # It does: this sandbox speaks plain HTTP.
        policy["Statement"] = [
            each for each in policy["Statement"] if each["Sid"] != "RefusePlainHttp"
        ]
        deploy(lambda service: _client(running, service), "shop-dev", template)
        yield running


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "requirements.txt").touch()
    return folder


def _client(sandbox: Sandbox, service: str) -> Any:  # noqa: ANN401 - boto3 has no types of its own
    return boto3.client(
        service,
        endpoint_url=sandbox.endpoint,
        aws_access_key_id=sandbox.account,
        aws_secret_access_key=sandbox.environment["AWS_SECRET_ACCESS_KEY"],
        region_name=sandbox.region,
    )


def _statements(sandbox: Sandbox) -> Sequence[Statement]:
    place = Account(partition="aws", account=sandbox.account, region=sandbox.region)
    return least(template_of("dev"), asked_for(Command.PUBLISH, account=place, stack="shop-dev"))


def _publish_as(sandbox: Sandbox, name: str, statements: Sequence[Statement], source: Path) -> Ran:
    iam = _client(sandbox, "iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(
        UserName=name, PolicyName="publish", PolicyDocument=report.document(statements)
    )
    key = iam.create_access_key(UserName=name)["AccessKey"]
    who = {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    config = str(ROOT / "cicdgen.toml")
    arguments = ("publish", str(source), "-e", "dev", "-c", config, "--if-changed")
    return program(*arguments, cwd=source.parent, env={**sandbox.environment, **who})


def test_it_is_enough(sandbox: Sandbox, source: Path) -> None:
    """A user with this policy and no other publishes."""
    ran = _publish_as(sandbox, "enough", _statements(sandbox), source)

    assert 0 == ran.code, ran.err
    assert "uploaded as version" in ran.err


def test_nobody_else_can(sandbox: Sandbox, source: Path) -> None:
    """A user without it is refused, and told which command prints it."""
    ran = _publish_as(sandbox, "nobody", _statements(sandbox)[-1:], source)

    assert 1 == ran.code
    assert "`cicdgen permissions` prints the policy" in ran.err


@pytest.mark.parametrize("sid", NEEDED)
def test_without_a_statement_it_is_not(sandbox: Sandbox, source: Path, sid: str) -> None:
    """Each statement is needed: without it, the same user is refused."""
    rest = [each for each in _statements(sandbox) if each.sid != sid]
    ran = _publish_as(sandbox, f"without-{sid}", rest, source)

    assert 1 == ran.code, ran.err


def test_the_statements_are_those() -> None:
    """The table above names all of them but three."""
    found = json.loads(report.document(least(template_of(), asked_for(Command.PUBLISH))))
    names = [each["Sid"] for each in found["Statement"]]

    assert [*NEEDED, "SourceBucket", "SourceKey", "Follow"] == names
