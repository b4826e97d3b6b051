"""Texts in other languages that travel with the package: Lambda code, buildspecs, the starter.

Each is a file of its own language without placeholders. Values reach it as environment variables.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent
# The owner keeps lambda_code/ at the top of the checkout; the wheel has it inside the package.
_LAMBDA_CODE = (_PACKAGE / "lambda_code", _PACKAGE.parents[1] / "lambda_code")

STARTER = _PACKAGE / "starter"
"""The files that `cicdgen init` writes."""


@cache
def lambda_code(name: str) -> str:
    """The text of an inline function, e.g. `deployer`."""
    folder = next(folder for folder in _LAMBDA_CODE if folder.is_dir())
    return (folder / f"{name}.py").read_text(encoding="utf-8")


@cache
def buildspec(name: str) -> str:
    """The text of a default buildspec, `build` or `test`."""
    return (_PACKAGE / "buildspecs" / f"{name}.yml").read_text(encoding="utf-8")
