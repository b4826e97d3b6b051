"""What CodePipeline's own action that deploys a function is asked to do: its configuration, read.

Source: codepipeline/action-reference-LambdaDeploy, codepipeline/tutorials-lambda-deploy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.proof.parts.alarm import ALARM
from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.alarm_reading import COMPOSITE
from cicdgen.rehearsal.run import UnmodelledError
from cicdgen.rehearsal.traffic_shift import ALL_AT_ONCE, read_strategy
from cicdgen.rehearsal.turn import FailedError
from cicdgen.rehearsal.versions import FUNCTION

if TYPE_CHECKING:
    from cicdgen.cloudformation import Resource
    from cicdgen.proof.parts.shift import Shift
    from cicdgen.rehearsal.awslambda import Lambda
    from cicdgen.rehearsal.turn import Turn
    from cicdgen.rehearsal.versions import Function

KIND = "Deploy/AWS/Lambda"
_MOST_ALARMS = 10


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an action is asked to do.

    Attributes:
        function: the function.
        alias: the alias that moves; empty if none does.
        version: the published version that it moves to; empty if the artifact becomes one.
        strategy: the name of how traffic moves.
        shift: how it moves.
        alarms: what is watched meanwhile.
    """

    function: Function
    alias: str
    version: str
    strategy: str
    shift: Shift
    alarms: tuple[Resource, ...]


def read_settings(turn: Turn, functions: Lambda) -> Asked:
    """What an action is asked to do.

    Raises:
        FailedError: its settings are not what the provider takes.
        UnmodelledError: AWS does not say what they do.
    """
    settings = turn.settings
    pipeline = turn.pipeline.resource
    kind = Place.of(pipeline).at("PipelineType").known or "V1"
    if kind != "V2":
        raise FailedError(
            f"{KIND} is for pipelines of type V2, and {pipeline.logical_id} is {kind}"
        )
    function = _function(turn, functions)
    alias, version = (
        settings.get("FunctionAlias", ""),
        settings.get("PublishedTargetVersion", ""),
    )
    strategy = settings.get("DeployStrategy", ALL_AT_ONCE)
    shift = read_strategy(strategy)
    if not alias and (version or strategy != ALL_AT_ONCE):
        raise FailedError(
            "DeployStrategy and PublishedTargetVersion need a FunctionAlias, and there is none"
        )
    if not turn.action.inputs and not version:
        raise FailedError("without an input artifact it needs a PublishedTargetVersion")
    if turn.action.inputs and version:
        raise UnmodelledError(
            f"{turn.action.name} has an input artifact and a PublishedTargetVersion: AWS does"
            " not say which of them is deployed"
        )
    if version and version not in function.published:
        raise FailedError(f"there is no version {version} of {function.resource.logical_id}")
    alarms = tuple(_alarms(turn))
    if alarms and not alias:
        raise UnmodelledError(
            f"{turn.action.name} has Alarms and no FunctionAlias: AWS does not say what they do"
        )
    return Asked(
        function=function,
        alias=alias,
        version=version,
        strategy=strategy,
        shift=shift,
        alarms=alarms,
    )


def _function(turn: Turn, functions: Lambda) -> Function:
    name = turn.setting("FunctionName")
    if turn.run.site.find(turn.run.names.read(name), FUNCTION) is None:
        raise UnmodelledError(f"the function {name}: it is not in the template")
    function = functions.by_arn(name)
    if not function.published:
        raise FailedError(
            f"{function.resource.logical_id} has no version, and one has to be there already"
        )
    return function


def _alarms(turn: Turn) -> list[Resource]:
    names = [each.strip() for each in turn.settings.get("Alarms", "").split(",")]
    names = [name for name in names if name]
    if len(names) > _MOST_ALARMS:
        raise FailedError(f"it has {len(names)} Alarms, and {_MOST_ALARMS} are the most")
    found = []
    for name in names:
        alarm = turn.run.site.find(turn.run.names.read(name), ALARM, COMPOSITE)
        if alarm is None:
            raise UnmodelledError(
                f"the alarm {name} of the action {turn.action.name}: it is not in the template"
            )
        found.append(alarm)
    return found
