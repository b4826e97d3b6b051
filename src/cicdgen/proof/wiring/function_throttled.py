"""A function that a pipeline calls, or releases, is not throttled to nothing.

A reserved concurrency of 0 is Lambda's switch for "off": every call is throttled, the pipeline's
job is never answered, and a hook never reports.
Source: lambda/configuration-concurrency.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "function-throttled"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the functions of every template with a pipeline."""
    if not any(stack.of_type("AWS::CodePipeline::Pipeline")):
        return
    for function in stack.of_type("AWS::Lambda::Function", "AWS::Serverless::Function"):
        reserved = Place.of(function).at("ReservedConcurrentExecutions")
        if reserved.is_unknown:
            because = f"whether {function.logical_id} may run at all: {reserved} is not known"
            yield Doubt(check=NAME, path=reserved.path, because=because)
        elif reserved.number == 0:
            yield Flaw(
                check=NAME,
                path=reserved.path,
                message=f"every call of {function.logical_id} is throttled: 0 are reserved",
                fix="reserve at least one, or leave it out",
                source="lambda/configuration-concurrency",
            )
