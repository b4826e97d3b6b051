"""The packages that a build installs are the ones that were reviewed.

Without hashes, a build takes whatever the index has under a name that day, and the same source
gives another release tomorrow (failures 10, 18).
Source: pip/secure-installs (hash-checking mode).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.buildspec import buildspecs, doubtful_buildspecs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "buildspec-hashes"
_INSTALL = re.compile(r"\bpip3?(?:\s+--python\s+\S+)?\s+install\b(?P<rest>[^\n;&|]*)")


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every buildspec."""
    yield from doubtful_buildspecs(stack, NAME)
    for buildspec in buildspecs(stack):
        script = buildspec.script.replace("\\\n", " ")
        for found in _INSTALL.finditer(script):
            words = found["rest"].split()
            local = words and all(word.startswith(("-", ".", "/")) for word in words)
            listed = "-r" in words or any(word.startswith("--requirement") for word in words)
            if "--require-hashes" in words or (local and not listed):
                continue
            yield Flaw(
                check=NAME,
                path=buildspec.path,
                message=f"“{' '.join(found[0].split())}” installs what the index has that day",
                fix="pin with hashes (pip-compile --generate-hashes) and install with"
                " --require-hashes",
                source="pip/secure-installs",
            )
            break
