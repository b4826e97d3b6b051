"""Alarms on a virtual clock, held against the tables of AWS's pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cicdgen.cloudformation import Stack, Template
from cicdgen.proof.alarm_math import Rule
from cicdgen.rehearsal.alarm_reading import COMPOSITE, read_alarm, read_composite
from cicdgen.rehearsal.alarms import (
    AlarmError,
    MetricAlarm,
    Query,
    evaluate,
    evaluate_composite,
    statistic,
)
from cicdgen.rehearsal.composite import AlarmRuleError, read_rule
from cicdgen.rehearsal.record import Measured
from cicdgen.rehearsal.timeline import AlarmState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.cloudformation import Resource

OK, ALARM, NO_DATA = AlarmState.OK, AlarmState.ALARM, AlarmState.INSUFFICIENT_DATA
KEPT = NO_DATA  # the state before, so that "retain current state" shows
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")

# AmazonCloudWatch/alarms-and-missing-data: the five most recent datapoints, the latest on the
# right; 0 is fine, X breaches, - is missing. M of 3, then the state for each treatment.
MISSING_DATA = {
    "0 - X - X": (3, (OK, OK, OK, OK)),
    "0 - - - -": (3, (OK, OK, OK, OK)),
    "- - - - -": (3, (NO_DATA, KEPT, ALARM, OK)),
    "0 X X - X": (3, (ALARM, ALARM, ALARM, ALARM)),
    "- - X - -": (3, (ALARM, KEPT, ALARM, OK)),
    " 0 - X - X": (2, (ALARM, ALARM, ALARM, ALARM)),
    "0 0 X 0 X": (2, (ALARM, ALARM, ALARM, ALARM)),
    "0 - X - -": (2, (OK, OK, ALARM, OK)),
    "- - - - 0": (2, (OK, OK, ALARM, OK)),
    "- - - X -": (2, (ALARM, KEPT, ALARM, OK)),
    # The page's section on premature transitions: neither of these two fires at once.
    "- - - - X": (3, (KEPT, KEPT, ALARM, OK)),
    " - - - X -": (3, (KEPT, KEPT, ALARM, OK)),
}
OURS = sorted((Path(__file__).parents[2] / "templates").glob("*.json"))
DIMENSIONS = (("FunctionName", "fn"), ("Resource", "fn:live"))


def measured(
    minute: int,
    total: float,
    count: float = 1,
    *,
    name: str = "Errors",
    values: Sequence[float] = (),
) -> Measured:
    """What Lambda publishes for one minute."""
    several = values or [total]
    return Measured(
        at=minute * 60,
        namespace="AWS/Lambda",
        name=name,
        dimensions=DIMENSIONS,
        total=total,
        count=count,
        least=min(several),
        most=max(several),
    )


def alarm(
    *, datapoints: int = 1, periods: int = 1, missing: str = "missing", period: int = 60
) -> MetricAlarm:
    """An alarm on more than five errors in a period."""
    query = Query(
        id="", namespace="AWS/Lambda", name="Errors", dimensions=DIMENSIONS, statistic="Sum"
    )
    rule = Rule(
        comparison="GreaterThanThreshold",
        threshold=5,
        datapoints=datapoints,
        periods=periods,
        missing=missing,
    )
    return MetricAlarm(rule=rule, period=period, queries=(query,))


@pytest.mark.parametrize("row", MISSING_DATA)
@pytest.mark.parametrize("number,treatment", [*enumerate(TREATMENTS)])
def test_missing_data(row: str, number: int, treatment: str) -> None:
    """Every row of the page's tables, for each treatment, from what was published."""
    datapoints, expected = MISSING_DATA[row]
    values = [{"0": 0.0, "X": 9.0, "-": None}[each] for each in row.split()]
    published = [measured(at, value) for at, value in enumerate(values) if value is not None]

    found = evaluate(
        alarm(datapoints=datapoints, periods=3, missing=treatment), published, now=300, before=KEPT
    )

    assert expected[number] is found.state
    assert tuple(values) == found.datapoints


# M, N, the datapoints, and the states minute by minute, from OK.
M_OF_N = [
    pytest.param(1, 1, "0 X 0", [OK, ALARM, OK], id="1 of 1"),
    pytest.param(2, 2, "X 0 X X 0", [OK, OK, OK, ALARM, OK], id="2 of 2"),
    pytest.param(2, 3, "0 X 0 X 0 0", [OK, OK, OK, ALARM, OK, OK], id="2 of 3"),
    pytest.param(3, 5, "X X 0 X 0 0", [OK, OK, OK, ALARM, ALARM, OK], id="3 of 5"),
    pytest.param(3, 3, "X X X X 0", [OK, OK, ALARM, ALARM, OK], id="3 of 3"),
]


