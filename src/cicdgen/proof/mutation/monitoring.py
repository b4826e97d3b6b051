"""Mutants of what watches: metrics, periods, who hears, and where logs go."""

from collections.abc import Iterator

from cicdgen.cloudformation import Path
from cicdgen.cloudformation.values import Json
from cicdgen.proof.mutation.change import GONE, OTHER, Change, is_intrinsic
from cicdgen.proof.mutation.kinds import Kind

_ALARM = "AWS::CloudWatch::Alarm"
_PERIODS = ("Period", "EvaluationPeriods", "DatapointsToAlarm")
_SLOWER = 20


def metrics(path: Path, value: Json, type_: str) -> Iterator[Change]:
    """The name, namespace and dimensions of each metric."""
    if type_ != _ALARM:
        return
    if path[-1] in {"MetricName", "Namespace"} and isinstance(value, str):
        what = f"{path[1]} watches {value}{OTHER}"
        yield Change(Kind.CHANGE_METRIC, path, what, f"{value}{OTHER}")
    if path[-1] == "Dimensions" and isinstance(value, list):
        for number, dimension in enumerate(value):
            name = dimension.get("Name") if isinstance(dimension, dict) else None
            at = (*path, number)
            yield Change(Kind.CHANGE_METRIC, at, f"{path[1]} without dimension {name}", GONE)
            what = f"{path[1]} has a dimension {name}s"
            yield Change(Kind.CHANGE_METRIC, (*at, "Name"), what, f"{name}s")
            told = dimension.get("Value") if isinstance(dimension, dict) else None
            if isinstance(told, str):
                what = f"{path[1]} watches {name} {told}{OTHER}"
                yield Change(Kind.CHANGE_METRIC, (*at, "Value"), what, f"{told}{OTHER}")


def periods(path: Path, value: Json, type_: str) -> Iterator[Change]:
    """How long an alarm looks before it fires."""
    if type_ == _ALARM and path[-1] in _PERIODS and isinstance(value, int):
        what = f"{path[1]} has {path[-1]} {value * _SLOWER}, not {value}"
        yield Change(Kind.CHANGE_PERIOD, path, what, value * _SLOWER)


def hearers(path: Path, value: Json, type_: str) -> Iterator[Change]:
    """Who is told by an alarm, and which alarms a deployment group listens to."""
    if type_ == _ALARM and path[-1] == "AlarmActions" and isinstance(value, list):
        for number, action in enumerate(value):
            at = (*path, number)
            yield Change(Kind.CHANGE_ALARMS, at, f"{path[1]} tells nobody", GONE)
            if isinstance(action, dict) and isinstance(action.get("Ref"), str):
                by_name = {"Fn::GetAtt": [action["Ref"], "TopicName"]}
                what = f"{path[1]} tells a topic by its name"
                yield Change(Kind.CHANGE_ALARMS, at, what, by_name)
    if type_ == "AWS::CodeDeploy::DeploymentGroup" and path[-1] == "Alarms":
        for number, alarm in enumerate(value if isinstance(value, list) else ()):
            at = (*path, number)
            name = alarm.get("Name") if isinstance(alarm, dict) else alarm
            name = name.get("Ref", name) if isinstance(name, dict) else name
            yield Change(Kind.CHANGE_ALARMS, at, f"{path[1]} does not watch {name}", GONE)
            what = f"{path[1]} watches {OTHER}, and not {name}"
            yield Change(Kind.CHANGE_ALARMS, (*at, "Name"), what, OTHER)


def logs(path: Path, value: Json, type_: str) -> Iterator[Change]:
    """The name of each log group, and each name by which one is used."""
    if type_ == "AWS::Logs::LogGroup" and path[-1] == "LogGroupName" and isinstance(value, str):
        what = f"{path[1]} is {value}-{OTHER}"
        yield Change(Kind.RENAME_LOG, path, what, f"{value}-{OTHER}")
    if path[-1] in {"GroupName", "LogGroup"} and not is_intrinsic(path):
        name = f"/{OTHER}/log"
        yield Change(Kind.RENAME_LOG, path, f"{path[1]} writes to {name}", name)
