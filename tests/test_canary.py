"""The arithmetic of a release: what the rollback alarm sees, and whether it comes in time."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cicdgen.canary import (
    SHIFTS,
    RollbackAlarm,
    Shift,
    minutes_to_fire,
    most_datapoints,
    rollback_alarm,
)
from cicdgen.config.schema import DeploymentConfig

# A row for each of AWS's predefined configs (codedeploy/deployment-configurations). The alarm is
# for 10 % tolerated: share, window | threshold, datapoints, periods, minutes to fire | most.
TABLE = {
    "Canary10Percent5Minutes": (10, 5, 1, 1, 1, 4, 1),
    "Canary10Percent10Minutes": (10, 10, 1, 2, 3, 5, 6),
    "Canary10Percent15Minutes": (10, 15, 1, 2, 3, 5, 11),
    "Canary10Percent30Minutes": (10, 30, 1, 2, 3, 5, 26),
    "Linear10PercentEvery1Minute": (10, 9, 1, 2, 3, 5, 5),
    "Linear10PercentEvery2Minutes": (10, 18, 1, 2, 3, 5, 14),
    "Linear10PercentEvery3Minutes": (10, 27, 1, 2, 3, 5, 23),
    "Linear10PercentEvery10Minutes": (10, 90, 1, 2, 3, 5, 86),
    "AllAtOnce": (100, 0, 10, 1, 1, 4, 0),
}


@pytest.mark.parametrize("name", TABLE)
def test_each_config_has_its_alarm(name: str) -> None:
    """Share and window follow AWS's table; the alarm follows from them."""
    shift = SHIFTS[f"CodeDeployDefault.Lambda{name}"]
    alarm = rollback_alarm(shift, tolerated_error_percent=10)

    seen = (shift.share, shift.window, alarm.threshold, alarm.datapoints, alarm.periods)
    assert TABLE[name] == (*seen, alarm.minutes_to_fire, most_datapoints(shift))


def test_every_config_that_can_be_chosen_has_a_row() -> None:
    """What the schema offers, the arithmetic knows, and this table states."""
    known = {f"CodeDeployDefault.Lambda{name}" for name in TABLE}

    assert known == set(get_args(DeploymentConfig)) == set(SHIFTS)


def test_a_bad_canary_is_seen() -> None:
    """10 % tolerated on a 10 % canary is 1 % of the alias: ten times less than the seed tested.

    The seed's alarm fired above 10 %, and a canary that fails always shows as just 10 %.
    """
    canary = Shift(share=10, window=10)
    always_failing = 100 * canary.share / 100

    alarm = rollback_alarm(canary, tolerated_error_percent=10)

    assert 1 == alarm.threshold
    assert always_failing > alarm.threshold
    assert not always_failing > 10


TOLERATED = st.floats(min_value=0, max_value=50, exclude_min=True)
SHIFT = st.sampled_from(list(SHIFTS.values())) | st.builds(
    Shift, share=st.integers(1, 100), window=st.integers(0, 2880)
)


@given(shift=SHIFT, tolerated=TOLERATED)
def test_the_alarm_comes_in_time_wherever_it_can(shift: Shift, tolerated: float) -> None:
    """If any alarm could fire before the last traffic moves, the one that is derived does."""
    alarm = rollback_alarm(shift, tolerated_error_percent=tolerated)
    could_be = minutes_to_fire(1) < shift.window

    assert could_be == (alarm.minutes_to_fire < shift.window)


@given(shift=SHIFT, tolerated=TOLERATED, data=st.data())
def test_minutes_asked_for_are_kept_as_long_as_they_are_in_time(
    shift: Shift, tolerated: float, data: st.DataObject
) -> None:
    """Up to the most, the config decides; one more would be too late."""
    most = most_datapoints(shift)
    if most:
        asked = data.draw(st.integers(1, most))
        alarm = rollback_alarm(shift, tolerated_error_percent=tolerated, alarm_minutes=asked)

        assert asked == alarm.datapoints
        assert alarm.minutes_to_fire < shift.window
    assert minutes_to_fire(most + 1) >= shift.window


@given(shift=SHIFT, tolerated=TOLERATED)
def test_a_version_that_fails_always_is_above_the_threshold(shift: Shift, tolerated: float) -> None:
    """Whatever is tolerated, the new version failing alone crosses it at its first share."""
    alarm = rollback_alarm(shift, tolerated_error_percent=tolerated)

    assert shift.share > alarm.threshold >= 0


@given(shift=SHIFT, tolerated=TOLERATED)
def test_what_is_tolerated_stays_below_the_threshold(shift: Shift, tolerated: float) -> None:
    """A new version within its tolerance takes nothing back: rounding is in its favour, or tiny."""
    alarm = rollback_alarm(shift, tolerated_error_percent=tolerated)

    assert tolerated * shift.share / 100 <= alarm.threshold + 0.00005


@given(shift=SHIFT, tolerated=TOLERATED)
def test_one_quiet_minute_hides_nothing(shift: Shift, tolerated: float) -> None:
    """Where two bad minutes are asked for, they are looked for among three."""
    alarm = rollback_alarm(shift, tolerated_error_percent=tolerated)

    assert alarm in (
        RollbackAlarm(threshold=alarm.threshold, datapoints=1, periods=1),
        RollbackAlarm(threshold=alarm.threshold, datapoints=2, periods=3),
    )


def test_a_whole_threshold_is_written_as_one() -> None:
    """The template says 1, not 1.0: the bytes do not hang on the arithmetic."""
    alarm = rollback_alarm(Shift(share=10, window=10), tolerated_error_percent=10.0)

    assert "1" == repr(alarm.threshold)
