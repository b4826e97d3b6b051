"""What no single field of the config can see: combinations that cannot work in AWS."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from cicdgen import canary
from cicdgen.names import PREFIX_ROOM, prefix_room

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.config.schema import Config, Function, Project

_ENV = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
# s3/bucketnamingrules: prefixes that S3 keeps for itself.
_RESERVED_BUCKET_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
# lambda/configuration-envvars: reserved variables, and 4 KB for all together. Others that begin
# with AWS_ may be set, such as AWS_LAMBDA_EXEC_WRAPPER (lambda/runtimes-modify).
_RESERVED_VARIABLES = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_MAX_CONCURRENCY",
        "AWS_LAMBDA_METADATA_API",
        "AWS_LAMBDA_METADATA_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
# What src/cicdgen/resources/build.py sets on both projects.
_OUR_VARIABLES = ("ARTIFACT_BUCKET", "PYTHON_VERSION")
_ENVIRONMENT_BYTES = 4096
# Beside the event, the hook's environment has two names and the function's.
_SMOKE_EVENT_BYTES = _ENVIRONMENT_BYTES - len("SMOKE_EVENTFUNCTION_NAME") - PREFIX_ROOM


class Problem(Struct, frozen=True, kw_only=True):
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
    yield from _project("build.environment", config.build)
    yield from _project("test.environment", config.test)
    yield from _smoke_event(config)
    yield from _tags(config)


def _names(config: Config) -> Iterator[Problem]:
    prefix = config.prefix
    if not re.fullmatch(_ENV, config.env):
        yield Problem(
            key=f"env.{config.env}",
            got=config.env,
            why="an environment's name becomes part of every physical name",
            hint="use lower-case letters, digits and single hyphens, e.g. `prod`",
        )
    room = prefix_room(config.region)
    if len(prefix) > room:
        where = "" if room == PREFIX_ROOM else f" in {config.region}"
        yield Problem(
            key="project",
            got=config.project,
            why=f"`{prefix}` has {len(prefix)} characters; bucket names{where} have {room} for it",
            hint=f"shorten the project or the environment by {len(prefix) - room}",
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
    shift = canary.SHIFTS[release.deployment_config]
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
        if name in _RESERVED_VARIABLES:
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


def _project(key: str, project: Project) -> Iterator[Problem]:
    for name in _OUR_VARIABLES:
        if name in project.environment:
            yield Problem(
                key=f"{key}.{name}",
                got=project.environment[name],
                why="the template sets this variable: yours would send the build elsewhere",
                hint="use another name",
            )


def _smoke_event(config: Config) -> Iterator[Problem]:
    event = config.release.smoke_event
    try:
        text = json.dumps(event, allow_nan=False)
    except (TypeError, ValueError):
        yield Problem(
            key="release.smoke_event",
            got=event,
            why="it reaches the function as JSON, which has no dates, no nan and no inf",
            hint="write dates as strings",
        )
        return
    if len(text) > _SMOKE_EVENT_BYTES:
        yield Problem(
            key="release.smoke_event",
            got=f"{len(text)} bytes",
            why=f"it travels in the hook's environment, which has {_SMOKE_EVENT_BYTES} bytes "
            "for it",
            hint="let the function look the rest up",
        )


def _tags(config: Config) -> Iterator[Problem]:
    # IAM/id_tags: roles cannot have two keys that differ in case alone.
    seen: dict[str, str] = {}
    for key, value in config.tags.items():
        other = seen.setdefault(key.lower(), key)
        if other != key:
            yield Problem(
                key=f"tags.{key}",
                got=value,
                why=f"a role cannot carry it beside `{other}`: IAM takes them for one key",
                hint="leave one of them out",
            )
