"""For GitHub Actions: workflow commands that annotate the changed lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.findings import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.findings import Finding

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


def report(findings: Sequence[Finding], files: Sequence[str]) -> str:  # noqa: ARG001 - as every format
    """A command a finding; nothing for a clean run."""
    return "".join(
        f"::{_COMMANDS[finding.level]} file={_property(finding.file)},line={finding.line},"
        f"col={finding.column},title={_property(finding.rule)}::{_data(finding.message)}\n"
        for finding in findings
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
