"""A function's URL asks who calls.

With AuthType NONE anybody on the internet calls the function; its own code has to tell them apart.
Source: lambda/urls-auth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "function-url"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every URL of a function."""
    for url in stack.of_type("AWS::Lambda::Url"):
        kind = Place.of(url).at("AuthType")
        if kind.is_unknown:
            yield Doubt(check=NAME, path=kind.path, because=f"who may call {url.logical_id}")
        elif kind.known == "NONE":
            yield Flaw(
                check=NAME,
                path=kind.path,
                message=f"anybody on the internet may call {url.logical_id}",
                fix="set AuthType: AWS_IAM",
                source="lambda/urls-auth",
            )
