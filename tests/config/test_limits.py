"""What no single field can see is refused with its reason, and what can just work is let in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.configs import minimal_config

from cicdgen.config import load
from cicdgen.config.limits import problems
from cicdgen.errors import ConfigError, Exit

if TYPE_CHECKING:
    from tests.conftest import WriteConfig

AT_ONCE = "CodeDeployDefault.LambdaAllAtOnce"
FIVE_MINUTES = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
TEN_MINUTES = "CodeDeployDefault.LambdaCanary10Percent10Minutes"
NINE_STEPS = "CodeDeployDefault.LambdaLinear10PercentEvery1Minute"


def _keys(**settings: object) -> list[str]:
    return [problem.key for problem in problems(minimal_config(**settings))]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="defaults"),
        pytest.param({"project": "a" * 20, "env": "prod"}, id="names of just the length"),
        pytest.param({"project": "x", "env": "e" * 23}, id="a long environment"),
        pytest.param({"release": {"deployment_config": AT_ONCE}}, id="all at once with the hook"),
        pytest.param({"release": {"hook": False}}, id="a canary without the hook"),
        pytest.param(
            {"release": {"deployment_config": TEN_MINUTES, "alarm_minutes": 6}},
            id="the last minute that is in time",
        ),
        pytest.param(
            {"release": {"deployment_config": FIVE_MINUTES, "alarm_minutes": 1}},
            id="one minute of a short canary",
        ),
        pytest.param(
            {"release": {"deployment_config": NINE_STEPS, "alarm_minutes": 5}},
            id="before the ninth step",
        ),
        pytest.param({"function": {"environment": {"AB": "x" * 4094}}}, id="4096 bytes"),
        pytest.param(
            {"function": {"environment": {"TZ": "", "AWS_LAMBDA_EXEC_WRAPPER": ""}}},
            id="free names",
        ),
        pytest.param({"release": {"smoke_event": {"a": "x" * 4038}}}, id="4047 bytes of event"),
        pytest.param({"tags": {"Team": "a", "Teams": "b"}}, id="tags alike"),
    ],
)
def test_what_can_just_work_is_let_in(settings: dict[str, Any]) -> None:
    """The last value inside each limit is no problem."""
    assert [] == _keys(**settings)


@pytest.mark.parametrize(
    "settings, key",
    [
        pytest.param({"project": "a" * 20, "env": "e" * 5}, "project", id="26 characters"),
        pytest.param({"project": "x", "env": "e" * 24}, "project", id="a long environment"),
        pytest.param({"project": "sthree-x"}, "project", id="sthree-"),
        pytest.param({"project": "amzn-s3-demo-x"}, "project", id="amzn-s3-demo-"),
        pytest.param({"project": "sthree"}, "project", id="sthree- by way of the environment"),
        pytest.param({"env": "Prod"}, "env.Prod", id="upper case"),
        pytest.param({"env": ""}, "env.", id="no name"),
        pytest.param({"env": "../prod"}, "env.../prod", id="a path"),
        pytest.param({"env": "a--b"}, "env.a--b", id="two hyphens"),
        pytest.param({"env": "a-"}, "env.a-", id="a hyphen at the end"),
        pytest.param({"env": "1st"}, "env.1st", id="a digit first"),
        pytest.param({"env": "prod\n"}, "env.prod\n", id="a line break"),
        pytest.param({"env": "pröd"}, "env.pröd", id="another letter"),
        pytest.param(
            {"release": {"deployment_config": AT_ONCE, "hook": False}}, "release.hook",
            id="nothing guards",
        ),
        pytest.param(
            {"release": {"deployment_config": AT_ONCE, "alarm_minutes": 1}},
            "release.alarm_minutes", id="no time for an alarm",
        ),
        pytest.param(
            {"release": {"deployment_config": FIVE_MINUTES, "alarm_minutes": 2}},
            "release.alarm_minutes", id="canary shorter than its alarm",
        ),
        pytest.param(
            {"release": {"deployment_config": TEN_MINUTES, "alarm_minutes": 7}},
            "release.alarm_minutes", id="as the last traffic moves",
        ),
        pytest.param(
            {"function": {"environment": {"AB": "x" * 4095}}}, "function.environment",
            id="4097 bytes",
        ),
        pytest.param(
            {"function": {"environment": {"AB": "é" * 2048}}}, "function.environment",
            id="bytes, not characters",
        ),
        pytest.param(
            {"function": {"environment": {"AWS_REGION": "x"}}}, "function.environment.AWS_REGION",
            id="a variable of AWS",
        ),
        pytest.param(
            {"function": {"environment": {"AWS_LAMBDA_METADATA_API": "x"}}},
            "function.environment.AWS_LAMBDA_METADATA_API", id="a variable of managed instances",
        ),
        pytest.param(
            {"project": "a" * 20, "region": "us-isof-south-1"}, "project",
            id="a region whose name is longer than all others",
        ),
        pytest.param(
            {"function": {"environment": {"LAMBDA_TASK_ROOT": "x"}}},
            "function.environment.LAMBDA_TASK_ROOT", id="a variable of Lambda",
        ),
        pytest.param(
            {"release": {"smoke_event": {"a": "x" * 4039}}}, "release.smoke_event",
            id="4048 bytes of event",
        ),
        pytest.param(
            {"tags": {"Team": "a", "team": "b"}}, "tags.team", id="tags that differ in case"
        ),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused(settings: dict[str, Any], key: str) -> None:
    """The first value outside a limit is a problem of that key, and of no other."""
    assert [key] == _keys(**settings)


def test_the_event_fits_the_hooks_environment() -> None:
    """The largest event leaves room for its own name, and for the longest function's."""
    environment = {"SMOKE_EVENT": json.dumps({"a": "x" * 4038}), "FUNCTION_NAME": "f" * 25}

    assert 4096 == sum(len(name) + len(value) for name, value in environment.items())


