"""EventBridge: rules that match an event, and what they bring it to.

| rests on | behaviour |
| --- | --- |
| eventbridge/eb-create-pattern-operators | which events a pattern matches |
| eventbridge/eb-transform-target-input | paths are taken from the event, and filled in |
| eventbridge/eb-use-identity-based | a target's role is assumed by EventBridge |
| eventbridge/eb-rule-dlq | an event that is not allowed to its target goes to the queue at once |
| eventbridge/eb-monitoring | MatchedEvents, TriggeredRules, Invocations, FailedInvocations |
| codepipeline/pipelines-trigger-source-overrides | an S3 revision of StartPipelineExecution |

Only the default bus is modelled, and targets that are pipelines and topics.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from cicdgen.iam import ABSENT, UNKNOWN, Service
from cicdgen.proof.event_pattern import matches
from cicdgen.proof.hops.site import service_in
from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.run import DeniedError, UnmodelledError
from cicdgen.rehearsal.timeline import RuleTried

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cicdgen.cloudformation import Resource, Text
    from cicdgen.iam import Principal
    from cicdgen.iam.context import Given
    from cicdgen.rehearsal.cloudwatch import Metrics
    from cicdgen.rehearsal.notices import Notices
    from cicdgen.rehearsal.run import Run

_EVENTS = Service("events.amazonaws.com")
_PLACEHOLDER = re.compile(r"<([\w.-]+)>")


class Events:
    """The default bus.

    Attributes:
        start_pipeline: starts the pipeline with an ARN, as somebody, with an input.
    """

    def __init__(self, run: Run, notices: Notices, metrics: Metrics) -> None:
        self._run = run
        self._notices = notices
        self._metrics = metrics
        self.start_pipeline: Callable[[Principal, Text, dict[str, Any]], None] = _nobody

    def emit(self, source: str, kind: str, detail: Mapping[str, object], *arns: str) -> None:
        """Tell the bus of something: every rule is tried."""
        run = self._run
        pseudo = run.site.stack.pseudo_parameters
        event = {
            "version": "0",
            "id": f"event-{len(run.events)}",
            "time": "1970-01-01T00:00:00Z",
            "source": source,
            "detail-type": kind,
            "account": run.names.of(pseudo["AWS::AccountId"]),
            "region": run.names.of(pseudo["AWS::Region"]),
            "resources": list(arns),
            "detail": dict(detail),
        }
        for rule in run.site.every("AWS::Events::Rule"):
            self._try(rule, event, kind)

    def _try(self, rule: Resource, event: dict[str, Any], kind: str) -> None:
        place, run = Place.of(rule), self._run
        if place.at("State").known == "DISABLED" or not place.at("EventPattern").is_given:
            return
        if (bus := place.at("EventBusName")).is_given and bus.known != "default":
            return
        found = matches(place.at("EventPattern").value, _read(run, event))
        if found is None:
            raise UnmodelledError(f"whether {rule.logical_id} matches an event: its pattern")
        # What the pipeline says of itself is mostly nobody's business.
        if found or event["source"] in {"aws.s3", "aws.codecommit"}:
            run.tell(RuleTried(at=run.now, rule=rule.logical_id, event=kind, matched=found))
        if not found:
            return
        for name in ("MatchedEvents", "TriggeredRules"):
            self._count(rule, name)
        for target in place.at("Targets").members():
            self._count(rule, "Invocations")
            self._bring(rule, target, event)

    def _count(self, rule: Resource, name: str) -> None:
        dimensions = {"RuleName": self._run.names.of(rule.name)}
        self._metrics.put("AWS/Events", name, dimensions, 1.0)

    def _bring(self, rule: Resource, target: Place, event: dict[str, Any]) -> None:
        """Bring an event to a target; if that is not allowed, to the dead letters."""
        run = self._run
        who: Principal = _EVENTS
        try:
            if target.at("RoleArn").is_given:
                role = run.site.role(target.at("RoleArn").value)
                if role is None:
                    raise UnmodelledError(f"the role of {rule.logical_id}: not in the template")
                source = self._source(rule)
                page = "eventbridge/cross-service-confused-deputy-prevention"
                run.call(_EVENTS, "sts:AssumeRole", role.role, page, source)
                who = role
            self._reach(rule, target, event, who)
        except DeniedError as error:
            run.remark(rule.logical_id, f"the event is not delivered: {error}")
            self._count(rule, "FailedInvocations")
            self._keep(rule, target, event)

    def _reach(self, rule: Resource, target: Place, event: dict[str, Any], who: Principal) -> None:
        arn = target.at("Arn").text
        if arn is None:
            raise UnmodelledError(f"a target of {rule.logical_id} has no Arn")
        match service_in(arn):
            case "codepipeline":
                self.start_pipeline(who, arn, self._start_input(rule, target, event))
            case "sns":
                self._notices.publish(
                    who,
                    arn,
                    about=f"{event['detail-type']}: {event['detail'].get('state', '')}",
                    by=rule.logical_id,
                    source="eventbridge/eb-use-resource-based",
                    context=_TO_TOPIC if who is _EVENTS else {},
                    to_key=_NO_SOURCE if who is _EVENTS else {},
                )
            case other:
                raise UnmodelledError(f"{rule.logical_id} brings events to {other}")

    def _start_input(self, rule: Resource, target: Place, event: dict[str, Any]) -> dict[str, Any]:
        transformer = target.at("InputTransformer")
        if target.at("Input").is_given or target.at("InputPath").is_given:
            raise UnmodelledError(f"Input and InputPath of {rule.logical_id}")
        if not transformer.is_given:
            # A pipeline takes no notice of an event without overrides.
            return {}
        template = transformer.at("InputTemplate").text
        found = {
            name: path_of(event, path.known or "")
            for name, path in transformer.at("InputPathsMap").fields()
        }

        def filled(match: re.Match[str]) -> str:
            if match[1] not in found:
                raise UnmodelledError(f"<{match[1]}> in {rule.logical_id} is not in its paths")
            return str(found[match[1]])

        text = _PLACEHOLDER.sub(filled, "" if template is None else self._run.names.of(template))
        try:
            read = json.loads(text)
        except ValueError as error:
            raise UnmodelledError(
                f"the InputTemplate of {rule.logical_id} makes no JSON: {text}"
            ) from error
        return dict(read) if isinstance(read, dict) else {}

    def _keep(self, rule: Resource, target: Place, event: dict[str, Any]) -> None:
        to = target.at("DeadLetterConfig", "Arn").text
        if to is None:
            self._run.remark(rule.logical_id, "the event is lost: there is no dead-letter queue")
            return
        try:
            self._notices.send(
                _EVENTS,
                to,
                about=f"undelivered: {event['detail-type']}",
                by=rule.logical_id,
                source="eventbridge/eb-rule-dlq",
                context=self._source(rule),
                to_key=_NO_SOURCE,
            )
        except DeniedError as error:
            self._run.remark(rule.logical_id, f"the event is lost: {error}")

    def _source(self, rule: Resource) -> Mapping[str, Given]:
        return {"aws:SourceArn": rule.arn, "aws:SourceAccount": self._run.site.account}


_NO_SOURCE: Mapping[str, Given] = {"aws:SourceArn": ABSENT, "aws:SourceAccount": ABSENT}
_TO_TOPIC: Mapping[str, Given] = {
    "aws:SourceArn": UNKNOWN,
    "aws:SourceAccount": UNKNOWN,
    "aws:SourceOwner": ABSENT,
}
"""That EventBridge sends its source to a topic's policy is told on some pages only."""


def path_of(event: Any, path: str) -> Any:  # noqa: ANN401 - it is JSON
    """What stands in an event at a path, as `$.detail.object.version-id`.

    Raises:
        UnmodelledError: the path is more than names and dots, or leads nowhere.
    """
    if path == "$":
        return event
    if not path.startswith("$.") or any(sign in path for sign in "[]*()'"):
        raise UnmodelledError(f"the path {path} in an input transformer")
    found = event
    for step in path[2:].split("."):
        if not isinstance(found, dict) or step not in found:
            raise UnmodelledError(f"the path {path} leads nowhere in the event")
        found = found[step]
    return found


def _read(run: Run, value: Any) -> Any:  # noqa: ANN401 - it is JSON
    match value:
        case dict():
            return {key: _read(run, each) for key, each in value.items()}
        case list():
            return [_read(run, each) for each in value]
        case str():
            return run.names.read(value)
        case _:
            return value


def _nobody(_who: Principal, arn: Text, _given: dict[str, Any]) -> None:
    raise UnmodelledError(f"nothing here can start {arn}")