@pytest.mark.parametrize("needed,periods,points,expected", M_OF_N)
def test_m_of_n(needed: int, periods: int, points: str, expected: list[AlarmState]) -> None:
    """An alarm fires with the Mth breaching datapoint of N, and ends when fewer are left."""
    rule = alarm(datapoints=needed, periods=periods, missing="notBreaching")
    published = [measured(at, 9.0 * (each == "X")) for at, each in enumerate(points.split())]
    found, state = [], OK
    for minute in range(1, len(published) + 1):
        state = evaluate(rule, published[:minute], now=minute * 60, before=state).state
        found.append(state)

    assert expected == found


def test_a_long_period_slides() -> None:
    """At the end of minute 6, a period of five minutes is minutes 2 to 6 (alarm-evaluation)."""
    published = [measured(minute, 2.0) for minute in range(6)]
    five = alarm(period=300)

    sums = [
        evaluate(five, published, now=minute * 60, before=OK).datapoints[-1] for minute in (5, 6, 7)
    ]

    assert sums == [10.0, 10.0, 8.0]


def test_the_periods_lie_end_to_end() -> None:
    """Each datapoint is of five minutes of its own."""
    published = [measured(minute, float(minute)) for minute in range(15)]

    found = evaluate(alarm(period=300), published, now=900, before=OK)

    assert found.datapoints == (10.0, 35.0, 60.0)


@pytest.mark.parametrize(
    "now,expected", [(59, (None, None, None)), (60, (None, None, 9.0)), (119, (None, None, 9.0))]
)
def test_a_period_ends_at_a_whole_minute(now: float, expected: tuple[float | None, ...]) -> None:
    """The minute that has not ended is no datapoint yet."""
    found = evaluate(alarm(), [measured(0, 9.0), measured(1, 7.0)], now=now, before=OK)

    assert expected == found.datapoints


def test_a_late_datapoint_is_not_there_yet() -> None:
    """With a delay of two minutes, the first minute is seen at the end of the third."""
    states = [
        evaluate(alarm(), [measured(0, 9.0)], now=minute * 60, before=OK, delay=120).state
        for minute in (1, 2, 3)
    ]

    assert states == [NO_DATA, NO_DATA, ALARM]


def test_other_metrics_do_not_count() -> None:
    """Another name, or the function without its alias, is another metric."""
    other = measured(0, 99.0, name="Invocations")

    assert evaluate(alarm(), [other], now=60, before=OK).datapoints[-1] is None


@pytest.mark.parametrize(
    "periods,period,expected", [(1, 60, 60), (3, 300, 60), (25, 3600, 3600), (24, 3600, 60)]
)
def test_how_often(periods: int, period: int, expected: int) -> None:
    """Every minute; each hour where the periods span more than a day (alarm-evaluation)."""
    assert expected == alarm(periods=periods, datapoints=1, period=period).interval


MIXED = [measured(0, 6.0, 3, values=[1, 3]), measured(1, 4.0, 1)]


@pytest.mark.parametrize(
    "name,minutes,expected",
    [
        ("Sum", MIXED, 10.0),
        ("SampleCount", MIXED, 4.0),
        ("Average", MIXED, 2.5),
        ("Minimum", MIXED, 1.0),
        ("Maximum", MIXED, 4.0),
        ("p100", MIXED, 4.0),
        ("p99", [measured(0, 6.0, 3, values=[2])], 2.0),
        ("p99.9", [measured(0, 4.0)], 4.0),
        ("Sum", [], None),
    ],
)
def test_statistics(name: str, minutes: Sequence[Measured], expected: float | None) -> None:
    """One datapoint of the values in a period."""
    assert expected == statistic(name, minutes)


@pytest.mark.parametrize("name", ["p99", "tm90", "IQM", "sum"])
def test_statistics_that_are_not_known(name: str) -> None:
    """A percentile of different values needs the values: it is an error."""
    with pytest.raises(AlarmError):
        statistic(name, MIXED)


def metric(identifier: str, name: str) -> dict[str, Any]:
    """A metric of the alias, as an alarm's Metrics has it."""
    dimensions = [
        {"Name": "Resource", "Value": "fn:live"},
        {"Name": "FunctionName", "Value": "fn"},
    ]
    return {
        "Id": identifier,
        "ReturnData": False,
        "MetricStat": {
            "Metric": {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions},
            "Period": 60,
            "Stat": "Sum",
        },
    }


RATE = {
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 1,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "TreatMissingData": "notBreaching",
    "Metrics": [
        metric("errors", "Errors"),
        metric("invocations", "Invocations"),
        {"Id": "rate", "Expression": "IF(calls > 0, 100 * errors / calls, 0)"},
        {"Id": "calls", "Expression": "FILL(invocations, 0)", "ReturnData": False},
    ],
}


