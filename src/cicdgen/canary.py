"""The arithmetic of a release: what the rollback alarm sees, and how soon.

The alarm watches the alias, where the old and the new version are one metric: Lambda has no
dimension for "the new one" whose value is known before the release
(lambda/monitoring-metrics-view). So a new version that fails e % of its own invocations shows as
e % times its share of the traffic, and the threshold has to be scaled by that share. The seed of
this project tested 10 % on a 10 % canary: a version that fails always could not be seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PERIOD_SECONDS = 60
"""Lambda publishes its metrics for each minute; a longer period only sees later."""

_PARTIAL_MINUTES = 1
"""The first bad request falls somewhere inside a minute, which may stay under the threshold."""

_DELAY_MINUTES = 2
"""Allowance for the metric to arrive and the alarm to be evaluated. AWS states no bound."""

_SHIFT = re.compile(
    r"CodeDeployDefault\.Lambda"
    r"(?:Canary(?P<canary>\d+)Percent(?P<bake>\d+)Minutes?"
    r"|Linear(?P<linear>\d+)PercentEvery(?P<every>\d+)Minutes?"
    r"|(?P<all>AllAtOnce))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How CodeDeploy moves traffic (codedeploy/deployment-configurations).

    Attributes:
        share: percentage of the traffic that the new version gets first.
        window: minutes from the first shift to the last, in which a rollback spares somebody.
    """

    share: int
    window: int

    @classmethod
    def of(cls, deployment_config: str) -> Shift:
        """Read a predefined deployment config's name.

        Raises:
            ValueError: the name is none of CodeDeploy's for Lambda.
        """
        match = _SHIFT.fullmatch(deployment_config)
        if match is None:
            message = f"not a predefined deployment config for Lambda: {deployment_config}"
            raise ValueError(message)
        if match["canary"]:
            return cls(share=int(match["canary"]), window=int(match["bake"]))
        if match["linear"]:
            share = int(match["linear"])
            return cls(share=share, window=(100 // share - 1) * int(match["every"]))
        return cls(share=100, window=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackAlarm:
    """The alarm that takes a release back.

    Attributes:
        threshold: percentage of the alias's invocations; the alarm fires above it.
        datapoints: bad minutes that it takes ("M").
        periods: minutes among which they are looked for ("N").
    """

    threshold: float
    datapoints: int
    periods: int

    @property
    def minutes_to_fire(self) -> int:
        """Minutes from the first bad request to the alarm, at the most, under steady traffic."""
        return minutes_to_fire(self.datapoints)


def minutes_to_fire(datapoints: int) -> int:
    """Minutes until so many bad datapoints are there and seen, at the most."""
    return _PARTIAL_MINUTES + datapoints + _DELAY_MINUTES


def most_datapoints(shift: Shift) -> int:
    """The bad minutes that this shift leaves time for; 0 where no alarm can come in time."""
    return max(0, shift.window - 1 - minutes_to_fire(0))


def rollback_alarm(
    shift: Shift, *, tolerated_error_percent: float, alarm_minutes: int | None = None
) -> RollbackAlarm:
    """Derive the alarm from the traffic shift.

    Two bad minutes of three where there is time for that: one minute's accident takes nothing
    back, one quiet minute hides nothing. One of one where there is not.

    Args:
        shift: how the traffic moves.
        tolerated_error_percent: of the new version's own invocations.
        alarm_minutes: bad minutes asked for by the config.
    """
    datapoints = alarm_minutes or min(2, max(1, most_datapoints(shift)))
    threshold = round(tolerated_error_percent * shift.share / 100, 4)
    return RollbackAlarm(
        threshold=int(threshold) if threshold == int(threshold) else threshold,
        datapoints=datapoints,
        periods=1 if datapoints == 1 else datapoints + 1,
    )
