"""No secret stands in the environment of a function.

Anyone who may look at the function, or at the template, reads it. It is told by the variable's name
or the value's form, so this may be wrong. Source: lambda/configuration-envvars (security).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.secret import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "function-secrets"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the variables of every function."""
    for function in stack.of_type("AWS::Lambda::Function", "AWS::Serverless::Function"):
        for name, value in Place.of(function).at("Environment", "Variables").fields():
            looks = is_secret(name, value)
            if looks is None:
                because = f"whether {name} of {function.logical_id} is a secret, in plain text"
                yield Doubt(check=NAME, path=value.path, because=because)
            if looks:
                yield Flaw(
                    check=NAME,
                    path=value.path,
                    message=f"{name} of {function.logical_id} looks like a secret, in plain text",
                    fix="keep it in Secrets Manager, and give the function its name",
                    source="lambda/configuration-envvars",
                )
