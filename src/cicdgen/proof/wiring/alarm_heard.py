"""An alarm that fires reaches somebody.

An alarm without actions changes colour on a console. A topic without subscribers takes the message
and drops it (failures 5, 17). Source: monitoring/AlarmThatSendsEmail, sns/sns-create-subscribe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation.truth import any_of
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.alarm import ALARM
from cicdgen.proof.parts.pipeline import actions_of_kind
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent, unseen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack
    from cicdgen.cloudformation.truth import Truth

NAME = "alarm-heard"
_COMPOSITE = "AWS::CloudWatch::CompositeAlarm"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every alarm."""
    for alarm in stack.of_type(ALARM, _COMPOSITE):
        place = Place.of(alarm)
        actions = place.at("AlarmActions")
        silenced = place.at("ActionsEnabled")
        if silenced.is_given and silenced.is_on is False and not _is_watched(stack, alarm):
            yield _silent(alarm, silenced, "its actions are turned off")
        elif not list(actions.members()) and not _is_watched(stack, alarm):
            because = _is_doubtful(stack)
            if because:
                yield Doubt(check=NAME, path=actions.path, because=because)
            else:
                yield _silent(alarm, actions, "it has no action")
    yield from _listened(stack)


def _listened(stack: Stack) -> Iterator[Remark]:
    """Whether anybody is subscribed to the topics that alarms tell."""
    topics: dict[str, Resource] = {}
    for alarm in stack.of_type(ALARM, _COMPOSITE):
        for action in Place.of(alarm).at("AlarmActions").members():
            topic = referent(stack, action, "AWS::SNS::Topic")
            if not isinstance(topic, Elsewhere):
                topics[topic.logical_id] = topic
                if action.text != topic.arn:
                    yield Flaw(
                        check=NAME,
                        path=action.path,
                        message=f"{alarm.logical_id} tells {action}, which is the name of"
                        f" {topic.logical_id}: an action is an ARN",
                        fix=f"refer to {topic.logical_id} with Ref",
                        source="AWSCloudFormation/aws-resource-cloudwatch-alarm",
                    )
            elif _is_scaling(stack, action):
                continue
            elif action.is_unknown or ":sns:" in str(action):
                because = f"whether anybody listens: {topic.because}"
                yield Doubt(check=NAME, path=action.path, because=because)
    for topic in topics.values():
        heard = _has_subscriber(stack, topic)
        if heard is None:
            because = f"whether somebody is subscribed to {topic.logical_id}"
            yield Doubt(check=NAME, path=topic.path, because=because)
        elif not heard:
            because = f"the template subscribes nobody to {topic.logical_id}"
            yield Doubt(check=NAME, path=topic.path, because=because)
        yield from _delivered(stack, topic)


def _delivered(stack: Stack, topic: Resource) -> Iterator[Remark]:
    """Whether what is published gets to those who are subscribed."""
    ordered = Place.of(topic).at("FifoTopic")
    is_ordered = ordered.is_on is True
    if ordered.is_unknown:
        because = f"whether {topic.logical_id} is a FIFO topic, which writes to nobody"
        yield Doubt(check=NAME, path=ordered.path, because=because)
    name = Place.of(topic).at("TopicName")
    if is_ordered and not (name.known or ".fifo").endswith(".fifo"):
        yield Flaw(
            check=NAME,
            path=name.path,
            message=f"{topic.logical_id} is a FIFO topic, and {name} does not end with .fifo: SNS"
            " makes no such topic",
            fix="leave FifoTopic out",
            source="sns/API_CreateTopic",
        )
    for subscriber, is_to_it in _subscriptions(stack, topic):
        if is_to_it is False:
            continue
        protocol, chosen = subscriber.at("Protocol"), subscriber.at("FilterPolicy")
        if is_ordered and protocol.known not in {None, "sqs"}:
            yield Flaw(
                check=NAME,
                path=protocol.path,
                message=f"{topic.logical_id} is a FIFO topic, and those deliver nothing by"
                f" {protocol}",
                fix="leave FifoTopic out",
                source="sns/sns-email-notifications",
            )
        if chosen.is_given:
            because = f"whether a notice gets through the filter of {subscriber.at('Endpoint')}"
            yield Doubt(check=NAME, path=chosen.path, because=because)


def _is_scaling(stack: Stack, action: Place) -> bool:
    """Whether an alarm is there to add or remove capacity, and not to be heard."""
    return any(
        action.text in (policy.ref, policy.arn)
        for policy in stack.resources.values()
        if policy.type.endswith("::ScalingPolicy")
    )


def _silent(alarm: Resource, place: Place, why: str) -> Flaw:
    return Flaw(
        check=NAME,
        path=place.path,
        message=f"nobody hears of {alarm.logical_id}: {why}, and nothing else watches it",
        fix="list a topic with a subscriber in AlarmActions",
        source="monitoring/AlarmThatSendsEmail",
    )


def _is_watched(stack: Stack, alarm: Resource) -> bool:
    """Whether a deployment, or an alarm over alarms, acts on its state."""
    for group in stack.of_type("AWS::CodeDeploy::DeploymentGroup"):
        for each in Place.of(group).at("AlarmConfiguration", "Alarms").members():
            if each.at("Name").text in (alarm.name, alarm.arn):
                return True
    for action in actions_of_kind(stack, "Deploy/AWS/Lambda"):
        named = action.configuration.at("Alarms").text
        if named is not None and alarm.name.code in named.code:
            return True
    rules = [Place.of(each).at("AlarmRule").text for each in stack.of_type(_COMPOSITE)]
    return any(alarm.name.code in rule.code for rule in rules if rule is not None)


def _is_doubtful(stack: Stack) -> str | None:
    """Why something may watch it that the template does not show."""
    for composite in stack.of_type(_COMPOSITE):
        rule = Place.of(composite).at("AlarmRule")
        if rule.text is None or any(not t.shape.is_one_piece for t in rule.text.tokens):
            return f"which alarms {composite.logical_id} watches"
    return unseen(stack)


def _has_subscriber(stack: Stack, topic: Resource) -> Truth:
    """Whether somebody is subscribed in the template."""
    return any_of(is_to_it for _, is_to_it in _subscriptions(stack, topic))


def _subscriptions(stack: Stack, topic: Resource) -> Iterator[tuple[Place, Truth]]:
    """Every subscription, and whether it is to a topic."""
    for each in Place.of(topic).at("Subscription").members():
        yield each, True
    for subscription in stack.of_type("AWS::SNS::Subscription"):
        place = Place.of(subscription)
        named = place.at("TopicArn").text
        yield place, None if named is None else named.equals(topic.arn)
