"""How traffic moves to a new version, step by step, and the names that CodePipeline has for it.

| rests on | behaviour |
| --- | --- |
| codedeploy/deployment-configurations | canary: two steps; linear: equal steps, equally far apart |
| codepipeline/action-reference-LambdaDeploy | three forms of DeployStrategy, two days at the most |
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cicdgen.proof.parts.shift import Shift
from cicdgen.rehearsal.run import UnmodelledError
from cicdgen.rehearsal.turn import FailedError

if TYPE_CHECKING:
    from collections.abc import Iterator

ALL_AT_ONCE: Final = "AllAtOnce"
_FORM = re.compile(
    r"Canary(?P<share>\d+)Percent(?P<wait>\d+)Minutes?"
    r"|Linear(?P<step>\d+)PercentEvery(?P<every>\d+)Minutes?"
)
_WHOLE, _LONGEST = 100, 2 * 24 * 60.0


def steps(shift: Shift) -> Iterator[tuple[float, float]]:
    """Shares of the new version in turn, between 0 and 1, and the minutes that each is kept."""
    share, minutes = shift.step, 0.0
    while share < _WHOLE and minutes < shift.window:
        yield share / 100, shift.wait
        share, minutes = share + shift.step, minutes + shift.wait
    yield 1.0, 0.0


def read_strategy(text: str) -> Shift:
    """A DeployStrategy of the action Deploy/AWS/Lambda.

    Raises:
        FailedError: it is of none of the three forms, or waits longer than is allowed.
        UnmodelledError: nobody knows what CodePipeline makes of its numbers.
    """
    if text == ALL_AT_ONCE:
        return Shift(step=_WHOLE, wait=0)
    found = _FORM.fullmatch(text)
    if found is None:
        raise FailedError(
            f"there is no DeployStrategy {text!r}: it is AllAtOnce, CanaryXPercentYMinutes or"
            " LinearXPercentEveryYMinutes"
        )
    is_linear = found["step"] is not None
    step, wait = int(found["step"] or found["share"]), int(found["every"] or found["wait"])
    if not 0 < step < _WHOLE or not wait:
        raise UnmodelledError(f"the DeployStrategy {text}: AWS does not say what it does")
    shift = Shift(step=step, wait=wait, is_linear=is_linear)
    if shift.window > _LONGEST:
        raise FailedError(
            f"{text} waits {shift.window / 60:g} hours in all, and two days are the most"
        )
    return shift
