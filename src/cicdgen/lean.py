"""Import troposphere without the parts that rendering never runs.

`import troposphere` spends half of its time on two modules: `cfn_flip`, which loads all of PyYAML
for `Template.to_yaml`, and `troposphere.serverless`, which it needs for one annotation. Stand-ins
take their names until troposphere is loaded, and are taken away again, so that whoever imports the
real ones later gets them. A quarter of a render; the figures are in benchmarks/README.md.

This file is imported before anything that imports troposphere, and by nobody else.
"""

from __future__ import annotations

import sys
from types import ModuleType


def _import_lean() -> None:
    if "troposphere" in sys.modules:
        return
    flip = ModuleType("cfn_flip")
    serverless = ModuleType("troposphere.serverless")
    serverless.Globals = object  # type: ignore[attr-defined]
    stand_ins = {
        name: module
        for name, module in (("cfn_flip", flip), ("troposphere.serverless", serverless))
        if name not in sys.modules
    }
    sys.modules.update(stand_ins)
    try:
        import troposphere  # noqa: PLC0415 - after the stand-ins
    finally:
        for name in stand_ins:
            del sys.modules[name]
    if troposphere.__dict__.get("cfn_flip") is flip:
        # Template.to_yaml is not ours to call: it would find the stand-in.
        del troposphere.__dict__["cfn_flip"]


_import_lean()
