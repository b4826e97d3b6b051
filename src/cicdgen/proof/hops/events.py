"""EventBridge: a rule's targets, and what is kept of events that could not be delivered.

Sources: eventbridge/eb-use-resource-based, eventbridge/cross-service-confused-deputy-prevention,
sns/sns-key-management (source conditions do not work from EventBridge to an encrypted topic).
"""

from collections.abc import Iterator, Mapping

from cicdgen.cloudformation import Fields, Items, Path, Resource, Text
from cicdgen.iam import ABSENT, UNKNOWN, Principal, Service
from cicdgen.iam.context import Given
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Call, Elsewhere, Hop
from cicdgen.proof.hops import trust
from cicdgen.proof.hops.messages import publish, send
from cicdgen.proof.hops.site import Site, service_in

_EVENTS = Service("events.amazonaws.com")
_NO_SOURCE: Mapping[str, Given] = {"aws:SourceArn": ABSENT, "aws:SourceAccount": ABSENT}


def hops(site: Site) -> Iterator[Hop | Doubt | Elsewhere]:
    """What every rule does."""
    for rule in site.every("AWS::Events::Rule"):
        targets = rule.properties.get("Targets")
        if rule.properties.get("State") == Text("DISABLED") or not isinstance(targets, Items):
            continue
        for path, target in targets.located():
            if isinstance(target, Fields):
                yield from _target(site, rule, path, target)


def _target(
    site: Site, rule: Resource, path: Path, target: Fields
) -> Iterator[Hop | Doubt | Elsewhere]:
    arn = target.get("Arn")
    if not isinstance(arn, Text):
        return
    who: Principal = _EVENTS
    given = target.get("RoleArn")
    if given is not None:
        role = site.role(given)
        if role is None:
            yield trust.stranger(rule, target.paths["RoleArn"], given)
            return
        yield trust.assume(site, _EVENTS, role, rule, target.paths["RoleArn"], _source(site, rule))
        who = role
    yield from _reach(site, rule, path, arn, who)
    letters = target.get("DeadLetterConfig")
    if isinstance(letters, Fields) and isinstance(letters.get("Arn"), Text):
        to = letters["Arn"]
        queue = site.find(to, "AWS::SQS::Queue")
        if queue is None:
            because = f"EventBridge may send to {to}, which is not in the template"
            yield Elsewhere(path=letters.paths["Arn"], because=because)
            return
        yield Hop(
            id="events.keep-undelivered",
            of=rule.logical_id,
            path=letters.paths["Arn"],
            who=site.who(_EVENTS),
            calls=send(site, _EVENTS, queue, _source(site, rule), to_key=_NO_SOURCE),
            why="An event that cannot be delivered is lost without a word.",
            source="eventbridge/eb-rule-dlq",
        )


def _reach(
    site: Site, rule: Resource, path: Path, arn: Text, who: Principal
) -> Iterator[Hop | Doubt]:
    """The call that brings the event to its target."""
    source = _source(site, rule) if who is _EVENTS else {}
    calls: tuple[Call, ...]
    service = service_in(arn)
    topic = site.find(arn, "AWS::SNS::Topic")
    queue = site.find(arn, "AWS::SQS::Queue")
    function = site.find(arn, "AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version")
    if topic is not None:
        name, why = "publish", "Nobody hears of the event."
        # That EventBridge sends its source to a topic's policy is told on some pages only.
        open_ = {"aws:SourceArn": UNKNOWN, "aws:SourceAccount": UNKNOWN, "aws:SourceOwner": ABSENT}
        to_topic = open_ if who is _EVENTS else {}
        to_key = _NO_SOURCE if who is _EVENTS else {}
        calls = publish(site, who, topic, to_topic, to_key=to_key)
    elif queue is not None:
        name, why = "send", "The event is lost."
        calls = send(site, who, queue, source, to_key=_NO_SOURCE if who is _EVENTS else {})
    elif function is not None:
        name, why = "invoke", "The function never learns of the event."
        calls = (site.call(who, "lambda:InvokeFunction", arn, source),)
    elif service in _STARTED:
        action, name, why = _STARTED[service]
        calls = (site.call(who, action, arn, source),)
    else:
        yield Doubt(check="hops", path=path, because=f"how EventBridge reaches {arn}")
        return
    yield Hop(
        id=f"events.{name}",
        of=rule.logical_id,
        path=path,
        who=site.who(who),
        calls=calls,
        why=why,
        source="eventbridge/eb-use-identity-based",
    )


_STARTED = {
    "codepipeline": (
        "codepipeline:StartPipelineExecution",
        "start-pipeline",
        "No upload ever starts the pipeline.",
    ),
    "codebuild": ("codebuild:StartBuild", "start-build", "No event ever starts the build."),
    "states": ("states:StartExecution", "start-execution", "No event starts the state machine."),
}


def _source(site: Site, rule: Resource) -> Mapping[str, Given]:
    return {"aws:SourceArn": rule.arn, "aws:SourceAccount": site.account}