def resource(properties: dict[str, Any], kind: str = "AWS::CloudWatch::Alarm") -> Resource:
    """A resource of a template."""
    template = {"Resources": {"Rate": {"Type": kind, "Properties": properties}}}
    return next(Stack(Template.read(template)).of_type(kind))


def test_the_templates_own_metric_math() -> None:
    """An error rate over a threshold in two of three minutes, expressions in any order."""
    rate = read_alarm(resource(RATE), lambda text: text.code)
    published = [
        each
        for minute, bad in enumerate([0, 5, 0, 5])
        for each in (measured(minute, bad), measured(minute, 100, name="Invocations"))
    ]
    found = [evaluate(rate, published, now=minute * 60, before=OK).state for minute in range(2, 8)]

    assert found == [OK, OK, ALARM, OK, OK, OK]
    assert "0, 5, 0, 5 against GreaterThanThreshold 1" in (
        evaluate(rate, published, now=240, before=OK).because
    )


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"ThresholdMetricId": "band"}, id="anomaly detection"),
        pytest.param({"ComparisonOperator": "LessThanLowerThreshold"}, id="a band"),
        pytest.param({"TreatMissingData": "guess"}, id="a treatment"),
        pytest.param({"DatapointsToAlarm": 4}, id="4 of 3"),
        pytest.param({"Threshold": {"Ref": "Somewhere"}}, id="a threshold that is not known"),
        pytest.param({"Metrics": [metric("a", "Errors")]}, id="nothing is returned"),
        pytest.param({"Metrics": [{"Id": "a", "Expression": "SEARCH('x', 'Sum')"}]}, id="a search"),
        pytest.param(
            {"Metrics": [metric("a", "Errors"), {"Id": "b", "Expression": "c + 1"}]},
            id="a metric that is not there",
        ),
        pytest.param(
            {"Metrics": [{**metric("a", "Errors"), "Unit": "Seconds", "MetricStat": {}}]},
            id="no statistic",
        ),
    ],
)
def test_alarms_that_are_not_modelled(change: dict[str, Any]) -> None:
    """They are errors, and never a state."""
    with pytest.raises(AlarmError):
        read_alarm(resource({**RATE, **change}), lambda text: text.code)


STATES = {"a": ALARM, "b": OK, "c": NO_DATA, "arn:aws:cloudwatch:x:1:alarm:a": ALARM}


@pytest.mark.parametrize(
    "rule,expected",
    [
        ("ALARM(a)", True),
        ('ALARM("a")', True),
        ("ALARM(arn:aws:cloudwatch:x:1:alarm:a)", True),
        ("ALARM(b)", False),
        ("OK(b)", True),
        ("INSUFFICIENT_DATA(c)", True),
        ("ALARM(a) AND ALARM(b)", False),
        ("ALARM(a) AND NOT ALARM(b)", True),
        ("ALARM(b) OR ALARM(c) OR ALARM(a)", True),
        ("(ALARM(b) OR ALARM(a)) AND OK(b)", True),
        ("NOT (ALARM(a) AND OK(b))", False),
        ("NOT NOT ALARM(a)", True),
        ("TRUE", True),
        ("FALSE OR ALARM(a)", True),
    ],
)
def test_composite_alarms(rule: str, expected: bool) -> None:  # noqa: FBT001
    """A composite alarm is in ALARM while its rule holds."""
    read = read_composite(resource({"AlarmRule": rule}, COMPOSITE), lambda text: text.code)

    assert expected is (evaluate_composite(read, STATES) is ALARM)


@pytest.mark.parametrize(
    "rule",
    [
        "ALARM(a) AND OK(b) OR OK(c)",
        "ALARM(a",
        "ALARM(a) OK(b)",
        "(ALARM(a)",
        "alarm(a)",
        "AND ALARM(a)",
        "ALARM(a) AND",
        "",
        "ALARM(nobody)",
    ],
)
def test_composite_rules_that_are_not_known(rule: str) -> None:
    """Which of AND and OR goes first is not documented; and no slip is passed over."""
    with pytest.raises(AlarmRuleError):
        evaluate_composite(read_rule(rule), STATES)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_our_own_alarms_are_modelled(path: Path) -> None:
    """Every alarm of our templates is read, and has a state when nothing happens."""
    body = json.loads(path.read_text(encoding="utf-8"))
    alarms = [*Stack(Template.read(body)).of_type("AWS::CloudWatch::Alarm")]
    states = {
        evaluate(read_alarm(each, lambda text: text.code), [], now=600, before=OK).state
        for each in alarms
    }

    assert alarms
    assert ALARM not in states
