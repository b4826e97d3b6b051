"""`cicdgen permissions`: the least policy for whoever runs a command, and why each part of it."""

from __future__ import annotations

import cicdgen.lean  # noqa: F401 - before anything that imports troposphere

import re
from typing import TYPE_CHECKING

import click

from cicdgen.cli.example import example
from cicdgen.cli.options import choose_env, config_option, env_option, read_config
from cicdgen.cli.streams import put, tell
from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from cicdgen.cloudformation import Account
    from cicdgen.config.schema import Config
    from cicdgen.permissions.callers import TemplateBucket

_ROLE = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+")
_KEY = re.compile(
    r"(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:(?=key/|alias/))?"
    r"(alias/[A-Za-z0-9/_-]+|(key/)?(mrk-)?[0-9a-f-]{32,36})"
)
_ACCOUNT = re.compile(r"[0-9]{12}")


@click.command("permissions", epilog=example("cicdgen permissions --for deploy --env prod"))
@click.option(
    "--for",
    "purpose",
    type=click.Choice(["deploy", "publish", "destroy"]),
    required=True,
    help="The command that is to work.",
)
@env_option
@config_option
@click.option(
    "--caller",
    type=click.Choice(["person", "service-role"]),
    default="person",
    show_default=True,
    help="Who gets it: a person or CI, or the role that CloudFormation works with.",
)
@click.option(
    "--role-arn",
    metavar="ARN",
    help="The stack's service role: the person then needs the right to hand it on, and no more.",
)
@click.option(
    "--s3-bucket", "template_bucket", metavar="NAME", help="For a template over 51,200 bytes."
)
@click.option("--kms-key-id", "kms_key", metavar="ID", help="Key it is encrypted with there.")
@click.option("--account", metavar="ID", help="The account; by default the config's.")
@click.option("--region", metavar="NAME", help="The region; by default the config's.")
@click.option("--stack-name", metavar="NAME", help="Name of the stack; by default PROJECT-ENV.")
@click.option(
    "--part",
    type=click.IntRange(min=1),
    metavar="N",
    help="The Nth of the managed policies that it takes, where one has no room for it.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "text"]),
    default="json",
    show_default=True,
    help="The policy, or the reason of each statement.",
)
def command(
    *,
    purpose: str,
    env: str | None,
    config_path: Path | None,
    caller: str,
    role_arn: str | None,
    template_bucket: str | None,
    kms_key: str | None,
    account: str | None,
    region: str | None,
    stack_name: str | None,
    part: int | None,
    form: str,
) -> None:
    """Print the least policy that a command needs.

    It is made from the template: its resources by name, its roles by the service they are handed
    to, and its permissions boundary. What AWS makes up, and what the config does not say, is a
    star.
    """
    from cicdgen import template  # noqa: PLC0415 - `--help` renders nothing
    from cicdgen.config import load  # noqa: PLC0415
    from cicdgen.permissions.policy import Asked, Caller, Command, least  # noqa: PLC0415
    from cicdgen.proof.reading import read  # noqa: PLC0415
    from cicdgen.reports import least_policy as report  # noqa: PLC0415

    if role_arn is not None and not _ROLE.fullmatch(role_arn):
        raise UsageError(f"'{role_arn}' is no role's ARN", hint="arn:aws:iam::ACCOUNT:role/NAME")
    if role_arn is not None and (caller == "service-role" or purpose == "publish"):
        raise UsageError(
            "--role-arn is for the person who deploys or destroys", hint="leave it out"
        )
    bucket = _bucket(template_bucket, kms_key, purpose, caller)
    file = read_config(config_path)
    config = load.resolve(file, choose_env(file, env)).config
    if purpose == "publish" and caller == "service-role":
        raise UsageError("nothing of publish is CloudFormation's", hint="leave --caller out")
    asked = Asked(
        command=Command(purpose),
        caller=Caller(caller),
        account=_account(config, account, region),
        stack=stack_name or config.prefix,
        source_key=config.source.object_key,
        role=role_arn,
        template_bucket=bucket,
    )
    statements = least(read(template.render(config), config.env), asked)
    parts = report.parts(statements)
    if part is not None:
        if part > len(parts):
            raise UsageError(f"there is no part {part}", hint=f"the last one is {len(parts)}")
        statements = tuple(parts[part - 1])
    elif len(parts) > 1:
        tell(f"a managed policy has no room for all of it: --part 1 to --part {len(parts)}")
    put(report.document(statements) if form == "json" else report.text(statements))


def _bucket(
    name: str | None, kms_key: str | None, purpose: str, caller: str
) -> TemplateBucket | None:
    from cicdgen.permissions.callers import TemplateBucket  # noqa: PLC0415 - see above

    if name is None:
        if kms_key is not None:
            raise UsageError("--kms-key-id is of the bucket", hint="name it: --s3-bucket NAME")
        return None
    if purpose != "deploy" or caller == "service-role":
        raise UsageError("--s3-bucket is for the person who deploys", hint="leave it out")
    if kms_key is not None and not _KEY.fullmatch(kms_key):
        raise UsageError(f"'{kms_key}' is no key", hint="an id, alias/NAME, or the ARN of either")
    return TemplateBucket(name=name, kms_key=kms_key)


def _account(config: Config, account: str | None, region: str | None) -> Account:
    from dataclasses import replace  # noqa: PLC0415 - see above

    from cicdgen.cloudformation import Account  # noqa: PLC0415
    from cicdgen.proof.proof import account_in  # noqa: PLC0415

    known = {"account": account or config.account, "region": region or config.region}
    if known["account"] is not None and not _ACCOUNT.fullmatch(known["account"]):
        raise UsageError(f"'{known['account']}' is no account", hint="an account has 12 digits")
    stars = [name for name, value in known.items() if value is None]
    if stars:
        tell(f"{' and '.join(stars)} not known: a star stands for it (--{stars[0]} sets it)")
    where = account_in(known["region"]) if known["region"] else Account(partition="aws")
    return replace(where, account=known["account"])
