"""Import what rendering needs without the parts that it never runs.

- `import troposphere` spends half of its time on two modules: `cfn_flip`, which loads all of PyYAML
  for `Template.to_yaml`, and `troposphere.serverless`, which it needs for one annotation.
- msgspec takes two names from `typing_extensions`, a large module; `typing` has them too.
- pathlib takes one function from `urllib.parse`, for `Path.as_uri`.

Stand-ins take their places until all are loaded, and are taken away again, so that whoever imports
the real ones later gets them. A third of a render; the figures are in benchmarks/README.md.

This file is imported before anything that imports these, and by nobody else.
"""

from __future__ import annotations

import sys
from types import ModuleType


def _quote_from_bytes(*arguments: object) -> str:
    from urllib.parse import quote_from_bytes  # noqa: PLC0415 - the real one, once it is asked for

    return quote_from_bytes(*arguments)  # type: ignore[arg-type]


def _import_lean() -> None:
    stand_ins: dict[str, ModuleType | None] = {
        "cfn_flip": ModuleType("cfn_flip"),
        "troposphere.serverless": _module("troposphere.serverless", Globals=object),
        # None makes the import fail, and msgspec then asks typing.
        "typing_extensions": None,
        "urllib.parse": _module("urllib.parse", quote_from_bytes=_quote_from_bytes),
    }
    mine = {name: module for name, module in stand_ins.items() if name not in sys.modules}
    sys.modules.update(mine)  # type: ignore[arg-type]  # None is documented: sys.modules
    try:
        import pathlib  # noqa: F401, PLC0415 - after the stand-ins

        import msgspec  # noqa: F401, PLC0415
        import troposphere  # noqa: PLC0415
    finally:
        for name in mine:
            del sys.modules[name]
    if troposphere.__dict__.get("cfn_flip") is stand_ins["cfn_flip"]:
        # Template.to_yaml is not ours to call: it would find the stand-in.
        del troposphere.__dict__["cfn_flip"]


def _module(name: str, **contents: object) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(contents)
    return module


_import_lean()
