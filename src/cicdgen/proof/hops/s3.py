"""S3: what it does as itself, to deliver access logs and to tell of objects.

Sources: AmazonS3/enable-server-access-logging,
AmazonS3/grant-destinations-permissions-to-s3.
"""

from collections.abc import Callable, Iterator

from cicdgen.cloudformation import Fields, Items, Resource, Shape, Text
from cicdgen.iam import Service
from cicdgen.proof.hop import Call, Elsewhere, Hop
from cicdgen.proof.hops.encryption import bucket_named
from cicdgen.proof.hops.messages import publish, send
from cicdgen.proof.hops.site import Site

_DELIVERY = Service("logging.s3.amazonaws.com")
_S3 = Service("s3.amazonaws.com")


def hops(site: Site) -> Iterator[Hop | Elsewhere]:
    """What every bucket takes."""
    for bucket in site.every("AWS::S3::Bucket"):
        yield from _access_logs(site, bucket)
        yield from _notifications(site, bucket)


def _access_logs(site: Site, bucket: Resource) -> Iterator[Hop | Elsewhere]:
    logging = bucket.properties.get("LoggingConfiguration")
    if isinstance(logging, Text):
        because = f"where S3 delivers the access logs of {bucket.logical_id}: that is not known"
        yield Elsewhere(path=bucket.path, because=because)
    if not isinstance(logging, Fields):
        return
    named = logging.get("DestinationBucketName") or bucket.name
    target = bucket_named(site, named)
    if target is None or target.resource is None:
        because = f"the bucket {named}, which is not in the template, lets S3 deliver access logs"
        yield Elsewhere(path=logging.at, because=because)
        return
    if target.resource.properties.get("AccessControl") == Text("LogDeliveryWrite"):
        return
    prefix = logging.get("LogFilePrefix")
    file = Text.token("an access log's name", Shape.ANY, because="S3 makes it up")
    arn = site.object_arn(target.arn, (prefix if isinstance(prefix, Text) else Text("")) + file)
    source = {"aws:SourceArn": bucket.arn, "aws:SourceAccount": site.account}
    yield Hop(
        id="s3.deliver-access-log",
        of=bucket.logical_id,
        path=logging.at,
        who=_DELIVERY.name,
        calls=(site.call(_DELIVERY, "s3:PutObject", arn, source),),
        why="Nobody can tell who read or wrote an object.",
        source="AmazonS3/enable-server-access-logging",
    )


def _notifications(site: Site, bucket: Resource) -> Iterator[Hop | Elsewhere]:
    notification = bucket.properties.get("NotificationConfiguration")
    if not isinstance(notification, Fields):
        return
    for name, (value, types, calls) in _TOLD.items():
        listed = notification.get(name)
        for path, each in listed.located() if isinstance(listed, Items) else ():
            arn = each.get(value) if isinstance(each, Fields) else None
            if not isinstance(arn, Text):
                continue
            target = site.find(arn, *types)
            if target is None:
                because = f"S3 may tell {arn}, which is not in the template"
                yield Elsewhere(path=path, because=because)
                continue
            yield Hop(
                id="s3.notify",
                of=bucket.logical_id,
                path=path,
                who=_S3.name,
                calls=calls(site, bucket, target),
                why="Nothing happens when an object comes, and the bucket cannot be set up so.",
                source="AmazonS3/grant-destinations-permissions-to-s3",
            )


def _source(site: Site, bucket: Resource) -> dict[str, Text]:
    return {"aws:SourceArn": bucket.arn, "aws:SourceAccount": site.account}


def _invoke(site: Site, bucket: Resource, function: Resource) -> tuple[Call, ...]:
    source = _source(site, bucket)
    return (site.call(_S3, "lambda:InvokeFunction", function.arn, source),)


def _send(site: Site, bucket: Resource, queue: Resource) -> tuple[Call, ...]:
    return send(site, _S3, queue, _source(site, bucket))


def _publish(site: Site, bucket: Resource, topic: Resource) -> tuple[Call, ...]:
    return publish(site, _S3, topic, _source(site, bucket))


_Calls = Callable[[Site, Resource, Resource], tuple[Call, ...]]
_TOLD: dict[str, tuple[str, tuple[str, ...], _Calls]] = {
    "LambdaConfigurations": (
        "Function",
        ("AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version"),
        _invoke,
    ),
    "QueueConfigurations": ("Queue", ("AWS::SQS::Queue",), _send),
    "TopicConfigurations": ("Topic", ("AWS::SNS::Topic",), _publish),
}
