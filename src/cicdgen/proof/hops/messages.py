"""Publishing to topics and sending to queues, encrypted ones too.

Sources: sns/sns-key-management, AWSSimpleQueueService/sqs-key-management (who publishes or sends
needs GenerateDataKey and Decrypt; a service cannot use the key that AWS manages).
"""

from collections.abc import Mapping

from cicdgen.cloudformation import Resource, Text
from cicdgen.iam import Principal, Service
from cicdgen.iam.context import Given
from cicdgen.proof.hop import Call
from cicdgen.proof.hops.encryption import BOTH, MANAGED, key_named, via
from cicdgen.proof.hops.site import Site


def publish(
    site: Site,
    who: Principal,
    topic: Resource | Text,
    context: Mapping[str, Given],
    *,
    to_key: Mapping[str, Given] | None = None,
) -> tuple[Call, ...]:
    """Publish to a topic.

    Args:
        site: The stack.
        who: Who publishes.
        topic: The topic, or its ARN if it is not in the template.
        context: Condition keys of the call.
        to_key: Those of the calls to KMS, if they differ.
    """
    return _deliver(site, who, topic, "sns", "sns:Publish", context, to_key)


def send(
    site: Site,
    who: Principal,
    queue: Resource | Text,
    context: Mapping[str, Given],
    *,
    to_key: Mapping[str, Given] | None = None,
) -> tuple[Call, ...]:
    """Send to a queue; as `publish`."""
    return _deliver(site, who, queue, "sqs", "sqs:SendMessage", context, to_key)


def _deliver(
    site: Site,
    who: Principal,
    to: Resource | Text,
    service: str,
    action: str,
    context: Mapping[str, Given],
    to_key: Mapping[str, Given] | None,
) -> tuple[Call, ...]:
    if isinstance(to, Text):
        return (site.call(who, action, to, context),)
    first = site.call(who, action, to.arn, context)
    named = to.properties.get("KmsMasterKeyId")
    key = key_named(site, named)
    if key is None:
        return (first,)
    if key == MANAGED:
        if not isinstance(who, Service):
            return (first,)
        because = f"{who} cannot use {named}: a service needs a key of your own"
        return (first, Call(ways=first.ways, on=str(named), impossible=because))
    more = context if to_key is None else to_key
    return (first, *via(site, who, key, BOTH, service, **more))
