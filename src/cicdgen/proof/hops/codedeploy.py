"""CodeDeploy: shifting the traffic of a Lambda function.

Sources: codedeploy/getting-started-create-service-role and aws-managed-policy/
AWSCodeDeployRoleForLambdaLimited (what the role needs), codedeploy/security_confused_deputy,
codedeploy/reference-appspec-file-structure-hooks.
"""

from collections.abc import Iterator
from dataclasses import replace

from cicdgen.cloudformation import Fields, Items, Resource, Shape, Text
from cicdgen.iam import RoleSession, Service
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Hop, Strength
from cicdgen.proof.hops import trust
from cicdgen.proof.hops.functions import hooks
from cicdgen.proof.hops.messages import publish
from cicdgen.proof.hops.site import Site, at

_SERVICE = Service("codedeploy.amazonaws.com")
_ALL = Text.token("any alarm", Shape.ANY, because="all of them may be asked for")
_ROLE = "codedeploy/getting-started-create-service-role"


def hops(site: Site) -> Iterator[Hop | Doubt]:
    """What every deployment group does."""
    for group in site.every("AWS::CodeDeploy::DeploymentGroup"):
        given = group.properties.get("ServiceRoleArn")
        path = at(group, "ServiceRoleArn")
        role = site.role(given)
        if role is None:
            yield trust.stranger(group, path, given)
            continue
        source = {"aws:SourceArn": group.arn, "aws:SourceAccount": site.account}
        yield trust.assume(site, _SERVICE, role, group, path, source)
        if _platform(site, group) == Text("Lambda"):
            yield from _shift(site, group, role)
            yield from _try(site, group, role)
        else:
            because = f"what {group.logical_id} does: only deployments of functions are modelled"
            yield Doubt(check="hops", path=path, because=because)
        yield from _watch(site, group, role)
        yield from _tell(site, group, role)


def _platform(site: Site, group: Resource) -> Text | None:
    application = site.find(group.properties.get("ApplicationName"), "AWS::CodeDeploy::Application")
    platform = application.properties.get("ComputePlatform") if application is not None else None
    return platform if isinstance(platform, Text) else None


def _shift(site: Site, group: Resource, role: RoleSession) -> Iterator[Hop | Doubt]:
    """The AppSpec names the alias; the template has those that it can name."""
    aliases = tuple(each.arn for each in site.every("AWS::Lambda::Alias"))
    if not aliases:
        because = f"which alias {group.logical_id} moves: the template has none"
        yield Doubt(check="hops", path=at(group), because=because)
        return
    functions = tuple(Text(each.code.rpartition(":")[0]) for each in aliases)
    either = (*functions, *aliases)
    hop = Hop(
        id="codedeploy.move-alias",
        of=group.logical_id,
        path=at(group, "ServiceRoleArn"),
        who=site.who(role),
        calls=(
            site.call(role, "lambda:GetAlias", either),
            site.call(role, "lambda:UpdateAlias", either),
            site.call(role, "lambda:GetProvisionedConcurrencyConfig", aliases),
        ),
        why="No release ever gets traffic.",
        source=_ROLE,
    )
    yield hop
    # The service reference has both actions on the function, and errors name the alias.
    actions = ("lambda:GetAlias", "lambda:UpdateAlias")
    each = tuple(site.call(role, action, on) for on in (functions, aliases) for action in actions)
    yield replace(hop, calls=each, strength=Strength.SAFE_SIDE)


def _try(site: Site, group: Resource, role: RoleSession) -> Iterator[Hop]:
    """Functions that report to CodeDeploy are its hooks."""
    for hook, is_hook in hooks(site):
        yield Hop(
            id="codedeploy.run-hook",
            of=group.logical_id,
            path=at(hook),
            who=site.who(role),
            calls=(site.call(role, "lambda:InvokeFunction", hook.arn),),
            why="CodeDeploy invokes the hook as its role: every release fails.",
            source="codedeploy/reference-appspec-file-structure-hooks",
            strength=Strength.DOCUMENTED if is_hook else Strength.OPTIONAL,
        )


def _watch(site: Site, group: Resource, role: RoleSession) -> Iterator[Hop]:
    """Look at the alarms. Whether AWS asks for each or for all of them is not told."""
    watched = group.properties.get("AlarmConfiguration")
    if not isinstance(watched, Fields) or watched.get("Enabled") in (False, Text("false")):
        return
    alarms = watched.get("Alarms")
    for path, alarm in alarms.located() if isinstance(alarms, Items) else ():
        name = alarm.get("Name") if isinstance(alarm, Fields) else None
        if not isinstance(name, Text):
            continue
        for on, strength in (
            (site.arn("cloudwatch", Text("alarm:") + name), Strength.DOCUMENTED),
            (site.arn("cloudwatch", Text("alarm:") + _ALL), Strength.SAFE_SIDE),
        ):
            yield Hop(
                id="codedeploy.watch-alarms",
                of=group.logical_id,
                path=path,
                who=site.who(role),
                calls=(site.call(role, "cloudwatch:DescribeAlarms", on),),
                why="No alarm stops a bad release.",
                source=_ROLE,
                strength=strength,
            )


def _tell(site: Site, group: Resource, role: RoleSession) -> Iterator[Hop]:
    triggers = group.properties.get("TriggerConfigurations")
    for path, trigger in triggers.located() if isinstance(triggers, Items) else ():
        arn = trigger.get("TriggerTargetArn") if isinstance(trigger, Fields) else None
        if isinstance(arn, Text):
            yield Hop(
                id="codedeploy.publish",
                of=group.logical_id,
                path=path,
                who=site.who(role),
                calls=publish(site, role, site.find(arn, "AWS::SNS::Topic") or arn, {}),
                why="Nobody hears of the deployment.",
                source="codedeploy/monitoring-sns-event-notifications-permisson",
            )
