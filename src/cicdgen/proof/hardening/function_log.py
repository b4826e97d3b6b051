"""A function writes to a log group of the template, which ends its logs some day.

Lambda makes a group itself where there is none: it keeps everything for ever, under AWS's key, and
outlives the stack. Source: lambda/monitoring-cloudwatchlogs-loggroups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "function-log"
_GROUP = "AWS::Logs::LogGroup"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every function."""
    groups = [group.name for group in stack.of_type(_GROUP)]
    for function in stack.of_type("AWS::Lambda::Function"):
        named = Place.of(function).at("LoggingConfig", "LogGroup")
        if named.is_given:
            found = referent(stack, named, _GROUP)
            if isinstance(found, Elsewhere):
                because = f"how long the log is kept: {found.because}"
                yield Doubt(check=NAME, path=named.path, because=because)
            continue
        own = function.name
        answers = [group.equals(type(own)(f"/aws/lambda/{own.code}")) for group in groups]
        if True in answers:
            continue
        if None in answers:
            because = "whether one of the log groups is this function's"
            yield Doubt(check=NAME, path=named.path, because=because)
            continue
        yield Flaw(
            check=NAME,
            path=named.path,
            message=f"{function.logical_id} logs to a group that Lambda makes: it keeps everything"
            " for ever",
            fix="add an AWS::Logs::LogGroup, and name it in LoggingConfig.LogGroup",
            source="lambda/monitoring-cloudwatchlogs-loggroups",
        )
