"""A small reader of rendered templates, so that tests say what they look for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any


@dataclass(frozen=True)
class Template:
    """A rendered template, by what a test asks of it."""

    text: str

    @cached_property
    def document(self) -> dict[str, Json]:
        """The whole template."""
        document: dict[str, Json] = json.loads(self.text)
        return document

    @property
    def resources(self) -> dict[str, Json]:
        """Resources by logical id, in the order of the template."""
        resources: dict[str, Json] = self.document["Resources"]
        return resources

    def properties(self, logical_id: str) -> dict[str, Json]:
        """The properties of one resource."""
        properties: dict[str, Json] = self.resources[logical_id]["Properties"]
        return properties

    def of_type(self, kind: str) -> dict[str, dict[str, Json]]:
        """The properties of every resource of a type, by logical id."""
        return {
            logical_id: resource["Properties"]
            for logical_id, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def action(self, name: str) -> dict[str, Json]:
        """An action of the pipeline."""
        for stage in self.properties("Pipeline")["Stages"]:
            for action in stage["Actions"]:
                if action["Name"] == name:
                    found: dict[str, Json] = action
                    return found
        raise LookupError(name)

    def documents(self) -> Iterator[tuple[str, dict[str, Json]]]:
        """Every policy document, by logical id: identity, resource, key and trust policies."""
        for logical_id, resource in self.resources.items():
            for key in ("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument"):
                if key in resource["Properties"]:
                    yield logical_id, resource["Properties"][key]

    def statements(self, logical_id: str) -> dict[str, dict[str, Json]]:
        """The statements of one policy, by Sid."""
        document = dict(self.documents())[logical_id]
        return {statement["Sid"]: statement for statement in document["Statement"]}

    def role_statements(self, role: str) -> list[dict[str, Json]]:
        """Every statement of the identity policies attached to a role."""
        return [
            statement
            for policy in self.of_type("AWS::IAM::Policy").values()
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def role_actions(self, role: str) -> set[str]:
        """Every action that a role is allowed."""
        return {
            action
            for statement in self.role_statements(role)
            if statement["Effect"] == "Allow"
            for action in statement["Action"]
        }


def references(value: Json) -> Iterator[str]:
    """Every logical id that a value refers to: Ref, GetAtt, Sub and Condition."""
    match value:
        case {"Ref": str(target)}:
            yield target
        case {"Fn::GetAtt": [str(target), *_]}:
            yield target
        case {"Fn::Sub": str(text)}:
            yield from _in_sub(text)
        case dict():
            for inner in value.values():
                yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)


def _in_sub(text: str) -> Iterator[str]:
    for part in text.split("${")[1:]:
        name = part.partition("}")[0]
        if not name.startswith(("AWS::", "!")):
            yield name.partition(".")[0]
