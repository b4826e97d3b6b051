"""Proofs of our own templates and of others', and what a test changes about them."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cicdgen.cloudformation import Template
from cicdgen.proof.proof import Proof, account_in, prove
from cicdgen.proof.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any

TEMPLATES = Path(__file__).parents[2] / "templates"
FOREIGN = Path(__file__).parent / "hops" / "foreign"
REGION = "us-east-1"
_DOCUMENTS = ("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument")


@cache
def ours(name: str = "prod") -> Json:
    """One of our templates; nobody may change it."""
    return json.loads((TEMPLATES / f"{name}.json").read_text(encoding="utf-8"))


@cache
def foreign(name: str) -> Json:
    """A template that somebody else might have written; as `ours`."""
    return read((FOREIGN / f"{name}.yaml").read_text(encoding="utf-8"), name).body


def proved(body: Json, region: str = REGION) -> Proof:
    """The proof of a template."""
    return prove(Template.read(body), account_in(region))


def told(proof: Proof) -> list[str]:
    """Every sentence on a hop that is not allowed, led by the hop's id."""
    return [
        f"{each.hop.id}: {sentence}"
        for each in (*proof.refused, *proof.open, *proof.cautions)
        for sentence in each.because
    ]


def statement(body: Json, resource: str, sid: str) -> Json:
    """A statement of a policy, to be changed."""
    properties = body["Resources"][resource]["Properties"]
    document = next(properties[name] for name in _DOCUMENTS if name in properties)
    return next(each for each in document["Statement"] if each.get("Sid") == sid)


def statements(body: Json, resource: str) -> Json:
    """The statements of a policy, to be changed."""
    properties = body["Resources"][resource]["Properties"]
    return next(properties[name] for name in _DOCUMENTS if name in properties)["Statement"]


class Dropped(NamedTuple):
    """Something that a template no longer grants.

    Attributes:
        resource: The resource with the policy.
        number: Which of its statements, from 0.
        element: `Action` or `Resource`; nothing if it is the whole statement.
        member: Which of the element's values.
        value: What it was, for people.
    """

    resource: str
    number: int
    element: str = ""
    member: int = 0
    value: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, (self.resource, str(self.number), self.value)))

    def from_(self, body: Json) -> Json:
        """The template without it."""
        changed = deepcopy(body)
        listed = statements(changed, self.resource)
        if self.element:
            del listed[self.number][self.element][self.member]
        else:
            del listed[self.number]
        return changed


def grants(body: Json) -> Iterator[Dropped]:
    """Each statement that allows, and each of its actions and resources, as something to drop.

    What is the last of its list is left: without it CloudFormation would refuse the policy.
    """
    for resource, written in body["Resources"].items():
        for name in _DOCUMENTS:
            document = written.get("Properties", {}).get(name)
            listed = document["Statement"] if document else []
            for index, each in enumerate(listed):
                if each["Effect"] == "Deny":
                    continue
                if len(listed) > 1:
                    yield Dropped(resource, index, value=each.get("Sid", ""))
                for element in ("Action", "Resource"):
                    values = each.get(element, [])
                    for i, value in enumerate(values if len(values) > 1 else []):
                        shown = value if isinstance(value, str) else f"{element.lower()} {i}"
                        yield Dropped(resource, index, element, i, shown)
