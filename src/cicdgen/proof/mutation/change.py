"""One change of a template's body, and the ways through a body that look for one."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from cicdgen.cloudformation import Path
from cicdgen.cloudformation.values import Json
from cicdgen.proof.mutation.kinds import Kind

GONE: Final = object()
"""The value of what a change takes away."""
OTHER: Final = "another"
"""What names have in a mutant that nothing else has."""


class Change(NamedTuple):
    """One change: what is done, where, in words, and what stands there then."""

    kind: Kind
    path: Path
    what: str
    value: Json


def walk(value: Json, path: Path) -> Iterator[tuple[Path, Json]]:
    """Everything in a value, with its path, from the outside in."""
    yield path, value
    if isinstance(value, dict):
        for key, member in value.items():
            yield from walk(member, (*path, key))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from walk(member, (*path, number))


def is_intrinsic(path: Path) -> bool:
    """Whether a path leads into a function of CloudFormation."""
    return any(step == "Ref" or str(step).startswith("Fn::") for step in path)


def value_at(body: Json, path: Path) -> Json:
    """What stands at a path; None if nothing does."""
    for step in path:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return None
    return body


def changed(value: Json, path: Path, new: Json) -> Json:
    """The value with another one at a path: only what lies on the way is copied."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    copy: Json = list(value) if isinstance(value, list) else dict(value)
    if rest:
        copy[step] = changed(value[step], rest, new)
    elif new is GONE:
        del copy[step]
    else:
        copy[step] = new
    return copy
