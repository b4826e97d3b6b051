"""Keys are renewed each year.

Source: kms/rotate-keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.cloudformation.truth import all_of
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack
    from cicdgen.cloudformation.truth import Truth

NAME = "key-rotation"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every symmetric key whose material is KMS's."""
    for key in stack.of_type("AWS::KMS::Key"):
        place = Place.of(key)
        rotation = place.at("EnableKeyRotation")
        can = all_of(
            (
                _is(stack, place.at("KeySpec"), "SYMMETRIC_DEFAULT"),
                _is(stack, place.at("Origin"), "AWS_KMS"),
            )
        )
        if can is False or rotation.is_on:
            continue
        if can is None:
            because = "whether it can rotate: its kind is not known"
            yield Doubt(check=NAME, path=rotation.path, because=because)
        elif rotation.is_on is None:
            yield Doubt(check=NAME, path=rotation.path, because="whether it rotates")
        else:
            yield Flaw(
                check=NAME,
                path=rotation.path,
                message=f"{key.logical_id} keeps its material for ever",
                fix="set EnableKeyRotation: true",
                source="kms/rotate-keys",
            )


def _is(stack: Stack, place: Place, default: str) -> Truth:
    """Whether something has its default value, in this stack's case."""
    if not place.is_given:
        return True
    return None if place.text is None else stack.case.compare(place.text, Text.literal(default))
