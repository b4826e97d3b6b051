"""What no single field of the config can see: combinations that cannot work in AWS."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen import canary
from cicdgen.names import PREFIX_ROOM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.config.schema import Config, Function

_ENV = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# s3/bucketnamingrules: prefixes that S3 keeps for itself.
_RESERVED_BUCKET_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
# lambda/configuration-envvars: reserved variables, and 4 KB for all together.
_RESERVED_VARIABLES = re.compile(
    r"_HANDLER|_X_AMZN_TRACE_ID|AWS_|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR|TZ$"
)
_ENVIRONMENT_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A combination that cannot work: at which key, why, and what would do."""

    key: str
    got: object
    why: str
    hint: str


def problems(config: Config) -> Iterator[Problem]:
    """Every combination in the config that cannot work in AWS."""
    yield from _names(config)
    yield from _release(config)
    yield from _environment("function.environment", config.function)


def _names(config: Config) -> Iterator[Problem]:
    prefix = f"{config.project}-{config.env}"
    if not _ENV.fullmatch(config.env):
        yield Problem(
            key=f"env.{config.env}",
            got=config.env,
            why="an environment's name becomes part of every physical name",
            hint="use lower-case letters, digits and single hyphens, e.g. `prod`",
        )
    if len(prefix) > PREFIX_ROOM:
        yield Problem(
            key="project",
            got=config.project,
            why=f"`{prefix}` has {len(prefix)} characters; bucket names have {PREFIX_ROOM} for it",
            hint=f"shorten the project or the environment by {len(prefix) - PREFIX_ROOM}",
        )
    if prefix.startswith(_RESERVED_BUCKET_PREFIXES):
        yield Problem(
            key="project",
            got=config.project,
            why="S3 keeps bucket names that begin so for itself",
            hint="use another first word",
        )


def _release(config: Config) -> Iterator[Problem]:
    release = config.release
    shift = canary.Shift.of(release.deployment_config)
    if shift.window == 0 and not release.hook:
        yield Problem(
            key="release.hook",
            got=release.hook,
            why=f"{release.deployment_config} leaves no time for an alarm: without the hook "
            "nothing would guard the release",
            hint="switch the hook on, or choose a canary",
        )
    if release.alarm_minutes is None:
        return
    needs = canary.minutes_to_fire(release.alarm_minutes)
    if needs >= shift.window:
        most = canary.most_datapoints(shift)
        yield Problem(
            key="release.alarm_minutes",
            got=release.alarm_minutes,
            why=f"the alarm may fire only after {needs} minutes, but {release.deployment_config} "
            f"has moved all traffic after {shift.window}",
            hint=f"use at most {most}, or a slower shift" if most else "leave it out",
        )


def _environment(key: str, function: Function) -> Iterator[Problem]:
    for name in function.environment:
        if _RESERVED_VARIABLES.match(name):
            yield Problem(
                key=f"{key}.{name}",
                got=function.environment[name],
                why="Lambda keeps this variable for itself",
                hint="use another name",
            )
    size = sum(len(name) + len(value.encode()) for name, value in function.environment.items())
    if size > _ENVIRONMENT_BYTES:
        yield Problem(
            key=key,
            got=f"{size} bytes",
            why=f"Lambda takes {_ENVIRONMENT_BYTES} bytes of environment in all",
            hint="keep settings in a parameter store and pass its path",
        )
