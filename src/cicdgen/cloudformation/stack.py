"""A template as it becomes in an account, with one answer to each of its conditions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from cicdgen.cloudformation.account import SOMEWHERE, Account
from cicdgen.cloudformation.conditions import Case, cases, holds
from cicdgen.cloudformation.intrinsics import GONE, as_text, resolved, unknown
from cicdgen.cloudformation.intrinsics import _Gone as Gone
from cicdgen.cloudformation.naming import Naming
from cicdgen.cloudformation.return_values import RETURN_VALUES
from cicdgen.cloudformation.template import Template
from cicdgen.cloudformation.text import Shape, Text, Token
from cicdgen.cloudformation.truth import Truth
from cicdgen.cloudformation.values import NOTHING, Fields, Items, Json, Path, Value

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Resource:
    """A resource of a stack.

    Attributes:
        stack: The stack that it is part of.
        logical_id: Its logical id.
        type: As `AWS::S3::Bucket`.
        exists: None if its condition is open.
    """

    stack: "Stack" = field(repr=False)
    logical_id: str
    type: str
    exists: Truth

    @property
    def path(self) -> Path:
        """Where its properties stand in the template."""
        return ("Resources", self.logical_id, "Properties")

    @cached_property
    def properties(self) -> Fields:
        """Its properties, resolved."""
        written = self.stack.template.resources[self.logical_id].get("Properties") or {}
        value = resolved(written, self.path, self.stack)
        if isinstance(value, Text):
            # A macro makes all of them. What it makes stands under its name, as beside others.
            return Fields(dict.fromkeys(written, value), {}, self.path)
        return value if isinstance(value, Fields) else NOTHING

    @cached_property
    def arn(self) -> Text:
        """Its ARN; a token if its type is not in the table of return values."""
        values = RETURN_VALUES.get(self.type)
        if values is None:
            return unknown(f"{self.logical_id} ARN", because=f"the ARN of {self.type} is not known")
        return self._naming.filled(values.arn)

    @cached_property
    def name(self) -> Text:
        """Its physical name or id."""
        if self.type not in RETURN_VALUES:
            return unknown(f"{self.logical_id} name", because=f"names of {self.type} are not known")
        return self._naming.name

    @cached_property
    def ref(self) -> Text:
        """What `Ref` returns for it."""
        values = RETURN_VALUES.get(self.type)
        if values is None:
            return unknown(self.logical_id, because=f"Ref of {self.type} is not known")
        return self._naming.filled(values.ref)

    def attribute(self, name: str) -> Text:
        """What `Fn::GetAtt` returns for it."""
        values = RETURN_VALUES.get(self.type)
        if values is None or name not in values.attributes:
            because = f"attribute {name} of {self.type} is not known"
            return unknown(f"{self.logical_id}.{name}", because=because)
        return self._naming.filled(values.attributes[name])

    @cached_property
    def _naming(self) -> Naming:
        pseudo = self.stack.pseudo_parameters
        return Naming(self.logical_id, RETURN_VALUES[self.type], self._shallow, pseudo)

    @cached_property
    def _shallow(self) -> Mapping[str, Value]:
        """The properties that may be part of its name, resolved one at a time.

        Resolving all of them would go round in circles where two resources name each other.
        """
        written = self.stack.template.resources[self.logical_id].get("Properties")
        return _Lazy(written if isinstance(written, dict) else {}, self)


class _Lazy(Mapping[str, Value]):
    def __init__(self, written: Mapping[str, Json], resource: Resource) -> None:
        self._written = written
        self._resource = resource
        self._active: set[str] = set()

    def __getitem__(self, key: str) -> Value:
        at = f"{self._resource.logical_id}.{key}"
        if key in self._active:
            return unknown(at, because="it is defined by itself")
        self._active.add(key)
        try:
            value = self._written[key]
            return resolved(value, (*self._resource.path, key), self._resource.stack)
        finally:
            self._active.discard(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


@dataclass(frozen=True, eq=False)
class Stack:
    """What a template becomes: resources that exist, and properties that are resolved.

    Attributes:
        template: The template.
        account: Where the stack lives.
        parameters: The values of parameters that are given.
        case: What is taken for granted where conditions are open.
    """

    template: Template
    account: Account = SOMEWHERE
    parameters: Mapping[str, str] = field(default_factory=lambda: _NONE)
    case: Case = field(default_factory=Case)

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """The resources that exist, or may, by logical id."""
        found = {
            logical_id: Resource(self, logical_id, written["Type"], self._exists(written))
            for logical_id, written in self.template.resources.items()
        }
        return {name: each for name, each in found.items() if each.exists is not False}

    @cached_property
    def pseudo_parameters(self) -> Mapping[str, Text]:
        """The values of the pseudo parameters, by name."""
        named = self.account.pseudo_parameters()
        return {name: self.case.fill(value) for name, value in named.items()}

    @cached_property
    def conditions(self) -> Mapping[str, Truth]:
        """Whether each condition of the template holds; None where that is open."""
        return {name: self.condition(name) for name in self.template.conditions}

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, in the template's order."""
        return (each for each in self.resources.values() if each.type in types)

    def ref(self, name: str) -> Value | Gone:
        """What `Ref` returns."""
        if name == "AWS::NoValue":
            return GONE
        if name in self.pseudo_parameters:
            return self.pseudo_parameters[name]
        if name in self.template.parameters:
            return self._parameter(name)
        written = self.template.resources.get(name)
        if written is None:
            return unknown(name, because="nothing in the template has that name")
        return self._resource(name).ref

    def attribute(self, logical_id: str, attribute: str) -> Value:
        """What `Fn::GetAtt` returns."""
        if logical_id not in self.template.resources:
            name = f"{logical_id}.{attribute}"
            return unknown(name, because="nothing in the template has that name")
        return self._resource(logical_id).attribute(attribute)

    def condition(self, name: str) -> Truth:
        """Whether a condition holds; None if that is open, or there is none of that name."""
        return holds(self.template.conditions.get(name), self._named(name), self.compare)

    def mapping(self, name: str) -> Mapping[str, Json] | None:
        """A mapping of the template."""
        found = self.template.mappings.get(name)
        return found if isinstance(found, dict) else None

    def compare(self, one: Json, other: Json) -> Truth:
        """Whether two values, as written in a condition, are equal."""
        texts = [as_text(resolved(value, ("Conditions",), self)) for value in (one, other)]
        left, right = texts
        return None if left is None or right is None else self.case.compare(left, right)

    def _named(self, outer: str) -> "_Named":
        return _Named(self, frozenset({outer}))

    def _exists(self, written: Mapping[str, Json]) -> Truth:
        condition = written.get("Condition")
        return self.condition(condition) if isinstance(condition, str) else True

    def _resource(self, logical_id: str) -> Resource:
        """A resource by name, even one that does not exist in this stack."""
        if logical_id in self.resources:
            return self.resources[logical_id]
        written = self.template.resources[logical_id]
        return Resource(self, logical_id, written["Type"], exists=False)

    def _parameter(self, name: str) -> Value:
        parameter = self.template.parameters[name]
        given = self.parameters.get(name)
        if given is None or parameter.is_looked_up:
            because = f"parameter {name} has no value here"
            return self.case.fill(Text.token(name, Shape.GIVEN, because=because))
        if parameter.is_list:
            members = given.split(",") if given else []
            return Items.of((("Parameters", name), Text.literal(each.strip())) for each in members)
        return Text.literal(given)


