"""The arithmetic of a canary, from templates: what an alarm sees, and what it is blind to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from tests.strategies import configs

from cicdgen import canary, template
from cicdgen.cloudformation import EXAMPLE, Template, stacks
from cicdgen.proof.canary_seen import check, seen
from cicdgen.proof.canary_sight import minutes_to_alarm, watch_of
from cicdgen.proof.flaw import Doubt, Flaw
from cicdgen.proof.parts.shift import Shift, shift_of

if TYPE_CHECKING:
    from cicdgen.config.schema import Config

Json = Any
RATE = "IF(invocations > 0, 100 * errors / invocations, 0)"


def stat(name: str, *, period: int = 60, dimensions: tuple[str, ...] = ("FunctionName",)) -> Json:
    """A metric of Lambda's, to be used in an expression."""
    metric = {
        "Namespace": "AWS/Lambda",
        "MetricName": name.capitalize(),
        "Dimensions": [{"Name": each, "Value": "f"} for each in dimensions],
    }
    return {
        "Id": name,
        "MetricStat": {"Metric": metric, "Period": period, "Stat": "Sum"},
        "ReturnData": False,
    }


def rate(expression: str = RATE, *, period: int = 60, **more: Json) -> dict[str, Json]:
    """An alarm on a rate of errors."""
    return {
        "Metrics": [
            stat("errors", period=period),
            stat("invocations", period=period),
            {"Id": "rate", "Expression": expression},
        ],
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1,
        **more,
    }