CASES = [
    pytest.param(
        "[env.production-eu-west]\nproject = 'checkout-service'\n",
        "env.production-eu-west.project = 'checkout-service': "
        "`checkout-service-production-eu-west` has 35 characters; bucket names have 25 for it",
        "shorten the project or the environment by 10",
        id="name too long",
    ),
    pytest.param(
        "[defaults]\nproject = 'sthree-shop'\n[env.prod]\n",
        "defaults.project = 'sthree-shop': S3 keeps bucket names that begin so for itself",
        "use another first word",
        id="name that S3 keeps",
    ),
    pytest.param(
        "[defaults]\nproject = 'shop'\n[env.Prod]\n",
        "env.Prod = 'Prod': an environment's name becomes part of every physical name",
        "use lower-case letters, digits and single hyphens, e.g. `prod`",
        id="environment's name",
    ),
    pytest.param(
        f"[defaults]\nproject = 'shop'\nrelease.hook = false\n"
        f"[env.prod]\nrelease.deployment_config = '{AT_ONCE}'\n",
        f"defaults.release.hook = False: {AT_ONCE} leaves no time for an alarm: "
        "without the hook nothing would guard the release",
        "switch the hook on, or choose a canary",
        id="nothing guards",
    ),
    pytest.param(
        f"[env.prod]\nproject = 'shop'\nrelease.alarm_minutes = 4\n"
        f"release.deployment_config = '{FIVE_MINUTES}'\n",
        f"env.prod.release.alarm_minutes = 4: the alarm may fire only after 7 minutes, "
        f"but {FIVE_MINUTES} has moved all traffic after 5",
        "use at most 1, or a slower shift",
        id="canary shorter than its alarm",
    ),
    pytest.param(
        f"[env.prod]\nproject = 'shop'\nrelease.alarm_minutes = 1\n"
        f"release.deployment_config = '{AT_ONCE}'\n",
        f"env.prod.release.alarm_minutes = 1: the alarm may fire only after 4 minutes, "
        f"but {AT_ONCE} has moved all traffic after 0",
        "leave it out",
        id="no canary at all",
    ),
    pytest.param(
        "[env.prod]\nproject = 'shop'\nrelease.smoke_event = { at = 1979-05-27T07:32:00Z }\n",
        "env.prod.release.smoke_event = {'at': datetime.datetime(1979, 5, 27, 7, 32, tzinfo="
        "datetime.timezone.utc)}: it reaches the function as JSON, "
        "which has no dates, no nan and no inf",
        "write dates as strings",
        id="event with a date",
    ),
    pytest.param(
        "[env.prod]\nproject = 'shop'\nrelease.smoke_event = { deep = [{ x = nan }] }\n",
        "env.prod.release.smoke_event = {'deep': [{'x': nan}]}: it reaches the function as JSON, "
        "which has no dates, no nan and no inf",
        "write dates as strings",
        id="event with nan",
    ),
    pytest.param(
        "[defaults]\nproject = 'shop'\ntags = { Team = 'a' }\n[env.prod]\ntags = { team = 'b' }\n",
        "env.prod.tags.team = 'b': a role cannot carry it beside `Team`: "
        "IAM takes them for one key",
        "leave one of them out",
        id="tags that differ in case",
    ),
]


@pytest.mark.parametrize("text, message, hint", CASES)
def test_the_error_names_the_key_and_what_would_do(
    write_config: WriteConfig, text: str, message: str, hint: str
) -> None:
    """File, table, key, value got, reason; and on a line of its own what would do."""
    path = write_config(f"version = 1\n{text}")
    file = load.read(path)

    with pytest.raises(ConfigError) as caught:
        load.resolve(file, next(iter(file.envs)))

    assert f"{path}: {message}" == caught.value.message
    assert hint == caught.value.hint
    assert Exit.USAGE == caught.value.exit_code


def test_all_problems_are_told_at_once(write_config: WriteConfig) -> None:
    """A line each, so that nobody has to come back for the second."""
    path = write_config(
        "version = 1\n[env.Prod]\nproject = 'shop'\nfunction.environment.AWS_REGION = 'x'\n"
        f"release = {{ hook = false, deployment_config = '{AT_ONCE}' }}\n"
    )

    with pytest.raises(ConfigError) as caught:
        load.resolve(load.read(path), "Prod")

    starts = (
        "env.Prod = ",
        "env.Prod.release.hook = ",
        "env.Prod.function.environment.AWS_REGION = ",
    )
    assert [f"{path}: {start}" for start in starts] == [
        line[: len(f"{path}: {start}")]
        for line, start in zip(caught.value.message.splitlines(), starts, strict=True)
    ]


@pytest.mark.parametrize("project", ["build", "test"])
@pytest.mark.parametrize("name", ["ARTIFACT_BUCKET", "PYTHON_VERSION"])
def test_what_the_template_sets_is_not_set_again(project: str, name: str) -> None:
    """A build into another bucket, or for another Python, cannot be asked for."""
    found = list(problems(minimal_config(**{project: {"environment": {name: "mine"}}})))

    assert [f"{project}.environment.{name}"] == [problem.key for problem in found]
