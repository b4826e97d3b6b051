"""No secret stands in the environment of a function.

Anyone who may look at the function, or at the template, reads it. It is told by the variable's name
or the value's form, so this may be wrong. Source: lambda/configuration-envvars (security).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.secret import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack
    from cicdgen.proof.flaw import Remark

NAME = "function-secrets"
_FIX = "keep it in Secrets Manager, and give the function its name"
_PAGE = "lambda/configuration-envvars"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the variables of every function."""
    for function in stack.of_type("AWS::Lambda::Function", "AWS::Serverless::Function"):
        for name, value in Place.of(function).at("Environment", "Variables").fields():
            yield from said(NAME, function.logical_id, name, value, _FIX, _PAGE)
