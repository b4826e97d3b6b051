"""How findings look: one format a file, each a function from findings to text."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.findings import Finding

FORMATS = ("text", "json", "sarif", "junit", "github")


def report(form: str, findings: Sequence[Finding], files: Sequence[str]) -> str:
    """The findings in one of FORMATS.

    Args:
        form: the format.
        findings: in the order in which they are told.
        files: everything that was checked, clean or not.
    """
    # The module of the format that was asked for, and none of the others.
    text = import_module(f"cicdgen.reports.{form}").report(findings, files)
    return str(text)
