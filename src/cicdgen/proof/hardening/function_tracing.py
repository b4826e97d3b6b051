"""Calls of a function can be followed through X-Ray.

Only functions and topics have a switch for it: CodeBuild projects have none (failure 14).
Source: lambda/services-xray.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "function-tracing"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every function."""
    for function in stack.of_type("AWS::Lambda::Function"):
        mode = Place.of(function).at("TracingConfig", "Mode")
        if mode.is_given and mode.known is None:
            yield Doubt(check=NAME, path=mode.path, because="whether it is traced")
        elif mode.known != "Active":
            yield Flaw(
                check=NAME,
                path=mode.path,
                message=f"{function.logical_id} is not traced",
                fix="set TracingConfig.Mode: Active",
                source="lambda/services-xray",
            )
