"""Whether a zip can be a function's package: its handler has to be at its root.

Source: lambda/python-package, lambda/nodejs-package (files at the root; a handler is a file and a
function in it). Of other languages nothing is known here.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from cicdgen.cloudformation import Resource

_ENDS = {"python": ".py", "nodejs": ".js"}


def is_zip(package: bytes) -> bool:
    """Whether Lambda can unzip it at all."""
    return zipfile.is_zipfile(io.BytesIO(package))


def missing_handler(function: Resource, package: bytes) -> str:
    """What a package lacks of a function's handler; empty if nothing, or if nobody knows."""
    place = Place.of(function)
    runtime, handler = place.at("Runtime").known or "", place.at("Handler").known or ""
    language = runtime.rstrip("0123456789.x")
    module = handler.rpartition(".")[0]
    if language not in _ENDS or not module:
        return ""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        names = archive.namelist()
    paths = {module, module.replace(".", "/")} if language == "python" else {module}
    packages = {f"{path}/__init__" for path in paths} if language == "python" else set()
    # As `index.py`, `index.pyc`, `index.mjs` or `index.cpython-313-x86_64-linux-gnu.so`.
    if any(name.partition(".")[0] in paths | packages for name in names):
        return ""
    return f"its package has no {module}{_ENDS[language]} at its root (its handler is {handler})"
