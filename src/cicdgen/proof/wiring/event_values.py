"""A rule on events of the deployment services asks for values that they send.

The services call a failure by different names, and a name that a service never sends is valid in a
pattern. So is the name of an application that does not exist: the rule waits for ever (failure
6).

Source: codedeploy/monitoring-cloudwatch-events,
codepipeline/detect-state-changes-cloudwatch-events, codebuild/sample-build-notifications-ref.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place, objects
from cicdgen.proof.parts.referent import Elsewhere, referent
from cicdgen.proof.parts.trigger import RULE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "event-values"


@dataclass(frozen=True, kw_only=True)
class _Event:
    """A kind of event: the field with its state, that field's values, and what it is about."""

    field: str
    values: frozenset[str]
    about: str
    kind: str
    page: str
    source: str = "aws.codepipeline"


_PIPELINE = {
    "about": "pipeline",
    "kind": "AWS::CodePipeline::Pipeline",
    "page": "codepipeline/detect-state-changes-cloudwatch-events",
    "field": "state",
}
_EVENTS = {
    "CodeDeploy Deployment State-change Notification": _Event(
        field="state",
        values=frozenset({"START", "READY", "SUCCESS", "FAILURE", "STOP"}),
        about="application",
        kind="AWS::CodeDeploy::Application",
        source="aws.codedeploy",
        page="codedeploy/monitoring-cloudwatch-events",
    ),
    "CodePipeline Pipeline Execution State Change": _Event(
        values=frozenset(
            {
                "CANCELED",
                "FAILED",
                "RESUMED",
                "STARTED",
                "STOPPED",
                "STOPPING",
                "SUCCEEDED",
                "SUPERSEDED",
            }
        ),
        **_PIPELINE,
    ),
    "CodeBuild Build State Change": _Event(
        field="build-status",
        values=frozenset({"IN_PROGRESS", "SUCCEEDED", "FAILED", "STOPPED", "FAULT", "TIMED_OUT"}),
        about="project-name",
        kind="AWS::CodeBuild::Project",
        source="aws.codebuild",
        page="codebuild/sample-build-notifications-ref",
    ),
}


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every rule with a pattern."""
    for rule in stack.of_type(RULE):
        pattern = objects(Place.of(rule).at("EventPattern"))
        for kind in pattern.at("detail-type").members():
            if kind.is_unknown:
                because = f"which events {rule.logical_id} asks for"
                yield Doubt(check=NAME, path=kind.path, because=because)
            if (event := _EVENTS.get(kind.known or "")) is not None:
                yield from _states(pattern.at("detail", event.field), event, kind)
                yield from _subjects(stack, pattern.at("detail", event.about), event)
                yield from _sent(pattern.at("source"), event, kind)
        yield from _of_service(pattern)


_KINDS = {
    "aws.codedeploy": frozenset(
        {
            "CodeDeploy Deployment State-change Notification",
            "CodeDeploy Instance State-change Notification",
        }
    ),
    "aws.codepipeline": frozenset(
        {
            "CodePipeline Action Execution State Change",
            "CodePipeline Pipeline Execution State Change",
            "CodePipeline Stage Execution State Change",
        }
    ),
    "aws.codebuild": frozenset(
        {
            "CodeBuild Build Batch State Change",
            "CodeBuild Build Phase Change",
            "CodeBuild Build State Change",
        }
    ),
}
"""The kinds of events that the services send, but for those of CloudTrail."""


def _sent(source: Place, event: _Event, kind: Place) -> Iterator[Remark]:
    """Whether the service that sends such events is asked for."""
    yield from _unknown(source, "whose events")
    wanted = _literals(source)
    if wanted and event.source not in wanted:
        yield Flaw(
            check=NAME,
            path=source.path,
            message=f"“{kind}” comes from {event.source}, and not from {', '.join(wanted)}: the"
            " rule never matches",
            fix=f"set source: [{event.source}]",
            source=event.page,
        )


def _of_service(pattern: Place) -> Iterator[Remark]:
    """Whether a service is asked for a kind of event that it sends."""
    sources, kinds = _literals(pattern.at("source")), _literals(pattern.at("detail-type"))
    if len(sources) != 1 or not kinds or sources[0] not in _KINDS:
        return
    known = _KINDS[sources[0]]
    if all(kind not in known and "CloudTrail" not in kind for kind in kinds):
        yield Flaw(
            check=NAME,
            path=pattern.at("detail-type").path,
            message=f"{sources[0]} sends no “{', '.join(kinds)}”: the rule never matches",
            fix=f"use one of {', '.join(sorted(known))}",
            source="eventbridge/eb-service-event",
        )


def _unknown(place: Place, what: str) -> Iterator[Remark]:
    for each in place.members():
        if each.is_unknown:
            because = f"{what} the rule asks for: {each} is not known"
            yield Doubt(check=NAME, path=each.path, because=because)


def _literals(place: Place) -> list[str]:
    """The values of a list that are all known; nothing if one is not, or is an operator."""
    members = list(place.members())
    known = [each.known for each in members if isinstance(each.value, Text)]
    return [each for each in known if each] if len(known) == len(members) and all(known) else []


def _states(place: Place, event: _Event, kind: Place) -> Iterator[Remark]:
    yield from _unknown(place, f"which {event.field}")
    wanted = [each for each in place.members() if isinstance(each.value, Text)]
    if not wanted or len(wanted) < len(list(place.members())):
        return
    if all(each.known is not None and each.known not in event.values for each in wanted):
        yield Flaw(
            check=NAME,
            path=place.path,
            message=f"{', '.join(map(str, wanted))} is no {event.field} that “{kind}” has: the rule"
            " never matches",
            fix=f"use one of {', '.join(sorted(event.values))}",
            source=event.page,
        )


def _subjects(stack: Stack, place: Place, event: _Event) -> Iterator[Remark]:
    known = list(stack.of_type(event.kind))
    for each in place.members():
        if not isinstance(each.value, Text):
            continue
        if not isinstance(referent(stack, each, event.kind), Elsewhere):
            continue
        if known and all(each.value.equals(subject.name) is False for subject in known):
            names = ", ".join(str(subject.name) for subject in known)
            yield Flaw(
                check=NAME,
                path=each.path,
                message=f"the rule waits for events of {each}, and the {event.about} here is"
                f" {names}",
                fix=f"refer to {known[0].logical_id} with Ref",
                source=event.page,
            )
        else:
            because = f"{each} is not {'known' if each.is_unknown else 'in the template'}"
            yield Doubt(check=NAME, path=each.path, because=because)
