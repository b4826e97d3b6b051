"""Every check that feeds the rules: those of the proof, and two that are made of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof import canary_seen, hardening, wiring
from cicdgen.proof.check import Check
from cicdgen.proof.flaw import Flaw
from cicdgen.proof.wiring import alarm_heard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack
    from cicdgen.proof.flaw import Remark

_TOPIC_MISSING = "topic-missing"


def topic_missing(stack: Stack) -> Iterator[Remark]:
    """Say it once where alarms reach nobody, and there is no topic that they could be sent to."""
    if any(stack.of_type("AWS::SNS::Topic")):
        return
    unheard = [each for each in alarm_heard.check(stack) if isinstance(each, Flaw)]
    if unheard:
        yield Flaw(
            check=_TOPIC_MISSING,
            path=unheard[0].path,
            message=f"the template has no topic, and {len(unheard)} of its alarms reach nobody",
            fix="define an AWS::SNS::Topic with a subscription, and name it in AlarmActions",
            source="sns/sns-create-topic",
        )


CHECKS: tuple[Check, ...] = (
    *wiring.CHECKS,
    canary_seen.CHECK,
    *hardening.CHECKS,
    Check(
        name=_TOPIC_MISSING,
        title="There is a topic that alarms can be sent to",
        run=topic_missing,
        failures=(17,),
    ),
)
"""What is looked at in each stack that a template can become."""