@dataclass(frozen=True)
class _Named:
    """Looks up conditions by name, and leaves one open that is defined by itself."""

    stack: Stack
    outer: frozenset[str]

    def __call__(self, name: str) -> Truth:
        if name in self.outer:
            return None
        inner = replace(self, outer=self.outer | {name})
        return holds(self.stack.template.conditions.get(name), inner, self.stack.compare)


def stacks(
    template: Template,
    account: Account = SOMEWHERE,
    parameters: Mapping[str, str] = _NONE,
) -> tuple[Stack, ...]:
    """The stacks that a template can become: one for each combination of its open conditions.

    A template without conditions, or with a value for each parameter that they ask about, becomes
    one. What holds in all of them holds for the template.

    Args:
        template: The template.
        account: Where the stack is created.
        parameters: Values for parameters; `template.defaults` are those that a template brings.
    """
    recorder = _Recorder(template, account, parameters)
    for name in sorted(template.conditions_in_use):
        recorder.condition(name)

    def allowed(token: Token) -> tuple[str, ...]:
        parameter = template.parameters.get(token.name)
        return parameter.allowed if parameter else ()

    return tuple(
        Stack(template, account, parameters, case) for case in cases(recorder.undecided, allowed)
    )


@dataclass(frozen=True, eq=False)
class _Recorder(Stack):
    """A stack that notes which comparisons it cannot decide."""

    undecided: list[tuple[Text, Text]] = field(default_factory=list)

    def compare(self, one: Json, other: Json) -> Truth:
        answer = super().compare(one, other)
        texts = [as_text(resolved(value, ("Conditions",), self)) for value in (one, other)]
        left, right = texts
        if answer is None and left is not None and right is not None:
            self.undecided.append((left, right))
        return answer
