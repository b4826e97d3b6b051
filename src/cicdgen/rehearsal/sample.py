"""A source for whoever gives none: the smallest package that a function's handler asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.source import Source, zipped

if TYPE_CHECKING:
    from cicdgen.cloudformation import Resource

_CODE = {
    "python": (".py", "def {name}(event, context):\n    return {{}}\n"),
    "nodejs": (".js", "exports.{name} = async () => ({{}});\n"),
}


def sample_of(function: Resource) -> Source | None:
    """A package for a function, with its handler at the root; None if nobody can make one up."""
    place = Place.of(function)
    runtime, handler = place.at("Runtime").known or "", place.at("Handler").known or ""
    module, _, name = handler.rpartition(".")
    code = _CODE.get(runtime.rstrip("0123456789.x"))
    if code is None or not module or not name.isidentifier():
        return None
    path = f"{module.replace('.', '/')}{code[0]}"
    return Source(
        name=f"a made-up {path}",
        body=zipped({path: code[1].format(name=name).encode()}),
        is_sample=True,
    )
