"""`cicdgen permissions`: a policy on stdout, and what it rests on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.program import Ran, program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteConfig

WHERE = ("--account", "123456789012", "--region", "eu-central-1")


@pytest.fixture
def config(write_config: WriteConfig) -> Path:
    """The smallest config."""
    return write_config()


def _permissions(config: Path, *options: str) -> Ran:
    return program("permissions", *options, "--config", str(config), cwd=config.parent)


def test_the_policy_stands_alone_on_stdout(config: Path) -> None:
    """It is the document that IAM takes."""
    ran = _permissions(config, "--for", "publish", *WHERE)
    policy = json.loads(ran.out)

    assert (0, "") == (ran.code, ran.err)
    assert "2012-10-17" == policy["Version"]
    assert {"Allow"} == {each["Effect"] for each in policy["Statement"]}
    assert "*" not in json.dumps([each["Action"] for each in policy["Statement"]])


def test_what_is_not_known_is_said(config: Path) -> None:
    """A star for the account or the region is no secret."""
    ran = _permissions(config, "--for", "publish")

    assert 0 == ran.code
    assert "account and region not known" in ran.err
    assert "arn:aws:codepipeline:*:*:shop-prod-pipeline" in ran.out


def test_the_configs_account_region_and_boundary_are_taken(write_config: WriteConfig) -> None:
    """What the config says need not be said again."""
    config = write_config(
        'version = 1\n[env.prod]\nproject = "shop"\naccount = "123456789012"\n'
        'region = "cn-north-1"\npermissions_boundary = "limits"\n'
    )
    ran = _permissions(config, "--for", "deploy", "--caller", "service-role")
    roles = [
        each for each in json.loads(ran.out)["Statement"] if "iam:CreateRole" in each["Action"]
    ]

    assert [
        {"StringEquals": {"iam:PermissionsBoundary": "arn:aws-cn:iam::123456789012:policy/limits"}}
    ] == [each["Condition"] for each in roles]


_KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
_ARN = "arn:aws:kms:eu-central-1:123456789012:"


@pytest.mark.parametrize(
    "given, resource, condition",
    [
        pytest.param(_KEY, f"{_ARN}key/{_KEY}", None, id="an id"),
        pytest.param(f"{_ARN}key/mrk-{_KEY}", f"{_ARN}key/mrk-{_KEY}", None, id="an ARN"),
        pytest.param("alias/it", f"{_ARN}key/*", "alias/it", id="an alias"),
        pytest.param(f"{_ARN}alias/it", f"{_ARN}key/*", "alias/it", id="an alias's ARN"),
    ],
)
def test_the_key_of_the_template_bucket_is_in_it(
    config: Path, given: str, resource: str, condition: str | None
) -> None:
    """S3 encrypts and decrypts the template as whoever deploys; an alias is a condition."""
    options = ("--for", "deploy", *WHERE, "--s3-bucket", "ours", "--kms-key-id", given)
    ran = _permissions(config, *options)
    (statement,) = (
        each for each in json.loads(ran.out)["Statement"] if each["Sid"] == "TemplateKey"
    )
    bucket = "arn:aws:s3:::ours"

    assert ["kms:Decrypt", "kms:GenerateDataKey"] == statement["Action"]
    assert resource == statement["Resource"]
    assert {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]} == (
        statement["Condition"]["StringLike"]
    )
    assert condition == statement["Condition"].get("ForAnyValue:StringEquals", {}).get(
        "kms:ResourceAliases"
    )


@pytest.mark.parametrize(
    "options, message",
    [
        (("--for", "deploy", "--kms-key-id", _KEY), "--kms-key-id is of the bucket"),
        (("--for", "deploy", "--s3-bucket", "b", "--kms-key-id", "no key"), "is no key"),
        (("--for", "destroy", "--s3-bucket", "b"), "is for the person who deploys"),
    ],
    ids=["no bucket", "no key", "another command"],
)
def test_what_would_be_left_out_is_told(
    config: Path, options: tuple[str, ...], message: str
) -> None:
    """An option that changes nothing is a slip."""
    ran = _permissions(config, *options)

    assert (2, "") == (ran.code, ran.out)
    assert message in ran.err


def test_a_policy_that_is_too_long_comes_in_parts(config: Path) -> None:
    """A managed policy has 6,144 characters: the parts are printed one by one."""
    whole = _permissions(config, "--for", "deploy", *WHERE)
    parts: list[list[object]] = []
    while True:
        number = str(len(parts) + 1)
        ran = _permissions(config, "--for", "deploy", *WHERE, "--part", number)
        if ran.code != 0:
            break
        parts.append(json.loads(ran.out)["Statement"])

    assert f"--part 1 to --part {len(parts)}" in whole.err
    assert json.loads(whole.out)["Statement"] == [each for part in parts for each in part]
    assert f"there is no part {len(parts) + 1}" in ran.err


def test_each_statement_has_its_reason_as_text(config: Path) -> None:
    """The text is for whoever has to agree to the policy."""
    ran = _permissions(config, "--for", "publish", *WHERE, "--format", "text")

    assert "  because the source is uploaded\n" in ran.out
    assert "it fits one managed policy (6,144)" in ran.out


def test_a_large_templates_bucket_is_in_it(config: Path) -> None:
    """Whoever names a bucket for the template gets the rights to use it."""
    ran = _permissions(config, "--for", "deploy", *WHERE, "--s3-bucket", "templates")
    (found,) = [
        each for each in json.loads(ran.out)["Statement"] if each["Sid"] == "TemplateBucket"
    ]

    assert ["s3:GetObject", "s3:PutObject"] == found["Action"]
    assert "arn:aws:s3:::templates/*" == found["Resource"]


@pytest.mark.parametrize(
    "options, message",
    [
        pytest.param(("--account", "1"), "'1' is no account", id="account"),
        pytest.param(("--role-arn", "admin"), "'admin' is no role's ARN", id="role"),
        pytest.param(
            ("--role-arn", "arn:aws:iam::123456789012:role/r", "--caller", "service-role"),
            "--role-arn is for the person",
            id="the role's own role",
        ),
    ],
)
def test_a_mistake_is_told(config: Path, options: tuple[str, ...], message: str) -> None:
    """What cannot be is a mistake of the command line."""
    ran = _permissions(config, "--for", "deploy", *options)

    assert 2 == ran.code
    assert message in ran.err
