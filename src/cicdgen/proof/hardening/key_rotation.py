"""Keys are renewed each year.

Source: kms/rotate-keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "key-rotation"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every symmetric key whose material is KMS's."""
    for key in stack.of_type("AWS::KMS::Key"):
        place = Place.of(key)
        spec, origin = place.at("KeySpec"), place.at("Origin")
        if (spec.known or "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
            continue
        if (origin.known or "AWS_KMS") != "AWS_KMS":
            continue
        rotation = place.at("EnableKeyRotation")
        if rotation.is_on is None:
            yield Doubt(check=NAME, path=rotation.path, because="whether it rotates")
        elif rotation.is_on is False:
            yield Flaw(
                check=NAME,
                path=rotation.path,
                message=f"{key.logical_id} keeps its material for ever",
                fix="set EnableKeyRotation: true",
                source="kms/rotate-keys",
            )
