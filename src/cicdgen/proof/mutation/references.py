"""Mutants of references: to the next resource of the same type."""

from collections.abc import Iterator, Mapping

from cicdgen.cloudformation import Path
from cicdgen.cloudformation.values import Json
from cicdgen.proof.mutation.change import Change
from cicdgen.proof.mutation.kinds import Kind


def references(path: Path, value: Json, types: Mapping[str, str]) -> Iterator[Change]:
    """Every `Ref`, `Fn::GetAtt` and `Fn::Sub`, with another resource of the type."""
    match value:
        case {"Ref": str(name)} if name in types:
            for other in _next(name, types):
                what = f"{other}, not {name}"
                yield Change(_kind(types[name]), (*path, "Ref"), what, other)
        case {"Fn::GetAtt": [str(name), attribute]} if name in types:
            for other in _next(name, types):
                what = f"{other}.{attribute}, not {name}.{attribute}"
                yield Change(_kind(types[name]), (*path, "Fn::GetAtt", 0), what, other)
        case {"Fn::Sub": str(text)}:
            for name, type_ in types.items():
                for mark in (f"${{{name}}}", f"${{{name}."):
                    if mark in text:
                        for other in _next(name, types):
                            changed = text.replace(mark, mark.replace(name, other))
                            yield Change(_kind(type_), (*path, "Fn::Sub"), changed, changed)


def _next(name: str, types: Mapping[str, str]) -> Iterator[str]:
    """The next resource of the same type, if there is another one."""
    alike = [other for other, type_ in types.items() if type_ == types[name]]
    if len(alike) > 1:
        yield alike[(alike.index(name) + 1) % len(alike)]


def _kind(type_: str) -> Kind:
    return Kind.SWAP_KEY if type_ == "AWS::KMS::Key" else Kind.RETARGET
