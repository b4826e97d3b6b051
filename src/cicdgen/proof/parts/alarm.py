"""An alarm of CloudWatch, read: the metrics that it watches, one or several.

Source: AWSCloudFormation/aws-resource-cloudwatch-alarm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource

ALARM = "AWS::CloudWatch::Alarm"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric that an alarm watches.

    Attributes:
        id: what the alarm's expressions call it; empty if the alarm has no expression.
        metric: its namespace, name and dimensions.
        period: seconds to a datapoint.
        statistic: what a datapoint is of the values in its period.
    """

    id: str
    metric: Place
    period: Place
    statistic: Place

    @property
    def namespace(self) -> Place:
        """As `AWS/Lambda`."""
        return self.metric.at("Namespace")

    @property
    def name(self) -> Place:
        """As `Errors`."""
        return self.metric.at("MetricName")

    @property
    def dimensions(self) -> dict[str, Place] | None:
        """The dimensions by name; None if they are not all known."""
        found = {}
        for dimension in self.metric.at("Dimensions").members():
            name = dimension.at("Name").known
            if name is None:
                return None
            found[name] = dimension.at("Value")
        return found


def metrics(alarm: Resource) -> Iterator[Metric]:
    """Every metric that an alarm watches, by itself or in an expression."""
    place = Place.of(alarm)
    if place.at("MetricName").is_given:
        statistic = place.at("ExtendedStatistic")
        yield Metric(
            id="",
            metric=place,
            period=place.at("Period"),
            statistic=statistic if statistic.is_given else place.at("Statistic"),
        )
    for query in place.at("Metrics").members():
        stat = query.at("MetricStat")
        if stat.is_given:
            yield Metric(
                id=query.at("Id").known or "",
                metric=stat.at("Metric"),
                period=stat.at("Period"),
                statistic=stat.at("Stat"),
            )
