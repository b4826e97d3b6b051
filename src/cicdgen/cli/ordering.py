"""What a command line asks for of a stack: the options, and the order that they come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cicdgen.cli.deploying import address_of, options
from cicdgen.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicdgen.config.schema import Config
    from cicdgen.deploying.order import Bucket, Order

proposed = options(
    click.option(
        "--parameter-overrides",
        "overrides",
        multiple=True,
        metavar="K=V|FILE",
        help="Values of parameters, or a JSON file of them; they merge.",
    ),
    click.option(
        "--tags", multiple=True, metavar="K=V", help="More tags for the stack; repeatable."
    ),
    click.option(
        "--capabilities",
        multiple=True,
        metavar="NAME",
        help="By default those that the template needs.",
    ),
    click.option("--role-arn", metavar="ARN", help="Role that CloudFormation acts as."),
    click.option(
        "--notification-arns", multiple=True, metavar="ARN", help="Topics that hear of events."
    ),
    click.option("--s3-bucket", metavar="NAME", help="For a template over 51,200 bytes."),
    click.option("--s3-prefix", default="", metavar="PREFIX", help="Of its key there."),
    click.option("--kms-key-id", metavar="ID", help="Key it is encrypted with there."),
    click.option(
        "--on-failure",
        type=click.Choice(["ROLLBACK", "DELETE", "DO_NOTHING"]),
        help="What a failed creation leaves.",
    ),
    click.option("--disable-rollback", is_flag=True, help="On a failure, keep what succeeded."),
    click.option(
        "--import-existing-resources",
        "imports",
        is_flag=True,
        help="Take up resources of the same name that are there.",
    ),
    click.option(
        "--revert-drift",
        is_flag=True,
        help="Refused: it would take back the last release.",
    ),
)


def order_of(config: Config, given: Mapping[str, Any]) -> Order:
    """The order that the options of `proposed` give.

    Raises:
        UsageError: two of them contradict each other.
        RefusedError: `--revert-drift`.
    """
    from cicdgen import template  # noqa: PLC0415 - `--help` renders nothing
    from cicdgen.deploying.order import Order  # noqa: PLC0415

    if given["revert_drift"]:
        raise RefusedError(
            "--revert-drift is refused: releases move the live alias, which is drift to "
            "CloudFormation, so its traffic would go back to the placeholder",
            hint="leave it out; what the template changes is deployed without it",
        )
    if given["on_failure"] and given["disable_rollback"]:
        raise UsageError(
            "--on-failure and --disable-rollback contradict each other",
            hint="leave one of them out",
        )
    return Order(
        address=address_of(config, given),
        body=template.render(config, indent=None),
        is_kept=config.deletion_policy != "Delete",
        parameters=overrides_of(given["overrides"]),
        tags=tuple(sorted({**config.tags, **_pairs(given["tags"], "--tags")}.items())),
        capabilities=given["capabilities"] or None,
        role_arn=given["role_arn"],
        notification_arns=given["notification_arns"],
        on_failure=given["on_failure"],
        keeps_what_succeeded=given["disable_rollback"],
        imports_existing=given["imports"],
        bucket=_bucket(given),
    )


def _bucket(given: Mapping[str, Any]) -> Bucket | None:
    from cicdgen.deploying.order import Bucket  # noqa: PLC0415 - as above

    if given["s3_bucket"] is None:
        for name, option in (("s3_prefix", "--s3-prefix"), ("kms_key_id", "--kms-key-id")):
            if given[name]:
                raise UsageError(f"{option} is of the bucket", hint="name it: --s3-bucket NAME")
        return None
    return Bucket(name=given["s3_bucket"], prefix=given["s3_prefix"], kms_key=given["kms_key_id"])


def _pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    found = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise UsageError(f"{option}: `{text}` is no K=V", hint=f"{option} team=shop")
        found[name] = value
    return found


def overrides_of(texts: Sequence[str]) -> dict[str, str]:
    """`K=V`, or a file in one of the shapes in which parameters lie about."""
    found: dict[str, str] = {}
    for text in texts:
        path = text.removeprefix("file://")
        if text.startswith("file://") or text.endswith(".json"):
            found |= _of_file(Path(path))
        else:
            found |= _pairs([text], "--parameter-overrides")
    return found


def _of_file(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--parameter-overrides: {path}: {error}", hint="give a JSON file of parameters"
        ) from error
    match content:
        # CodePipeline's template configuration: codepipeline/cfn-template-configuration
        case {"Parameters": dict(values)} | dict(values):
            return {str(name): _value(value, path) for name, value in values.items()}
        # What the AWS CLI takes; a value that is to stay is one that nobody overrides.
        case list(rows) if all(isinstance(row, dict) and "ParameterKey" in row for row in rows):
            return {
                str(row["ParameterKey"]): _value(row.get("ParameterValue", ""), path)
                for row in rows
                if not row.get("UsePreviousValue")
            }
        case _:
            raise UsageError(
                f"--parameter-overrides: {path} holds no parameters",
                hint='{"Parameters": {"Name": "value"}}',
            )


def _value(value: object, path: Path) -> str:
    """A parameter's value as CloudFormation takes it: all of them are text."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case list() if all(isinstance(each, str | int | float) for each in value):
            return ",".join(_value(each, path) for each in value)
        case _:
            raise UsageError(
                f"--parameter-overrides: {path}: a value is {type(value).__name__}",
                hint="give text, a number, true or false, or a list of them",
            )
