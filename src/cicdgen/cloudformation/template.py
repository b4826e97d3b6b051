"""A CloudFormation template as written, before anything in it is resolved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Self

from cicdgen.cloudformation.values import Json

_NOTHING: Mapping[str, Json] = MappingProxyType({})

_UNRULED = frozenset({"AWS::CDK::Metadata"})
"""Types that no rule here is about. CDK's asks for every region, one condition each."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of a template.

    Attributes:
        name: Its logical id.
        type: As `String` or `CommaDelimitedList`.
        default: What it is when nobody says, if anything.
        allowed: The only values it may have; empty if it may have any.
    """

    name: str
    type: str
    default: str | None
    allowed: tuple[str, ...]

    @property
    def is_list(self) -> bool:
        """Whether a reference to it is a list."""
        return self.type == "CommaDelimitedList" or self.type.startswith("List<")

    @property
    def is_looked_up(self) -> bool:
        """Whether its value names an entry of the parameter store, and not the value itself."""
        return self.type.startswith("AWS::SSM::Parameter::Value<")


@dataclass(frozen=True)
class Template:
    """A template: the body of a JSON file, or of YAML once its short forms are spelled out.

    Sections that are not what CloudFormation asks for are taken as empty: a template that cannot
    be deployed is a linter's business.
    """

    body: Mapping[str, Json]

    @classmethod
    def read(cls, body: Mapping[str, Json]) -> Self:
        """The template with this body. The body must not change afterwards."""
        return cls(body)

    @cached_property
    def resources(self) -> Mapping[str, Mapping[str, Json]]:
        """Every resource that has a type, as written, by logical id."""
        return {
            str(logical_id): resource
            for logical_id, resource in self.section("Resources").items()
            if isinstance(resource, dict) and isinstance(resource.get("Type"), str)
        }

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Its parameters, by logical id."""
        return {
            name: Parameter(
                name=name,
                type=str(parameter.get("Type", "String")),
                default=_string(parameter["Default"]) if "Default" in parameter else None,
                allowed=tuple(_string(value) for value in parameter.get("AllowedValues") or ()),
            )
            for name, parameter in self.section("Parameters").items()
            if isinstance(parameter, dict)
        }

    @property
    def defaults(self) -> Mapping[str, str]:
        """The value of each parameter that has a default, unless it is only looked up by it."""
        return {
            name: parameter.default
            for name, parameter in self.parameters.items()
            if parameter.default is not None and not parameter.is_looked_up
        }

    @property
    def conditions(self) -> Mapping[str, Json]:
        """Its conditions, as written."""
        return self.section("Conditions")

    @property
    def mappings(self) -> Mapping[str, Json]:
        """Its mappings."""
        return self.section("Mappings")

    @property
    def transforms(self) -> tuple[str, ...]:
        """The macros that CloudFormation runs over it before anything else."""
        given = self.body.get("Transform") or ()
        many = given if isinstance(given, list | tuple) else (given,)
        return tuple(each if isinstance(each, str) else str(each.get("Name")) for each in many)

    @cached_property
    def conditions_in_use(self) -> frozenset[str]:
        """The conditions that decide about a resource, directly or through another condition."""
        found: set[str] = set()
        for resource in self.resources.values():
            if resource["Type"] not in _UNRULED:
                found.update(_conditions_in(resource))
                found.add(str(resource.get("Condition")))
        waiting = list(found)
        while waiting:
            more = set(_conditions_in(self.conditions.get(waiting.pop()))) - found
            found |= more
            waiting += more
        return frozenset(found & set(self.conditions))

    def section(self, name: str) -> Mapping[str, Json]:
        """A section of the body, empty if there is none."""
        section = self.body.get(name)
        return section if isinstance(section, dict) else _NOTHING


def _string(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _conditions_in(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        for member in value:
            yield from _conditions_in(member)
    elif isinstance(value, dict):
        for key, member in value.items():
            if key == "Fn::If" and isinstance(member, list) and member:
                yield str(member[0])
            elif key == "Condition" and isinstance(member, str) and len(value) == 1:
                yield member
            yield from _conditions_in(member)
