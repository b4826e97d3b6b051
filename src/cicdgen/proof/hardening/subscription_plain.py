"""What a topic tells goes out encrypted.

Over http, notices can be read and forged on their way.
Source: sns/sns-security-best-practices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "subscription-plain"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every subscription."""
    places = [Place.of(each) for each in stack.of_type("AWS::SNS::Subscription")]
    for topic in stack.of_type("AWS::SNS::Topic"):
        places += Place.of(topic).at("Subscription").members()
    for place in places:
        protocol = place.at("Protocol")
        if protocol.is_unknown:
            because = f"whether {place.at('Endpoint')} hears in plain text"
            yield Doubt(check=NAME, path=protocol.path, because=because)
        elif protocol.known == "http":
            yield Flaw(
                check=NAME,
                path=protocol.path,
                message=f"notices go to {place.at('Endpoint')} in plain text",
                fix="use https",
                source="sns/sns-security-best-practices",
            )
