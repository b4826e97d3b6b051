"""A topic is encrypted, with a key that its publishers can use.

Services that publish (alarms, rules) cannot use AWS's own key `alias/aws/sns`: what they send is
lost without a trace. Source: sns/sns-key-management, sns/sns-server-side-encryption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.alarm import ALARM
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.store import is_managed_by_aws
from cicdgen.proof.parts.trigger import RULE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

NAME = "topic-encryption"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every topic."""
    for topic in stack.of_type("AWS::SNS::Topic"):
        key = Place.of(topic).at("KmsMasterKeyId")
        publisher = _publisher(stack, topic)
        if not key.is_given:
            yield Flaw(
                check=NAME,
                path=key.path,
                message=f"{topic.logical_id} is not encrypted",
                fix="set KmsMasterKeyId to a key of your own",
                source="sns/sns-server-side-encryption",
            )
        elif publisher and is_managed_by_aws(key):
            yield Flaw(
                check=NAME,
                path=key.path,
                message=f"{publisher} publishes to {topic.logical_id}, and cannot use {key}: its"
                " messages are lost",
                fix="use a key of your own, with a statement for the publishing service",
                source="sns/sns-key-management",
            )


def _publisher(stack: Stack, topic: Resource) -> str | None:
    """An alarm or rule that publishes to a topic."""
    for alarm in stack.of_type(ALARM, "AWS::CloudWatch::CompositeAlarm"):
        for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            if any(each.text == topic.arn for each in Place.of(alarm).at(name).members()):
                return alarm.logical_id
    for rule in stack.of_type(RULE):
        targets = Place.of(rule).at("Targets").members()
        if any(each.at("Arn").text == topic.arn for each in targets):
            return rule.logical_id
    return None
