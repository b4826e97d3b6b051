"""Where bad news goes: an encrypted topic that every alarm and failure reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from troposphere import Ref
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy

from cicdgen import arns
from cicdgen.policies import topic as topic_policies
from cicdgen.resources.part import Guard, Part

if TYPE_CHECKING:
    from cicdgen.config.schema import Config
    from cicdgen.names import Names
    from cicdgen.resources.keys import Keys


class Notices(Part, frozen=True, kw_only=True):
    """The topic and who listens."""

    guards: tuple[Guard, ...]
    topic: Topic
    topic_policy: TopicPolicy
    subscriptions: tuple[SubscriptionResource, ...]

    @classmethod
    def define(cls, config: Config, names: Names, keys: Keys) -> Notices:
        """The topic, its policy, and a subscription for each address."""
        topic = Topic(
            "Notices", TopicName=names.part("notices"), KmsMasterKeyId=arns.of(keys.notices)
        )
        guard = Guard(
            str(topic.title),
            topic_policies.topic(
                topic=Ref(topic),
                alarms=arns.named("cloudwatch", f"alarm:{names.alarm('*')}"),
                account_id=Ref("AWS::AccountId"),
            ),
        )
        return cls(
            guards=(guard,),
            topic=topic,
            topic_policy=TopicPolicy(
                "NoticesPolicy", Topics=[Ref(topic)], PolicyDocument=guard.document()
            ),
            subscriptions=tuple(
                SubscriptionResource(
                    # Named by the address, so that a new one before it replaces nothing.
                    f"Notices{crc32(email.encode()):08x}",
                    Protocol="email",
                    Endpoint=email,
                    TopicArn=Ref(topic),
                )
                for email in dict.fromkeys(config.notifications.emails)
            ),
        )
