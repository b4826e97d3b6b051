"""SNS and SQS: what is said to a topic or a queue, and who would have heard it.

| rests on | behaviour |
| --- | --- |
| sns/sns-key-management | whoever publishes to an encrypted topic needs its key |
| AWSSimpleQueueService/sqs-key-management | the same for queues |
| sns/sns-create-subscribe-endpoint-to-topic | subscribers are those that the template names |

Nobody is written to: a person's subscription has to be confirmed, and where it goes is theirs. With
a sandbox the message is published there, and heard by a subscriber of the rehearsal's own.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cicdgen.proof.hops.encryption import MANAGED, key_named
from cicdgen.proof.hops.messages import publish, send
from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.run import DeniedError, UnmodelledError
from cicdgen.rehearsal.timeline import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicdgen.cloudformation import Resource, Text
    from cicdgen.iam import Principal
    from cicdgen.iam.context import Given
    from cicdgen.rehearsal.catalogue import Catalogue
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.sandboxed import Post

TOPIC, QUEUE = "AWS::SNS::Topic", "AWS::SQS::Queue"


class Notices:
    """The topics and queues of a stack.

    Attributes:
        waiting: how many messages wait in each queue, by logical id.
    """

    def __init__(self, run: Run, catalogue: Catalogue, post: Post | None = None) -> None:
        self._run = run
        self._catalogue = catalogue
        self._post = post
        self.waiting: Counter[str] = Counter()

    def publish(
        self,
        who: Principal,
        to: Text,
        *,
        about: str,
        by: str,
        source: str,
        context: Mapping[str, Given] | None = None,
        to_key: Mapping[str, Given] | None = None,
    ) -> None:
        """Publish to a topic, and record whether it arrived.

        Raises:
            DeniedError: it may not be published.
        """
        topic = self._run.site.find(to, TOPIC)
        calls = publish(self._run.site, who, topic or to, context or {}, to_key=to_key)
        told = () if topic is None else tuple(self._subscribers(topic))
        name = str(to) if topic is None else topic.logical_id
        self._say(who, calls, source, about=about, by=by, to=name, told=told)
        if topic is not None:
            if self._post is not None:
                text = f"{by}: {about}"
                self._post.publish_to(self._run.names.of(topic.arn), self._key(topic), text)
            self._deliver(topic)

    def send(
        self,
        who: Principal,
        to: Text,
        *,
        about: str,
        by: str,
        source: str,
        context: Mapping[str, Given] | None = None,
        to_key: Mapping[str, Given] | None = None,
    ) -> None:
        """Send to a queue; as `publish`."""
        queue = self._run.site.find(to, QUEUE)
        calls = send(self._run.site, who, queue or to, context or {}, to_key=to_key)
        name = str(to) if queue is None else queue.logical_id
        self._say(who, calls, source, about=about, by=by, to=name, told=())
        self.waiting[name] += 1
        if queue is not None and self._post is not None:
            arn, text = self._run.names.of(queue.arn), f"{by}: {about}"
            waiting = self._post.send_to(arn, self._key(queue), text)
            if waiting != self.waiting[name]:
                ours = self.waiting[name]
                raise UnmodelledError(f"{ours} messages wait in {name}, {waiting} in the sandbox")

    def _say(
        self,
        who: Principal,
        calls: tuple[object, ...],
        source: str,
        *,
        about: str,
        by: str,
        to: str,
        told: tuple[str, ...],
    ) -> None:
        run = self._run
        because = ""
        try:
            run.ask(who, calls, source)  # type: ignore[arg-type]
        except DeniedError as error:
            because = str(error)
            raise
        finally:
            run.tell(
                Notice(
                    at=run.now,
                    about=about,
                    by=by,
                    topic=to,
                    told=() if because else told,
                    arrived=not because,
                    because=because,
                )
            )

    def _key(self, resource: Resource) -> str:
        """The ARN of the key of a topic or a queue; empty if it has none of the account's own."""
        key = key_named(self._run.site, resource.properties.get("KmsMasterKeyId"))
        return "" if key is None or key == MANAGED else self._run.names.of(key)

    def _subscribers(self, topic: Resource) -> Iterator[str]:
        """Who is subscribed, by protocol and endpoint."""
        for each in self._run.site.every("AWS::SNS::Subscription"):
            place = Place.of(each)
            if self._run.site.find(place.at("TopicArn").text, TOPIC) is topic:
                yield f"{place.at('Protocol')} {place.at('Endpoint')}"
        for member in Place.of(topic).at("Subscription").members():
            yield f"{member.at('Protocol')} {member.at('Endpoint')}"

    def _deliver(self, topic: Resource) -> None:
        """SNS hands on to queues and functions as itself."""
        self._catalogue.try_all(self._run, topic.logical_id, "sns.deliver")
        for each in self._run.site.every("AWS::SNS::Subscription"):
            if self._run.site.find(each.properties.get("TopicArn"), TOPIC) is topic:
                self._catalogue.try_all(self._run, each.logical_id, "sns.deliver")
