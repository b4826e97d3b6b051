"""What a template does not show: what macros, loops and other templates make of it.

Nothing of it is looked at, so nothing is proved of it, and each is told.
Sources: AWSCloudFormation/template-macros, AWSCloudFormation/using-cfn-nested-stacks,
AWSCloudFormation/intrinsic-function-reference-foreach.
"""

from collections.abc import Iterator

from cicdgen.cloudformation import Resource, Stack
from cicdgen.cloudformation.values import Json
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hops.site import Site, at

SERVERLESS = "AWS::Serverless::"
_SERVERLESS_MACRO = "AWS::Serverless-2016-10-31"
_OF_RESOLVER = frozenset({"AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23"})
"""Macros that add nothing by themselves: what the first does, the resolver does, or is told."""


def hops(site: Site) -> Iterator[Doubt]:
    """Every place where something comes in that is not written in the template."""
    stack = site.stack
    for name in stack.template.transforms:
        if name not in _OF_RESOLVER and name != _SERVERLESS_MACRO:
            because = f"what the macro {name} makes of the template"
            yield Doubt(check="hops", path=("Transform",), because=because)
    for name in stack.template.section("Resources"):
        if name.startswith("Fn::"):
            because = f"which resources {name} makes: they are not written out"
            yield Doubt(check="hops", path=("Resources", name), because=because)
    for resource in stack.resources.values():
        yield from _of(stack, resource)


def _of(stack: Stack, resource: Resource) -> Iterator[Doubt]:
    name, kind = resource.logical_id, resource.type
    if kind.startswith(SERVERLESS):
        because = f"what becomes of {name}: a macro makes resources of it"
        if kind == f"{SERVERLESS}Function":
            because = f"what {name} may do: a macro makes its role"
        yield Doubt(check="hops", path=at(resource), because=because)
    elif kind == "AWS::CloudFormation::Stack" or kind.endswith("::MODULE"):
        because = f"what is in {name}: its template is elsewhere"
        yield Doubt(check="hops", path=at(resource), because=because)
    else:
        loops = "AWS::LanguageExtensions" in stack.template.transforms
        written = stack.template.resources[name].get("Properties")
        for key in _brought_in(written, loops=loops):
            because = f"what {key} adds to {name}"
            yield Doubt(check="hops", path=at(resource), because=because)


def _brought_in(properties: Json, *, loops: bool) -> Iterator[str]:
    """What stands beside or instead of properties, and makes some of them."""
    if isinstance(properties, dict) and "Fn::Transform" in properties:
        yield "Fn::Transform"
    waiting = [properties] if loops else []
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from (key for key in value if key.startswith("Fn::ForEach"))
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
