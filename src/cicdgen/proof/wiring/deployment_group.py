"""A deployment group for a function shifts traffic, watches alarms that exist, and rolls back.

Alarms without a rollback on alarm stop a deployment half-way, with the new version still serving.
Other styles and configs than those for Lambda are refused (failure 15).
Source: codedeploy/deployment-groups-create, codedeploy/deployments-rollback-and-redeploy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.alarm import metrics
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent
from cicdgen.proof.parts.release import GROUP, platform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Resource, Stack

NAME = "deployment-group"
_GROUPS = "codedeploy/deployment-groups-create"
_FOR_FUNCTIONS = "CodeDeployDefault.Lambda"
_STYLE = {"DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL"}


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every deployment group."""
    for group in stack.of_type(GROUP):
        kind = platform(stack, group)
        if kind is None:
            path = Place.of(group).at("ApplicationName").path
            yield Doubt(check=NAME, path=path, because="what its application deploys to")
        elif kind == "Lambda":
            yield from _styled(group)
            yield from _rolled_back(group)
            yield from _watched(stack, group)
        elif str(config := Place.of(group).at("DeploymentConfigName")).startswith(_FOR_FUNCTIONS):
            message = f"{config} is for functions, and its application deploys to {kind}"
            fix = "set ComputePlatform: Lambda on the application"
            yield _flaw(config.path, message, fix, _GROUPS)


def _styled(group: Resource) -> Iterator[Remark]:
    style = Place.of(group).at("DeploymentStyle")
    for name, needed in _STYLE.items():
        value = style.at(name)
        if value.known is None:
            yield Doubt(check=NAME, path=value.path, because=f"{name} is {value}")
        elif value.known != needed:
            message = f"{name} {value} is not for functions"
            yield _flaw(value.path, message, f"set {name}: {needed}", _GROUPS)
    config = Place.of(group).at("DeploymentConfigName")
    name = config.known or ""
    if name.startswith("CodeDeployDefault.") and "Lambda" not in name:
        message = f"{name} is not a config for functions"
        yield _flaw(config.path, message, "use a CodeDeployDefault.Lambda... config", _GROUPS)


def _rolled_back(group: Resource) -> Iterator[Remark]:
    written = Place.of(group)
    alarms, rollback = written.at("AlarmConfiguration"), written.at("AutoRollbackConfiguration")
    page = "codedeploy/deployments-rollback-and-redeploy"
    if not list(alarms.at("Alarms").members()):
        return
    if alarms.at("Enabled").is_on is False:
        message = f"the alarms of {group.logical_id} are listed, and not enabled"
        yield _flaw(alarms.path, message, "set AlarmConfiguration.Enabled: true", page)
    ignored = alarms.at("IgnorePollAlarmFailure")
    if ignored.is_on is True:
        message = f"where CodeDeploy cannot read the alarms of {group.logical_id}, it goes on"
        fix = "leave IgnorePollAlarmFailure out"
        source = "codedeploy/API_AlarmConfiguration"
        yield _flaw(ignored.path, message, fix, source)
    events = [each.known for each in rollback.at("Events").members()]
    is_off = rollback.at("Enabled").is_on is False
    open_ = [
        alarms.at("Enabled"),
        ignored,
        rollback.at("Enabled"),
        *rollback.at("Events").members(),
    ]
    for place in open_:
        if place.is_unknown:
            because = f"whether {group.logical_id} rolls back on an alarm: {place} is not known"
            yield Doubt(check=NAME, path=place.path, because=because)
    if is_off or (None not in events and "DEPLOYMENT_STOP_ON_ALARM" not in events):
        yield _flaw(
            rollback.path,
            f"an alarm stops a deployment of {group.logical_id}, and does not roll it back: the"
            " new version keeps the traffic that it has",
            "enable AutoRollbackConfiguration with DEPLOYMENT_STOP_ON_ALARM and DEPLOYMENT_FAILURE",
            page,
        )


def _watched(stack: Stack, group: Resource) -> Iterator[Remark]:
    for alarm in Place.of(group).at("AlarmConfiguration", "Alarms").members():
        name = alarm.at("Name")
        found = referent(stack, name, "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
        if isinstance(found, Elsewhere):
            here = _unlistened(stack)
            if found.is_named and here is not None:
                message = f"{name} is not in the template, and {here.logical_id} is, which watches"
                fix = f"name {here.logical_id} with Ref"
                yield _flaw(name.path, f"{message} an alias here for nobody", fix, _GROUPS)
                continue
            because = f"whether there is such an alarm: {found.because}"
            yield Doubt(check=NAME, path=name.path, because=because)
        elif name.text != found.name:
            message = f"{name} is not the name of {found.logical_id}, and alarms go by name"
            yield _flaw(name.path, message, f"use Ref {found.logical_id}", _GROUPS)


def _unlistened(stack: Stack) -> Resource | None:
    """An alarm on an alias of the template that no deployment group listens to."""
    listened = [
        alarm.at("Name").text
        for group in stack.of_type(GROUP)
        for alarm in Place.of(group).at("AlarmConfiguration", "Alarms").members()
    ]
    for alarm in stack.of_type("AWS::CloudWatch::Alarm"):
        on_alias = any("Resource" in (metric.dimensions or {}) for metric in metrics(alarm))
        if on_alias and alarm.name not in listened and alarm.ref not in listened:
            return alarm
    return None


def _flaw(path: Path, message: str, fix: str, source: str) -> Flaw:
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
