"""SNS: delivering to functions and queues as itself.

Sources: sns/sns-lambda-as-subscriber, sns/subscribe-sqs-queue-to-sns-topic,
sns/sns-enable-encryption-for-topic-sqs-queue-subscriptions.
"""

from collections.abc import Iterator

from cicdgen.cloudformation import Fields, Items, Resource, Text, Value
from cicdgen.iam import Service
from cicdgen.proof.hop import Call, Elsewhere, Hop
from cicdgen.proof.hops.messages import send
from cicdgen.proof.hops.site import Site, at

_SNS = Service("sns.amazonaws.com")
_PEOPLE = frozenset({"email", "email-json", "sms", "http", "https", "application"})
"""Protocols that no policy of the template has a say in."""


def hops(site: Site) -> Iterator[Hop | Elsewhere]:
    """What every subscription takes."""
    for each in site.every("AWS::SNS::Subscription"):
        yield from _deliver(site, each, each.properties.get("TopicArn"), each.properties)
    for topic in site.every("AWS::SNS::Topic"):
        listed = topic.properties.get("Subscription")
        for member in listed if isinstance(listed, Items) else ():
            if isinstance(member, Fields):
                yield from _deliver(site, topic, topic.arn, member)


def _deliver(
    site: Site, of: Resource, topic: Value, subscription: Fields
) -> Iterator[Hop | Elsewhere]:
    protocol, endpoint = subscription.get("Protocol"), subscription.get("Endpoint")
    if not isinstance(protocol, Text) or not isinstance(endpoint, Text):
        return
    path = subscription.at or at(of)
    source = {"aws:SourceArn": topic, "aws:SourceAccount": site.account}
    given = {key: value for key, value in source.items() if isinstance(value, Text)}
    queue = site.find(endpoint, "AWS::SQS::Queue")
    function = site.find(endpoint, "AWS::Lambda::Function", "AWS::Lambda::Alias")
    calls: tuple[Call, ...]
    if protocol.known in _PEOPLE:
        return
    if function is not None:
        calls = (site.call(_SNS, "lambda:InvokeFunction", endpoint, given),)
    elif queue is not None:
        calls = send(site, _SNS, queue, given)
    else:
        because = f"SNS may deliver to {endpoint}, which is not in the template"
        yield Elsewhere(path=path, because=because)
        return
    yield Hop(
        id="sns.deliver",
        of=of.logical_id,
        path=path,
        who=_SNS.name,
        calls=calls,
        why="What is published never arrives.",
        source="sns/subscribe-sqs-queue-to-sns-topic",
    )
