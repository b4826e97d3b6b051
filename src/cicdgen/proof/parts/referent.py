"""Which resource a value means, however the template names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Resource, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cicdgen.cloudformation import Stack
    from cicdgen.proof.parts.place import Place

_EXPANDED = frozenset({"AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23"})
"""Macros that add no resources of the kinds that are looked for here."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """It is not in the template, or may not be.

    Attributes:
        because: why nothing can be said of it, as the end of a sentence.
        is_named: whether it is a name that no resource of the template has.
    """

    because: str
    is_named: bool


def referent(stack: Stack, place: Place, *types: str) -> Resource | Elsewhere:
    """The resource of these types that a value names: by `Ref`, by name or by ARN."""
    return _found(stack, place, types, _names)


def function_of(stack: Stack, place: Place) -> Resource | Elsewhere:
    """The function that a value names, by its name, ARN, or that of a version or alias of it."""
    found = referent(stack, place, "AWS::Lambda::Function")
    if isinstance(found, Resource) or place.text is None:
        return found
    for qualified in stack.of_type("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        if place.text in (qualified.ref, qualified.arn):
            from cicdgen.proof.parts.place import Place as At  # noqa: PLC0415 - it names this one

            return referent(stack, At.of(qualified).at("FunctionName"), "AWS::Lambda::Function")
    for function in stack.of_type("AWS::Lambda::Function"):
        if place.text.code.startswith((f"{function.arn.code}:", f"{function.name.code}:")):
            return function
    return found


def unseen(stack: Stack) -> str | None:
    """Why the stack may have more resources than the template shows; None if it cannot."""
    macros = [name for name in stack.template.transforms if name not in _EXPANDED]
    if macros:
        return f"the macro {macros[0]} may add resources"
    if "Fn::Transform" in stack.template.section("Resources"):
        return "a macro may add resources"
    for each in stack.resources.values():
        if is_of_macro(each):
            return f"a macro makes resources of {each.logical_id}"
        if each.type.endswith("::MODULE") or each.type == "AWS::CloudFormation::Stack":
            return f"{each.logical_id} holds resources of its own"
    return None


def is_of_macro(resource: Resource) -> bool:
    """Whether a macro replaces it by resources that the template does not show."""
    return resource.type.startswith("AWS::Serverless::")


def _names(resource: Resource) -> tuple[Text, Text, Text]:
    return resource.ref, resource.name, resource.arn


def _found(
    stack: Stack,
    place: Place,
    types: tuple[str, ...],
    names: Callable[[Resource], tuple[Text, ...]],
) -> Resource | Elsewhere:
    text = place.text
    if text is None:
        return Elsewhere(because="what it names is not given", is_named=False)
    for resource in stack.of_type(*types):
        if text in names(resource):
            return resource
    if text.only is not None:
        return Elsewhere(because=f"{text} is not known", is_named=False)
    for resource in stack.of_type(*types):
        if any(text.equals(name) is None for name in names(resource)):
            because = f"{text} may be {resource.logical_id} or another"
            return Elsewhere(because=because, is_named=False)
    return Elsewhere(because=f"{text} is not in the template", is_named=True)


def written_references(value: object) -> Iterator[str]:
    """The logical ids that some JSON of a template refers to, by Ref, GetAtt or Sub."""
    stack = [value]
    while stack:
        match stack.pop():
            case {"Ref": str(name)}:
                yield name
            case {"Fn::GetAtt": [str(name), *_]}:
                yield name
            case {"Fn::GetAtt": str(dotted)}:
                yield dotted.partition(".")[0]
            case {"Fn::Sub": str(text)}:
                yield from _braced(text, frozenset())
            case {"Fn::Sub": [str(text), dict(own)]}:
                yield from _braced(text, frozenset(own))
                stack.extend(own.values())
            case dict(members):
                stack.extend(members.values())
            case list(members):
                stack.extend(members)
            case _:
                pass


def _braced(text: str, own: frozenset[str]) -> Iterator[str]:
    for piece in text.split("${")[1:]:
        name = piece.partition("}")[0].strip()
        if not name.startswith("!") and name not in own:
            yield name.partition(".")[0]
