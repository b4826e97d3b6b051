"""A rehearsal in words: what happened when, how it ended, and what that rests on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicdgen.rehearsal import timeline as happened
from cicdgen.rehearsal.timeline import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicdgen.rehearsal.record import Matrix, Rehearsal
    from cicdgen.rehearsal.timeline import Event, Moment

# What a terminal would obey: a build prints what it likes.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def text(matrix: Matrix) -> str:
    """Every scenario with its timeline, then the permissions that none used."""
    parts = [_scenario(each) for each in matrix.rehearsals]
    # One scenario alone cannot use them all.
    if len(matrix.rehearsals) > 1:
        parts += _listed("Never used in any scenario", _idle(matrix))
    parts += _listed("Not modelled", _once(_not_modelled(matrix)))
    parts += _listed("Assumed", matrix.assumptions)
    parts.append(summary(matrix))
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", "\n".join(parts)) + "\n"


def summary(matrix: Matrix) -> str:
    """`8 scenarios: 7 as they should, 1 not (bad-canary); 4.1 s`."""
    wrong = [each.scenario for each in matrix.rehearsals if not each.passed]
    count = len(matrix.rehearsals)
    parts = [f"{count - len(wrong)} as they should"]
    parts += [f"{len(wrong)} not ({', '.join(wrong)})"] if wrong else []
    many = "scenario" if count == 1 else "scenarios"
    return f"{count} {many}: {', '.join(parts)}; {matrix.seconds:.1f} s"


def clock(moment: Moment) -> str:
    """A moment as `0:12:34` of virtual time."""
    minutes, seconds = divmod(round(moment), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a timeline, for one event or for several in a row that say the same."""

    event: Event
    said: str
    times: int = 1
    until: Moment

    @property
    def text(self) -> str:
        """What is said, and how often if more than once."""
        often = f", {self.times} times until {clock(self.until)}" if self.times > 1 else ""
        return f"{self.said}{often}"


def timeline(rehearsal: Rehearsal) -> list[Line]:
    """What a person wants to see of the events: calls only where they are not allowed."""
    found: list[Line] = []
    for event in rehearsal.events:
        said = told(event)
        if not said:
            continue
        if found and found[-1].said == said:
            found[-1] = replace(found[-1], times=found[-1].times + 1, until=event.at)
        else:
            found.append(Line(event=event, said=said, until=event.at))
    return found


def told(event: Event) -> str:  # noqa: C901, PLR0911, PLR0912 - a table of what each event says
    """An event in words; empty for those that are only worth counting."""
    match event:
        case happened.Uploaded():
            return f"uploaded {event.key} to {event.bucket}, version {event.version}"
        case happened.RuleTried():
            found = "matches" if event.matched else "does not match"
            return f"{event.rule} {found} {event.event}"
        case happened.PipelineBegan():
            return f"{event.pipeline} started: {event.execution}"
        case happened.PipelineEnded():
            return f"{event.pipeline} {event.status.value}{_because(event.because)}"
        case happened.StageBegan():
            return f"stage {event.stage}"
        case happened.ActionBegan():
            return f"  {event.action} ({event.provider}) begins"
        case happened.ActionEnded():
            return f"  {event.action} {event.status.value}{_because(event.because)}"
        case happened.Approval():
            return f"  {event.action} {'approved' if event.approved else 'rejected'}"
        case happened.CallMade(call=call):
            return "" if call.verdict is Verdict.ALLOWED else f"  {_call(call)}"
        case happened.PhaseEnded():
            checked = "" if event.was_run else ", only checked"
            said = f"{event.project} {event.phase} {event.status.value}{checked}"
            return f"    {said}{_because(event.because)}"
        case happened.FunctionInvoked():
            return f"    {event.function} invoked by {event.by}{_because(event.error)}"
        case happened.DeploymentBegan():
            versions = f"{event.current} to {event.target}"
            return f"  {event.deployment} begins: version {versions}, {event.config}"
        case happened.LifecycleEnded():
            return f"    {event.event} {event.status.value}{_because(event.because)}"
        case happened.DeploymentEnded():
            kind = "rollback " if event.is_rollback else ""
            return f"  {kind}{event.deployment} {event.status.value}{_because(event.because)}"
        case happened.TrafficShifted():
            shares = ", ".join(
                f"{share:.0%} on version {name}" for name, share in event.weights.items()
            )
            return f"  {event.alias}: {shares}"
        case happened.AlarmChanged():
            return f"  {event.alarm} is {event.after.value}{_because(event.because)}"
        case happened.Notice():
            told_to = ", ".join(event.told) or "nobody"
            arrived = f"told {told_to}" if event.arrived else f"lost: {event.because}"
            return f"  {event.about}, by {event.by} to {event.topic}: {arrived}"
        case happened.StageEnded() | happened.Logged():
            return ""


def _scenario(rehearsal: Rehearsal) -> str:
    mark = "as it should" if rehearsal.passed else "NOT AS IT SHOULD"
    end = [f"  ended {mark}: {rehearsal.ended}"]
    if not rehearsal.passed:
        end.append(f"  should: {rehearsal.expected}")
    end += [f"  because {each}" for each in rehearsal.causes]
    if rehearsal.fired_at is not None:
        hurt = f"{rehearsal.hurt:.0f} of {rehearsal.requests:.0f} requests were hurt"
        end.append(f"  the alarm fired at {clock(rehearsal.fired_at)}; {hurt}")
    head = f"{rehearsal.scenario}: {rehearsal.meaning}"
    lines = (f"  {clock(each.event.at)}  {each.text}" for each in timeline(rehearsal))
    return "\n".join([head, *lines, *end, ""])


def _call(call: happened.Call) -> str:
    who = f"{call.principal} may not" if call.verdict is Verdict.DENIED else f"{call.principal}:"
    needed = "" if call.is_needed else " (AWS lists it; nothing fails without it)"
    return f"{who} {call.action} on {call.resource}{_because(call.because)}{needed}"


def _idle(matrix: Matrix) -> Iterator[str]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for each in matrix.permissions:
        if not each.used_in:
            found.setdefault((each.holder, each.statement, each.because), []).append(each.action)
    for (holder, statement, because), actions in found.items():
        listed = actions[0] if len(actions) == 1 else f"{len(actions)} actions"
        yield f"{holder}, {statement}: {listed}{_because(because)}"


def _not_modelled(matrix: Matrix) -> Iterator[str]:
    for each in matrix.rehearsals:
        for behaviour in each.conformance:
            if not behaviour.is_modelled:
                yield f"{behaviour.service}: {behaviour.what}"


def _listed(title: str, several: Iterable[str]) -> list[str]:
    found = [f"  {each}" for each in several]
    return ["\n".join([f"{title}:", *found, ""])] if found else []


def _because(why: str) -> str:
    return f": {why}" if why else ""


def _once(several: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(several))
