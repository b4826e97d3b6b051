"""What counts as a bad release, and what else somebody has to hear about.

The rollback alarm's numbers are derived in `canary`; its description states them. It is the only
one that takes something back: the others tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Ref
from troposphere.cloudwatch import Alarm, Metric, MetricDataQuery, MetricDimension, MetricStat

from cicdgen import canary
from cicdgen.resources.part import Part

if TYPE_CHECKING:
    from cicdgen.config.schema import Config
    from cicdgen.names import Names
    from cicdgen.resources.function import ReleasedFunction
    from cicdgen.resources.notices import Notices

_FIVE_MINUTES = 300
_TIMEOUT_SHARE = 0.8


class Alarms(Part, frozen=True, kw_only=True):
    """The alarms on the function."""

    rollback: Alarm
    errors: Alarm
    throttles: Alarm
    duration: Alarm
    dead_letters: Alarm

    @classmethod
    def define(
        cls, config: Config, names: Names, notices: Notices, function: ReleasedFunction
    ) -> Alarms:
        """The rollback alarm on the alias, and the operational alarms on the whole function."""
        dimensions: dict[str, object] = {"FunctionName": Ref(function.function)}

        def on_function(metric: str, *, statistic: str = "Sum", threshold: float = 0) -> Alarm:
            return alarm(
                f"Function{metric}",
                names.alarm(metric.lower()),
                notices,
                metric=("AWS/Lambda", metric),
                dimensions=dimensions,
                statistic=statistic,
                threshold=threshold,
            )

        return cls(
            rollback=_rollback(config, names, notices, function),
            errors=on_function("Errors"),
            throttles=on_function("Throttles"),
            duration=on_function(
                "Duration",
                statistic="Maximum",
                threshold=int(config.function.timeout * 1000 * _TIMEOUT_SHARE),
            ),
            dead_letters=alarm(
                "DeadLettersWaiting",
                names.alarm("dead-letters"),
                notices,
                metric=("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
                dimensions={"QueueName": names.part("dead-letters")},
                statistic="Maximum",
            ),
        )


def alarm(
    title: str,
    name: str,
    notices: Notices,
    *,
    metric: tuple[str, str],
    dimensions: dict[str, object],
    statistic: str = "Sum",
    threshold: float = 0,
) -> Alarm:
    """An alarm that tells the topic when a metric was above a threshold in the last five minutes.

    Args:
        title: the logical id.
        name: the alarm's name.
        notices: whom it tells.
        metric: namespace and name.
        dimensions: the metric's dimensions.
        statistic: over the period.
        threshold: in the metric's unit.
    """
    return Alarm(
        title,
        AlarmName=name,
        AlarmActions=[Ref(notices.topic)],
        Namespace=metric[0],
        MetricName=metric[1],
        Dimensions=[MetricDimension(Name=key, Value=value) for key, value in dimensions.items()],
        Statistic=statistic,
        Period=_FIVE_MINUTES,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=threshold,
        TreatMissingData="notBreaching",
    )


def _rollback(config: Config, names: Names, notices: Notices, function: ReleasedFunction) -> Alarm:
    release = config.release
    shift = canary.SHIFTS[release.deployment_config]
    sees = canary.rollback_alarm(
        shift,
        tolerated_error_percent=release.tolerated_error_percent,
        alarm_minutes=release.alarm_minutes,
    )
    dimensions = [
        MetricDimension(Name="FunctionName", Value=Ref(function.function)),
        MetricDimension(Name="Resource", Value=names.alias),
    ]

    def on_alias(query: str, metric: str) -> MetricDataQuery:
        return MetricDataQuery(
            Id=query,
            MetricStat=MetricStat(
                Metric=Metric(Namespace="AWS/Lambda", MetricName=metric, Dimensions=dimensions),
                Period=canary.PERIOD_SECONDS,
                Stat="Sum",
            ),
            ReturnData=False,
        )

    return Alarm(
        "RollbackAlarm",
        AlarmName=names.alarm("rollback"),
        AlarmDescription=_arithmetic(release.tolerated_error_percent, shift, sees),
        AlarmActions=[Ref(notices.topic)],
        Metrics=[
            on_alias("errors", "Errors"),
            on_alias("invocations", "Invocations"),
            MetricDataQuery(
                Id="rate",
                # A division by zero drops the point (cloudwatch/using-metric-math).
                Expression="IF(invocations > 0, 100 * errors / invocations, 0)",
                ReturnData=True,
            ),
        ],
        EvaluationPeriods=sees.periods,
        DatapointsToAlarm=sees.datapoints,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=sees.threshold,
        TreatMissingData="notBreaching",
    )


def _arithmetic(tolerated: float, shift: canary.Shift, sees: canary.RollbackAlarm) -> str:
    seen = (
        f"{tolerated:g} % of the new version's invocations x {shift.share} % of the traffic"
        f" = {sees.threshold:g} % of the alias's"
    )
    if shift.window == 0:
        return f"{seen}. All traffic moves at once: this alarm tells, it cannot take back."
    return (
        f"{seen}, in {sees.datapoints} of {sees.periods} minutes: fires within "
        f"{sees.minutes_to_fire} of the {shift.window} minutes before all traffic has moved."
    )
