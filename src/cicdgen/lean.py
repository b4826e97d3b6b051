"""Import troposphere and msgspec without the parts that rendering never runs.

`import troposphere` spends half of its time on two modules: `cfn_flip`, which loads all of PyYAML
for `Template.to_yaml`, and `troposphere.serverless`, which it needs for one annotation. msgspec
takes two names from `typing_extensions`, a large module; `typing` has them too. Stand-ins take
their places until both are loaded, and are taken away again, so that whoever imports the real ones
later gets them. A third of a render; the figures are in benchmarks/README.md.

This file is imported before anything that imports troposphere or msgspec, and by nobody else.
"""

from __future__ import annotations

import sys
from types import ModuleType


def _import_lean() -> None:
    flip = ModuleType("cfn_flip")
    serverless = ModuleType("troposphere.serverless")
    serverless.__dict__["Globals"] = object
    stand_ins: dict[str, ModuleType | None] = {
        "cfn_flip": flip,
        "troposphere.serverless": serverless,
        # None makes the import fail, and msgspec then asks typing.
        "typing_extensions": None,
    }
    mine = {name: module for name, module in stand_ins.items() if name not in sys.modules}
    sys.modules.update(mine)  # type: ignore[arg-type]  # None is documented: sys.modules
    try:
        import msgspec  # noqa: F401, PLC0415 - after the stand-ins
        import troposphere  # noqa: PLC0415
    finally:
        for name in mine:
            del sys.modules[name]
    if troposphere.__dict__.get("cfn_flip") is flip:
        # Template.to_yaml is not ours to call: it would find the stand-in.
        del troposphere.__dict__["cfn_flip"]


_import_lean()
