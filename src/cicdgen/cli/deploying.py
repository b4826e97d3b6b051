"""The options that commands share which deploy, and what they lead to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cicdgen.cli.options import choose_env, read_config, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cicdgen.aws.access import Access
    from cicdgen.aws.calling import Caller
    from cicdgen.config.schema import Config
    from cicdgen.deploying.happenings import Observer
    from cicdgen.deploying.locating import Address
    from cicdgen.deploying.plan import Plan
    from cicdgen.deploying.watching import Watch

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


def access_of(config: Config, given: Mapping[str, Any]) -> Access:
    """How AWS is reached for an environment, by what `where` took."""
    from cicdgen.aws.access import Access  # noqa: PLC0415 - `--help` reaches nothing

    return Access(profile=given["profile"], region=given["region"] or config.region)


def address_of(config: Config, given: Mapping[str, Any]) -> Address:
    """The stack that the command line names, by what `where` took."""
    from cicdgen.deploying.locating import Address  # noqa: PLC0415 - `--help` names no stack

    path = click.get_current_context().params["config_path"] if typed("config_path") else None
    return Address(
        env=config.env,
        stack=given["stack_name"] or config.prefix,
        account=config.account,
        options=_spelt(
            {
                "--env": config.env,
                # One in the environment is there when the command is pasted.
                "--config": path,
                "--profile": given["profile"],
                "--region": given["region"],
                "--stack-name": given["stack_name"],
            }
        ),
    )


def address_of_plan(plan: Plan, profile: str | None) -> Address:
    """The stack of a plan. Its file may lie where the config's does not."""
    from cicdgen.deploying.locating import Address  # noqa: PLC0415 - as above

    return Address(
        env=plan.env,
        stack=plan.stack,
        account=plan.account,
        options=_spelt(
            {
                "--env": plan.env,
                "--profile": profile,
                "--region": plan.region,
                "--stack-name": plan.stack,
            }
        ),
    )


def _spelt(options: Mapping[str, object]) -> str:
    """Options as a shell takes them; those without a value are left out."""
    import shlex  # noqa: PLC0415 - `--help` spells none

    given = ((name, str(value)) for name, value in options.items() if value is not None)
    return " ".join(f"{name} {shlex.quote(value)}" for name, value in given)


def watch_of(options: str, minutes: float | None, interval: float | None) -> Watch:
    """How the options say that somebody watches."""
    from cicdgen.deploying.watching import INTERVAL, Watch  # noqa: PLC0415 - `--help`

    return Watch(
        options=options,
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
