"""The arithmetic of a release: what the rollback alarm sees, and how soon.

The alarm watches the alias, where the old and the new version are one metric: Lambda has no
dimension for "the new one" whose value is known before the release
(lambda/monitoring-metrics-view). So a new version that fails e % of its own invocations shows as
e % times its share of the traffic, and the threshold has to be scaled by that share. The seed of
this project tested 10 % on a 10 % canary: a version that fails always could not be seen.
"""

from __future__ import annotations

from msgspec import Struct

PERIOD_SECONDS = 60
"""Lambda publishes its metrics for each minute; a longer period only sees later."""

_PARTIAL_MINUTES = 1
"""The first bad request falls somewhere inside a minute, which may stay under the threshold."""

_DELAY_MINUTES = 2
"""Allowance for the metric to arrive and the alarm to be evaluated. AWS states no bound."""


class Shift(Struct, frozen=True, kw_only=True):
    """How CodeDeploy moves traffic (codedeploy/deployment-configurations).

    Attributes:
        share: percentage of the traffic that the new version gets first.
        window: minutes from the first shift to the last, in which a rollback spares somebody.
    """

    share: int
    window: int


SHIFTS = {
    "CodeDeployDefault.LambdaCanary10Percent5Minutes": Shift(share=10, window=5),
    "CodeDeployDefault.LambdaCanary10Percent10Minutes": Shift(share=10, window=10),
    "CodeDeployDefault.LambdaCanary10Percent15Minutes": Shift(share=10, window=15),
    "CodeDeployDefault.LambdaCanary10Percent30Minutes": Shift(share=10, window=30),
    # Ten steps: the first at once, the last after nine waits.
    "CodeDeployDefault.LambdaLinear10PercentEvery1Minute": Shift(share=10, window=9),
    "CodeDeployDefault.LambdaLinear10PercentEvery2Minutes": Shift(share=10, window=18),
    "CodeDeployDefault.LambdaLinear10PercentEvery3Minutes": Shift(share=10, window=27),
    "CodeDeployDefault.LambdaLinear10PercentEvery10Minutes": Shift(share=10, window=90),
    "CodeDeployDefault.LambdaAllAtOnce": Shift(share=100, window=0),
}
"""CodeDeploy's predefined shifts for Lambda (codedeploy/deployment-configurations)."""


class RollbackAlarm(Struct, frozen=True, kw_only=True):
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
