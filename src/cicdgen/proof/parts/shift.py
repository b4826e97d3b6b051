"""How a deployment group shifts traffic to a new version of a function.

Source: codedeploy/deployment-configurations.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent

if TYPE_CHECKING:
    from cicdgen.cloudformation import Resource, Stack

_CONFIG = "AWS::CodeDeploy::DeploymentConfig"
_PREDEFINED = re.compile(
    r"CodeDeployDefault\.Lambda(?:Canary(?P<share>\d+)Percent(?P<wait>\d+)Minutes?"
    r"|Linear(?P<step>\d+)PercentEvery(?P<every>\d+)Minutes?|(?P<all>AllAtOnce))"
)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How traffic moves to the new version.

    Attributes:
        step: percentage of the traffic that moves at first, and at each further step.
        wait: minutes between steps.
        is_linear: whether there are several steps; else the rest follows at once.
    """

    step: float
    wait: float
    is_linear: bool = False

    @property
    def window(self) -> float:
        """Minutes from the first shift to the last."""
        if self.step >= 100:  # noqa: PLR2004 - per cent
            return 0
        return self.wait * (math.ceil(100 / self.step) - 1 if self.is_linear else 1)

    def share(self, minute: float) -> float:
        """The part of the traffic, 0 to 1, that the new version has after so many minutes."""
        if minute >= self.window:
            return 1.0
        steps = 1 + int(minute // self.wait) if self.is_linear else 1
        return min(1.0, steps * self.step / 100)


def shift_of(stack: Stack, group: Resource) -> Shift | None:
    """How a group shifts traffic; None if that is not known.

    A group without a config shifts all at once: that is CodeDeploy's default for functions.
    """
    named = Place.of(group).at("DeploymentConfigName")
    if not named.is_given:
        return Shift(step=100, wait=0)
    found = _PREDEFINED.fullmatch(named.known or "")
    if found is not None:
        if found["all"]:
            return Shift(step=100, wait=0)
        linear = found["step"] is not None
        step, wait = (found["step"], found["every"]) if linear else (found["share"], found["wait"])
        return Shift(step=float(step), wait=float(wait), is_linear=linear)
    config = referent(stack, named, _CONFIG)
    return None if isinstance(config, Elsewhere) else _custom(config)


def _custom(config: Resource) -> Shift | None:
    routing = Place.of(config).at("TrafficRoutingConfig")
    match routing.at("Type").known:
        case "AllAtOnce":
            return Shift(step=100, wait=0)
        case "TimeBasedCanary":
            canary = routing.at("TimeBasedCanary")
            step, wait = canary.at("CanaryPercentage").number, canary.at("CanaryInterval").number
        case "TimeBasedLinear":
            linear = routing.at("TimeBasedLinear")
            step, wait = linear.at("LinearPercentage").number, linear.at("LinearInterval").number
        case _:
            return None
    if not step or not wait:
        return None
    is_linear = routing.at("Type").known == "TimeBasedLinear"
    return Shift(step=step, wait=wait, is_linear=is_linear)
