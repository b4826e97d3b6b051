"""Whether the alarm of a deployment sees a bad canary while there is time to go back.

From the template alone: how traffic shifts (`parts.shift`), and what the alarms make of it
(`canary_sight`). A canary gets 10 % of the traffic, and every metric of an alias mixes both
versions: a version that always fails is an error rate of 10 % there, and an alarm above 10 % never
fires. That, and a period so long that the alarm comes after the last shift, is what this finds
(failure 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.alarm_math import Series, State, Unmodelled, states
from cicdgen.proof.canary_sight import PLENTY, Seen, Watch, minutes_to_alarm, sight, watch_of
from cicdgen.proof.check import Check
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.alarm import ALARM
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent
from cicdgen.proof.parts.release import lambda_groups
from cicdgen.proof.parts.shift import Shift, shift_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Resource, Stack

NAME = "canary-seen"
_ALARMS_PAGE = "codedeploy/monitoring-create-alarms"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every deployment group that releases functions bit by bit."""
    for group in lambda_groups(stack):
        shift = shift_of(stack, group)
        config = Place.of(group).at("DeploymentConfigName")
        if shift is None:
            yield Doubt(check=NAME, path=config.path, because=f"how {config} shifts traffic")
        elif shift.window > 0:
            yield from _watched(stack, group, shift)


def _watched(stack: Stack, group: Resource, shift: Shift) -> Iterator[Remark]:
    place = Place.of(group).at("AlarmConfiguration", "Alarms")
    names = [each.at("Name") for each in place.members()]
    if not names:
        yield Flaw(
            check=NAME,
            path=place.path,
            message=f"traffic waits {shift.window:g} minutes for {group.logical_id}, and no alarm"
            " looks at it",
            fix="list an alarm on the alias's error rate in AlarmConfiguration",
            source=_ALARMS_PAGE,
        )
        return
    blind: list[Flaw] = []
    doubts: list[Doubt] = []
    sees = False
    for name in names:
        alarm = referent(stack, name, ALARM, "AWS::CloudWatch::CompositeAlarm")
        if isinstance(alarm, Elsewhere):
            doubts.append(Doubt(check=NAME, path=name.path, because=alarm.because))
            continue
        try:
            watch = watch_of(alarm)
            always = _always(watch)
            why = None if always else _blindness(watch, shift)
        except Unmodelled as reason:
            doubts.append(Doubt(check=NAME, path=alarm.path, because=str(reason)))
            continue
        if always:
            yield _flaw(alarm.path, *always)
        elif why:
            blind.append(_flaw(alarm.path, *why))
        else:
            sees = True
    if not sees:
        yield from doubts or blind


def seen(stack: Stack) -> Iterator[tuple[Resource, Resource, Seen]]:
    """What each alarm of each deployment group sees: group, alarm and arithmetic."""
    for group in lambda_groups(stack):
        shift = shift_of(stack, group)
        if shift is None or shift.window <= 0:
            continue
        for each in Place.of(group).at("AlarmConfiguration", "Alarms").members():
            alarm = referent(stack, each.at("Name"), ALARM)
            if isinstance(alarm, Elsewhere):
                continue
            try:
                found = sight(watch_of(alarm), shift)
            except Unmodelled:
                continue
            if found is not None:
                yield group, alarm, found


def _always(watch: Watch) -> tuple[str, str] | None:
    """Why an alarm rolls back good versions: message and fix."""
    length = watch.rule.periods + 2
    name = watch.alarm.logical_id
    nothing: Series = (None,) * length
    if states(watch.rule, watch.series(nothing, nothing), State.OK)[-1] is State.ALARM:
        return (
            f"{name} is in ALARM when nobody calls the function: each release then is rolled back",
            "set TreatMissingData: notBreaching",
        )
    total = (PLENTY * watch.period,) * length
    if states(watch.rule, watch.series(total, (0.0,) * length))[-1] is State.ALARM:
        return (
            f"{name} is in ALARM when no request fails: each release is rolled back",
            "compare the error rate with GreaterThanThreshold",
        )
    return None


def _blindness(watch: Watch, shift: Shift) -> tuple[str, str] | None:
    """Why an alarm does not see a version that always fails: message and fix."""
    if minutes_to_alarm(watch, shift, failing=100, requests=PLENTY) is not None:
        return None
    name = watch.alarm.logical_id
    endless = Shift(step=shift.step, wait=1e4)
    late = minutes_to_alarm(watch, endless, failing=100, requests=PLENTY)
    if late is not None:
        return (
            (
                f"{name} fires {late:g} minutes after a bad version begins, and all traffic has"
                f" moved after {shift.window:g}"
            ),
            "use a Period of 60 seconds and fewer EvaluationPeriods, or a longer canary",
        )
    alone = Shift(step=99.999, wait=1e4)
    if minutes_to_alarm(watch, alone, failing=100, requests=PLENTY) is not None:
        return (
            (
                f"{name} cannot see a version that always fails: with {shift.step:g} % of the"
                f" traffic that is {shift.step:g} % of what it measures, and it fires at"
                f" {watch.rule.comparison} {watch.rule.threshold:g}"
            ),
            f"multiply the error rate that you tolerate by {shift.step:g} %: that is the threshold",
        )
    return (
        f"{name} does not fire when every request fails",
        "watch the rate of Errors to Invocations, and compare it with GreaterThanThreshold",
    )


def _flaw(path: Path, message: str, fix: str) -> Flaw:
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=_ALARMS_PAGE)


CHECK = Check(
    name=NAME,
    title="The alarm of a deployment sees a bad canary while there is time to go back",
    run=check,
    failures=(5,),
)
