"""The options that commands share which deploy, and what they lead to."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cicdgen.cli.options import choose_env, read_config
from cicdgen.cli.streams import tell
from cicdgen.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cicdgen.aws.access import Access
    from cicdgen.aws.calling import Caller
    from cicdgen.config.schema import Config
    from cicdgen.deploying.happenings import Observer
    from cicdgen.deploying.order import Bucket, Order
    from cicdgen.deploying.watching import Watch

SANDBOX_BUCKET = "cicdgen-templates"
"""Where a template over the inline limit goes in a sandbox, which begins without a bucket."""

Command = TypeVar("Command", bound="Callable[..., Any]")


def options(*given: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, in the order in which help lists them."""

    def decorate(command: Command) -> Command:
        for option in reversed(given):
            command = option(command)
        return command

    return decorate


where = options(
    click.option("--profile", metavar="NAME", help="Profile of the AWS config."),
    click.option("--region", metavar="NAME", help="Region; by default the config's."),
    click.option("--stack-name", metavar="NAME", help="Stack; by default PROJECT-ENV."),
)
formats = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "ndjson"]),
    default="text",
    show_default=True,
    help="Words for a person, or a JSON object a line for machines.",
)
watched = options(
    click.option(
        "--progress",
        type=click.Choice(["bar", "events", "errors"]),
        help="What is shown meanwhile; by default a bar on a terminal, else events.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="MINUTES",
        help="Stop watching after so long; the stack goes on.",
    ),
    click.option(
        "--poll-interval",
        type=click.FloatRange(min=0.05, max=2),
        metavar="SECONDS",
        help="Time between two looks at the stack.",
    ),
)
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
agreed = options(
    click.option("--yes", "-y", is_flag=True, help="Answer the ordinary question with yes."),
    click.option(
        "--allow",
        "allowed",
        multiple=True,
        metavar="CLASS[:ID]",
        help="Allow replace, delete, broaden or unprotect, of all or of one resource.",
    ),
)


def config_of(path: Path | None, env: str | None) -> Config:
    """The environment, resolved."""
    from cicdgen.config import load  # noqa: PLC0415 - `--help` needs no config

    file = read_config(path)
    return load.resolve(file, choose_env(file, env)).config


def access_of(config: Config, profile: str | None, region: str | None) -> Access:
    """How AWS is reached for an environment."""
    from cicdgen.aws.access import Access  # noqa: PLC0415 - `--help` reaches nothing

    return Access(profile=profile, region=region or config.region)


@contextmanager
def sandboxed(access: Access, config: Config, *, wanted: bool) -> Iterator[None]:
    """While this holds, AWS is a sandbox on this machine, if that is wanted.

    It begins empty, and what is deployed into it ends with it.

    Raises:
        UsageError: a profile is named too.
        CicdgenError: it is not installed, or does not start.
    """
    if not wanted:
        yield
        return
    from cicdgen.aws import template_bucket  # noqa: PLC0415 - most deploy to an account
    from cicdgen.sandbox import running  # noqa: PLC0415

    if access.profile is not None:
        raise UsageError("--sandbox has credentials of its own", hint="leave --profile out")
    account, region = config.account or running.ACCOUNT, access.region or running.REGION
    with running.Sandbox(account=account, region=region) as sandbox:
        tell(f"sandbox: {sandbox.endpoint}; what is deployed into it ends with this command")
        before = {name: os.environ.get(name) for name in sandbox.environment}
        os.environ.update(sandbox.environment)
        try:
            template_bucket.make(access, SANDBOX_BUCKET)
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value


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
        env=named(config, given["stack_name"]),
        stack=given["stack_name"] or config.prefix,
        body=template.render(config, indent=None),
        account=config.account,
        is_kept=config.deletion_policy != "Delete",
        parameters=_overrides(given["overrides"]),
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


def _overrides(texts: Sequence[str]) -> dict[str, str]:
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
            return {str(name): str(value) for name, value in values.items()}
        case list():
            return {row["ParameterKey"]: str(row.get("ParameterValue", "")) for row in content}
        case _:
            raise UsageError(
                f"--parameter-overrides: {path} holds no parameters",
                hint='{"Parameters": {"Name": "value"}}',
            )


def named(config: Config, stack: str | None) -> str:
    """The environment as a command line names it, with a stack of another name than its own."""
    return config.env if stack is None else f"{config.env} --stack-name {stack}"


def watch_of(env: str, minutes: float | None, interval: float | None) -> Watch:
    """How the options say that somebody watches."""
    from cicdgen.deploying.watching import INTERVAL, Watch  # noqa: PLC0415 - `--help`

    return Watch(
        env=env,
        interval=interval or INTERVAL,
        timeout=None if minutes is None else minutes * 60,
    )


def caller_of(access: Access, observe: Observer) -> Caller:
    """Who calls AWS, and says so when it has to try again."""
    from cicdgen.aws.calling import Caller  # noqa: PLC0415 - `--help` calls nothing
    from cicdgen.deploying.happenings import Noted  # noqa: PLC0415

    return Caller(access=access, tell=lambda text: observe(Noted(text=text)))


def write_outputs(path: Path | None, stack: str, outputs: Sequence[tuple[str, str]]) -> None:
    """`{STACK: {NAME: VALUE}}`, if a file is asked for."""
    if path is not None:
        from cicdgen.rendering import write_file  # noqa: PLC0415 - who asks for none needs none

        write_file(path, json.dumps({stack: dict(outputs)}, indent=2, sort_keys=True) + "\n")


outputs_file = click.option(
    "--outputs-file",
    "-O",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the stack's outputs there, as JSON.",
)
