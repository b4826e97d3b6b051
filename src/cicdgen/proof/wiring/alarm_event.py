"""An alarm on events fires for what went wrong, the first time, and for nothing else.

A rule that matches good news as well, or other people's, makes an alarm that everybody learns to
ignore. An event that happens once is one datapoint: an alarm that waits for several never fires.
Source: eventbridge/eb-monitoring, AmazonCloudWatch/alarm-evaluation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.proof import event_pattern
from cicdgen.proof.event_pattern import ANYTHING
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.alarm import ALARM, metrics
from cicdgen.proof.parts.pipeline import PIPELINE
from cicdgen.proof.parts.place import Place, objects
from cicdgen.proof.parts.referent import Elsewhere, referent
from cicdgen.proof.parts.trigger import RULE, triggers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

NAME = "alarm-event"
_MATCHES = frozenset({"MatchedEvents", "TriggeredRules", "Invocations"})
_ONCE = {
    "AWS/Events": _MATCHES | {"FailedInvocations", "InvocationsSentToDlq"},
    "AWS/CodeBuild": frozenset({"FailedBuilds"}),
    "AWS/CodePipeline": frozenset({"FailedPipelineExecutions"}),
}
"""Metrics of what happens once: a datapoint, and then none for hours."""
_PAGE = "eventbridge/eb-monitoring"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every alarm on one metric of events."""
    for alarm in stack.of_type(ALARM):
        place = Place.of(alarm)
        compared = place.at("ComparisonOperator")
        if compared.is_unknown:
            because = f"when {alarm.logical_id} fires: {compared} is not known"
            yield Doubt(check=NAME, path=compared.path, because=because)
        if not (compared.known or "").startswith("Greater"):
            continue
        for metric in metrics(alarm):
            if metric.name.known not in _ONCE.get(metric.namespace.known or "", ()):
                continue
            yield from _several(alarm)
            dimensions = metric.dimensions or {}
            if metric.name.known in _MATCHES and "RuleName" in dimensions:
                rule = referent(stack, dimensions["RuleName"], RULE)
                if not isinstance(rule, Elsewhere):
                    yield from _news(stack, alarm, rule, dimensions["RuleName"])


def _several(alarm: Resource) -> Iterator[Remark]:
    place = Place.of(alarm)
    evaluated = place.at("EvaluationPeriods")
    needed = place.at("DatapointsToAlarm")
    needed = needed if needed.is_given else evaluated
    for each in (needed, place.at("TreatMissingData")):
        if each.is_unknown:
            because = f"whether {alarm.logical_id} fires for one failure: {each} is not known"
            yield Doubt(check=NAME, path=each.path, because=because)
    if (needed.number or 0) > 1 and place.at("TreatMissingData").known != "breaching":
        yield _flaw(
            needed,
            f"{alarm.logical_id} waits for {needed} datapoints, and a failure makes one: it never"
            " fires for a single failure",
            "set DatapointsToAlarm: 1",
            "AmazonCloudWatch/alarm-evaluation",
        )


def _news(stack: Stack, alarm: Resource, rule: Resource, at: Place) -> Iterator[Remark]:
    for trigger in triggers(stack):
        if trigger.rule is rule:
            message = f"{alarm.logical_id} fires whenever {rule.logical_id} starts a pipeline"
            yield _flaw(at, message, "watch the rule on failures", _PAGE)
            return
    pattern = objects(Place.of(rule).at("EventPattern"))
    for pipeline in stack.of_type(PIPELINE):
        for name, state, whose in (
            (pipeline.name, "SUCCEEDED", f"{pipeline.logical_id} succeeds"),
            (Text.literal("somebody-elses"), "FAILED", "another pipeline of the account fails"),
        ):
            event = execution(stack, name, state)
            if event_pattern.matches(pattern.value, event) is True:
                message = f"{alarm.logical_id} fires too when {whose}: {rule.logical_id} matches it"
                fix = "match detail.pipeline, and detail.state FAILED"
                yield _flaw(pattern, message, fix, _PAGE)
                return


def execution(stack: Stack, pipeline: Text, state: str) -> dict[str, object]:
    """The event that CodePipeline sends when a run changes its state."""
    return {
        "version": "0",
        "id": ANYTHING,
        "time": ANYTHING,
        "source": "aws.codepipeline",
        "detail-type": "CodePipeline Pipeline Execution State Change",
        "account": stack.pseudo_parameters["AWS::AccountId"],
        "region": stack.pseudo_parameters["AWS::Region"],
        "resources": ANYTHING,
        "detail": {
            "pipeline": pipeline,
            "state": state,
            "execution-id": ANYTHING,
            "version": ANYTHING,
            "execution-trigger": ANYTHING,
            "pipeline-execution-attempt": ANYTHING,
            "start-time": ANYTHING,
        },
    }


def _flaw(place: Place, message: str, fix: str, source: str) -> Flaw:
    return Flaw(check=NAME, path=place.path, message=message, fix=fix, source=source)
