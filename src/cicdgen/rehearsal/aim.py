"""What a pipeline is to release, read from its template before anything runs.

The end that a scenario should have depends on it: an alias that moves at once has nothing to go
back to, and a pipeline that moves none has no canary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.release import lambda_groups
from cicdgen.proof.parts.shift import shift_of
from cicdgen.rehearsal.lambda_deploy_settings import KIND
from cicdgen.rehearsal.run import UnmodelledError
from cicdgen.rehearsal.stages import variables_of
from cicdgen.rehearsal.traffic_shift import ALL_AT_ONCE, read_strategy
from cicdgen.rehearsal.turn import FailedError
from cicdgen.rehearsal.versions import FUNCTION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource
    from cicdgen.proof.hops.pipelines import Action, Pipeline
    from cicdgen.proof.hops.site import Site
    from cicdgen.proof.parts.shift import Shift
    from cicdgen.rehearsal.scenarios import Effects

_ALIAS = "AWS::Lambda::Alias"


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What a pipeline is to release.

    Attributes:
        aliases: those that are to move, as `Function.live`; None for whichever there are.
        functions: the functions that are deployed, as far as the template tells.
        window: minutes from the first shift of traffic to the last, the longest of all.
        strategy: the names of how traffic moves.
        mover: who moves the aliases: CodeDeploy, CodePipeline, or nobody (empty).
        moves_itself: whether CodePipeline moves one, whoever else does.
        blind: why a bad version is not seen while traffic moves; empty if it may be.
    """

    aliases: frozenset[str] | None
    functions: tuple[Resource, ...]
    window: float
    strategy: str
    mover: str
    moves_itself: bool
    blind: str

    def excludes(self, effects: Effects) -> str:
        """Why a scenario has no end that it should have; empty if it has one."""
        if (effects.failing_trial or effects.crash) and self.mover != "CodeDeploy":
            return "nothing asks CodeDeploy for a deployment"
        if effects.bad and not self.mover:
            return "the pipeline moves no alias"
        if effects.uploads > 1 and self.moves_itself:
            return f"AWS does not say what {KIND} does with a version that serves already"
        return ""

    def is_on(self, alias: str) -> bool:
        """Whether an alias is one that is to move."""
        return self.aliases is None or alias in self.aliases


def aim_of(site: Site, pipeline: Pipeline) -> Aim:
    """What a pipeline is to release: by CodeDeploy's groups, and by actions of its own."""
    groups = list(lambda_groups(site.stack))
    actions = [action for action in pipeline.actions if action.kind == KIND]
    moving = [action for action in actions if action.setting("FunctionAlias") is not None]
    shifts = [shift for each in groups if (shift := shift_of(site.stack, each)) is not None]
    strategies = [_strategy(pipeline, each) for each in moving]
    shifts += [shift for each in strategies if (shift := _shift(each)) is not None]
    names = [str(Place.of(each).at("DeploymentConfigName")) for each in groups]
    unwatched = [each.name for each in moving if each.setting("Alarms") is None]
    return Aim(
        # Which alias CodeDeploy moves stands in an AppSpec, that is made when it runs.
        aliases=None if groups else frozenset(name for a in moving for name in _aliases(site, a)),
        functions=tuple(_functions(site, actions)),
        window=max((shift.window for shift in shifts), default=0.0),
        strategy=", ".join([*names, *strategies]),
        mover="CodeDeploy" if groups else "CodePipeline" if moving else "",
        moves_itself=bool(moving),
        blind="" if groups or not unwatched else f"{', '.join(unwatched)} has no Alarms",
    )


def _strategy(pipeline: Pipeline, action: Action) -> str:
    """The name of how traffic moves, with the pipeline's own variables filled in."""
    text = str(action.setting("DeployStrategy") or ALL_AT_ONCE)
    for name, value in variables_of(pipeline.resource):
        text = text.replace(f"#{{{name}}}", str(value))
    return text


def _shift(strategy: str) -> Shift | None:
    """How traffic moves; None if the action fails of it, or nobody knows."""
    try:
        return read_strategy(strategy)
    except (FailedError, UnmodelledError):
        return None


def _aliases(site: Site, action: Action) -> Iterator[str]:
    function = site.find(action.setting("FunctionName"), FUNCTION)
    named = action.setting("FunctionAlias")
    for alias in site.every(_ALIAS):
        place = Place.of(alias)
        name = place.at("Name").text
        on = site.find(place.at("FunctionName").value, FUNCTION)
        # A Ref of an alias is its ARN, which is no name: the action then fails.
        if function is not None and on is function and isinstance(named, Text) and name == named:
            yield f"{function.logical_id}.{name}"


def _functions(site: Site, actions: list[Action]) -> Iterator[Resource]:
    for action in actions:
        found = site.find(action.setting("FunctionName"), FUNCTION)
        if found is not None:
            yield found
    for alias in site.every(_ALIAS):
        found = site.find(alias.properties.get("FunctionName"), FUNCTION)
        if found is not None:
            yield found
