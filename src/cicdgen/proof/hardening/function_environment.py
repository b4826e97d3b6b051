"""The environment of a function is encrypted under a key of your own.

Source: lambda/configuration-envvars-encryption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.store import is_managed_by_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "function-environment"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every function that has an environment."""
    for function in stack.of_type("AWS::Lambda::Function"):
        place = Place.of(function)
        variables, key = place.at("Environment", "Variables"), place.at("KmsKeyArn")
        has_some = variables.is_unknown or any(True for _ in variables.fields())
        if has_some and (not key.is_given or is_managed_by_aws(key)):
            yield Flaw(
                check=NAME,
                path=key.path,
                message=f"the environment of {function.logical_id} is under AWS's own key",
                fix="set KmsKeyArn to a key of your own",
                source="lambda/configuration-envvars-encryption",
            )