def single(name: str = "Errors", **more: Json) -> dict[str, Json]:
    """An alarm on one metric."""
    return {
        "Namespace": "AWS/Lambda",
        "MetricName": name,
        "Dimensions": [{"Name": "FunctionName", "Value": "f"}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0,
        **more,
    }


def body(
    alarm: dict[str, Json] | None, config: Json = "Canary10Percent10Minutes"
) -> dict[str, Json]:
    """A template with a deployment group and its alarm."""
    named = f"CodeDeployDefault.Lambda{config}" if isinstance(config, str) else {"Ref": "Config"}
    alarms = [{"Name": {"Ref": "Alarm"}}] if alarm is not None else []
    resources = {
        "App": {
            "Type": "AWS::CodeDeploy::Application",
            "Properties": {"ComputePlatform": "Lambda"},
        },
        "Group": {
            "Type": "AWS::CodeDeploy::DeploymentGroup",
            "Properties": {
                "ApplicationName": {"Ref": "App"},
                "DeploymentConfigName": named,
                "AlarmConfiguration": {"Enabled": True, "Alarms": alarms},
            },
        },
    }
    if alarm is not None:
        resources["Alarm"] = {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm}
    if not isinstance(config, str):
        properties = {"ComputePlatform": "Lambda", "TrafficRoutingConfig": config}
        resources["Config"] = {
            "Type": "AWS::CodeDeploy::DeploymentConfig",
            "Properties": properties,
        }
    return {"Resources": resources}


def remarks(alarm: dict[str, Json] | None, config: Json = "Canary10Percent10Minutes") -> list[Json]:
    """What the check says."""
    (stack,) = stacks(Template.read(body(alarm, config)), EXAMPLE)
    return list(check(stack))


def sights(alarm: dict[str, Json], config: Json = "Canary10Percent10Minutes") -> list[str]:
    """What each alarm sees, in words."""
    (stack,) = stacks(Template.read(body(alarm, config)), EXAMPLE)
    return [str(found) for _, _, found in seen(stack)]


SEED = rate("(errors / invocations) * 100", period=300, Threshold=10, EvaluationPeriods=2)
CANARY = {
    "Type": "TimeBasedCanary",
    "TimeBasedCanary": {"CanaryInterval": 10, "CanaryPercentage": 25},
}
LINEAR = {
    "Type": "TimeBasedLinear",
    "TimeBasedLinear": {"LinearInterval": 2, "LinearPercentage": 20},
}

BLIND = {
    "the seed's alarm, above the share of the canary": (SEED, "cannot see a version that always"),
    "the seed's alarm in time, still above the share": (
        rate(
            "(errors / invocations) * 100", Threshold=10, EvaluationPeriods=1, DatapointsToAlarm=1
        ),
        "with 10 % of the traffic that is 10 %",
    ),
    "two periods of five minutes": (
        rate(period=300, EvaluationPeriods=2),
        "fires 17 minutes after a bad version begins, and all traffic has moved after 10",
    ),
    "a rate as a fraction, compared with per cent": (
        rate("errors / invocations", Threshold=1),
        "does not fire when every request fails",
    ),
    "missing data that breaches": (
        single(TreatMissingData="breaching"),
        "in ALARM when nobody calls",
    ),
    "missing data filled in to breach": (
        rate("100 * errors / invocations", TreatMissingData="breaching"),
        "in ALARM when nobody calls",
    ),
    "the wrong way round": (
        single(ComparisonOperator="LessThanOrEqualToThreshold"),
        "in ALARM when no request fails",
    ),
    "errors hidden by the expression": (
        rate("IF(errors > 0, 0, 0)"),
        "does not fire when every request fails",
    ),
    "no alarm at all": (None, "no alarm looks at it"),
}


@pytest.mark.parametrize("name", BLIND)
def test_blindness(name: str) -> None:
    """An alarm that cannot do its work is a flaw, and the flaw says why."""
    alarm, why = BLIND[name]
    (flaw,) = remarks(alarm)

    assert isinstance(flaw, Flaw)
    assert why in flaw.message


SEES = {
    "ten per cent of a canary": (
        rate(),
        "Canary10Percent10Minutes",
        (
            "sees a version failing 11 % or more within 5 minutes at 91 requests a minute or more;"
            " blind below"
        ),
    ),
    "without a guard against zero": (
        rate("100 * (errors / invocations)"),
        "Canary10Percent10Minutes",
        (
            "sees a version failing 11 % or more within 5 minutes at 91 requests a minute or more;"
            " blind below"
        ),
    ),
    "the average of errors is their rate": (
        single(Statistic="Average", Threshold=0.02),
        CANARY,
        (
            "sees a version failing 9 % or more within 4 minutes at 45 requests a minute or more;"
            " blind below"
        ),
    ),
    "any error at all": (
        single(),
        "Canary10Percent5Minutes",
        (
            "sees a version failing 1 % or more within 4 minutes at 1000 requests a minute or more;"
            " blind below"
        ),
    ),
    "steps that grow": (
        single(Threshold=5),
        LINEAR,
        (
            "sees a version failing 1 % or more within 6 minutes at 1251 requests a minute or more;"
            " blind below"
        ),
    ),
}


@pytest.mark.parametrize("name", SEES)
def test_sight(name: str) -> None:
    """An alarm that works is described by what it sees, how fast and from which traffic on."""
    alarm, config, words = SEES[name]

    assert [] == remarks(alarm, config)
    assert [words] == sights(alarm, config)


DOUBTS = {
    "a function that is not modelled": rate("ANOMALY_DETECTION_BAND(errors)"),
    "a metric of another service": single(Namespace="AWS/ApiGateway"),
    "one version's own metric": single(
        Dimensions=[{"Name": "FunctionName", "Value": "f"}, {"Name": "ExecutedVersion", "Value": 3}]
    ),
    "a threshold that is a secret": single(Threshold="{{resolve:ssm:threshold}}"),
    "two series returned": {
        **rate(),
        "Metrics": [{**stat("errors"), "ReturnData": True}, {"Id": "r", "Expression": "errors"}],
    },
}


@pytest.mark.parametrize("name", DOUBTS)
def test_doubt(name: str) -> None:
    """What cannot be played through is a doubt: neither seen nor blind."""
    (doubt,) = remarks(DOUBTS[name])

    assert isinstance(doubt, Doubt)


def test_all_at_once_has_no_canary() -> None:
    """Where all traffic moves at once, there is nothing to see, and nothing is said."""
    assert [] == remarks(None, "AllAtOnce")


def test_one_alarm_that_sees_is_enough() -> None:
    """A coarse alarm beside a good one does no harm."""
    resources = body(rate())["Resources"]
    resources["Coarse"] = {"Type": "AWS::CloudWatch::Alarm", "Properties": SEED}
    alarms = resources["Group"]["Properties"]["AlarmConfiguration"]["Alarms"]
    alarms.append({"Name": {"Ref": "Coarse"}})
    (stack,) = stacks(Template.read({"Resources": resources}), EXAMPLE)

    assert [] == list(check(stack))


def test_what_is_seen_is_the_least() -> None:
    """One per cent below what is seen, the alarm stays quiet, whatever the traffic."""
    (stack,) = stacks(Template.read(body(rate())), EXAMPLE)
    watch, shift = watch_of(stack.resources["Alarm"]), Shift(step=10, wait=10)

    assert minutes_to_alarm(watch, shift, failing=10, requests=1e6) is None
    assert minutes_to_alarm(watch, shift, failing=11, requests=1e6) == 5


@settings(max_examples=25, deadline=None)
@given(config=configs())
def test_our_own_alarm_sees_its_canary(config: Config) -> None:
    """Every template that can be rendered is without remark, and agrees with its own arithmetic."""
    (stack,) = stacks(Template.read(json.loads(template.render(config))))
    ours = canary.SHIFTS[config.release.deployment_config]
    group = next(stack.of_type("AWS::CodeDeploy::DeploymentGroup"))
    shift = shift_of(stack, group)

    assert [] == list(check(stack))
    assert shift is not None
    assert (ours.share, ours.window) == (shift.step, shift.window)
