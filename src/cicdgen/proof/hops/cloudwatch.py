"""CloudWatch: an alarm's actions.

Sources: AmazonCloudWatch/Notify_Users_Alarm_Changes, sns/sns-key-management. That CloudWatch sends
the alarm and its account to the topic's policy and to the key's rests on field reports.
"""

from collections.abc import Iterator

from cicdgen.cloudformation import Items, Path, Resource, Text
from cicdgen.iam import Service
from cicdgen.proof.hop import Elsewhere, Hop, Strength
from cicdgen.proof.hops.messages import publish
from cicdgen.proof.hops.site import Site

_ALARMS = Service("cloudwatch.amazonaws.com")
_INVOKING = Service("lambda.alarms.cloudwatch.amazonaws.com")
_STATES = ("AlarmActions", "OKActions", "InsufficientDataActions")


def hops(site: Site) -> Iterator[Hop | Elsewhere]:
    """What every alarm does, once a target."""
    for alarm in site.every("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        if alarm.properties.get("ActionsEnabled") in (False, Text("false")):
            continue
        targets: dict[Text, Path] = {}
        for state in _STATES:
            listed = alarm.properties.get(state)
            for path, target in listed.located() if isinstance(listed, Items) else ():
                if isinstance(target, Text):
                    targets.setdefault(target, path)
        for target, path in targets.items():
            yield from _tell(site, alarm, target, path)


def _tell(site: Site, alarm: Resource, target: Text, path: Path) -> Iterator[Hop | Elsewhere]:
    source = {"aws:SourceArn": alarm.arn, "aws:SourceAccount": site.account}
    topic = site.find(target, "AWS::SNS::Topic")
    function = site.find(target, "AWS::Lambda::Function", "AWS::Lambda::Alias")
    if topic is not None:
        owned = {**source, "aws:SourceOwner": site.account}
        calls = publish(site, _ALARMS, topic, owned, to_key=source)
        who, what, strength = _ALARMS, "publish-alarm", Strength.REPORTED
    elif function is not None:
        calls = (site.call(_INVOKING, "lambda:InvokeFunction", target, source),)
        who, what, strength = _INVOKING, "invoke", Strength.DOCUMENTED
    elif target.code.startswith("arn:") and ":automate:" in target.code:
        return
    else:
        because = f"CloudWatch may tell {target}, which is not in the template"
        yield Elsewhere(path=path, because=because)
        return
    yield Hop(
        id=f"cloudwatch.{what}",
        of=alarm.logical_id,
        path=path,
        who=site.who(who),
        calls=calls,
        why="The alarm fires and nobody hears.",
        source="sns/sns-key-management",
        strength=strength,
    )
