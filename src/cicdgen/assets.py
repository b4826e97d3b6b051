"""Texts in other languages that travel with the package: Lambda code, buildspecs, the starter.

Each is a file of its own language without placeholders. Values reach it as environment variables.
What travels in a template is the code without its comments: they are a fifth of its size, and the
whole has to stay within what CloudFormation takes inline (docs/decisions/0003). Tests hold that
nothing but comments is lost.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent
# The owner keeps lambda_code/ at the top of the checkout; the wheel has it inside the package.
_LAMBDA_CODE = (_PACKAGE / "lambda_code", _PACKAGE.parents[1] / "lambda_code")

_QUOTES = '"""'

STARTER = _PACKAGE / "starter"
"""The files that `cicdgen init` writes."""


@cache
def lambda_code(name: str) -> str:
    """The text of an inline function, e.g. `deployer`."""
    folder = next(folder for folder in _LAMBDA_CODE if folder.is_dir())
    return without_comments((folder / f"{name}.py").read_text(encoding="utf-8"))


@cache
def buildspec(name: str) -> str:
    """The text of a default buildspec, `build` or `test`."""
    return without_comments((_PACKAGE / "buildspecs" / f"{name}.yml").read_text(encoding="utf-8"))


def without_comments(text: str) -> str:
    """The text without comment lines, docstrings and blank lines.

    It knows the one layout that our own files have: a comment or a docstring has lines to itself,
    and no other text begins a line with three quotes or a hash.
    """
    kept: list[str] = []
    inside = False
    for line in text.splitlines():
        bare = line.strip()
        if inside:
            inside = not bare.endswith(_QUOTES)
        elif bare.startswith(_QUOTES):
            inside = bare == _QUOTES or not bare.endswith(_QUOTES)
        elif bare and not bare.startswith("#"):
            kept.append(line)
    return "\n".join(kept) + "\n"
