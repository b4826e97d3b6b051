"""What a rehearsal comes to, whatever its scenario: faults, causes, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.proof import UNBOUND
from cicdgen.rehearsal.conformance import ASSUMED
from cicdgen.rehearsal.elsewhere import ASSUMED as ELSEWHERE
from cicdgen.rehearsal.timeline import CallMade, DeploymentEnded, PipelineEnded, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.rehearsal.record import Traffic
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.scenarios import Effects
    from cicdgen.rehearsal.source import Source
    from cicdgen.rehearsal.stage import Stage


def faults_of(run: Run, effects: Effects) -> Iterator[str]:
    """What is a failure however the scenario ends: what is not modelled, what is denied."""
    yield from run.problems
    for event in run.events:
        if isinstance(event, CallMade):
            call = event.call
            is_meant = call.action.lower() == effects.withheld.lower()
            if call.is_needed and call.because and not is_meant:
                yield call.because


def causes_of(run: Run) -> Iterator[str]:
    """Why a release failed."""
    for event in run.events:
        if isinstance(event, PipelineEnded | DeploymentEnded) and event.because:
            yield event.because
    yield from run.remarks


def stopped(run: Run, traffic: Sequence[Traffic]) -> str:
    """When a deployment was stopped, and whom it had hurt by then."""
    began = next((s.at for s in run.shifts if len(s.weights) > 1), None)
    ended = (e.at for e in run.events if isinstance(e, DeploymentEnded) if _is_stop(e))
    at = next(ended, None)
    if began is None or at is None:
        return ""
    hurt = sum(each.errors for each in traffic)
    return (
        f"; stopped {(at - began) / 60:.1f} minutes after the new version's first request,"
        f" {hurt:g} requests were hurt"
    )


def _is_stop(ended: DeploymentEnded) -> bool:
    return ended.status is Status.STOPPED


def assumed(stage: Stage, source: Source) -> Iterator[str]:
    """What the result rests on."""
    yield from ASSUMED
    if stage.options.in_sandbox:
        yield "what is released runs in the sandbox, with this machine's Python"
    yield from stage.unseen
    for unread in stage.catalogue.unread:
        yield f"nobody can read from the template, and it is passed over: {unread}"
    yield from (UNBOUND.format(arn) for arn in stage.outside)
    yield from (ELSEWHERE.format(name) for name in stage.buckets_elsewhere)
    if source.is_sample:
        yield f"the source is {source.name}"
    requests = stage.options.load.requests_per_minute
    yield f"{requests:g} requests a minute reach each alias, evenly"
