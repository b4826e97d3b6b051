"""For programs: one document, versioned; fields are added, never changed or removed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.findings import Finding

FORMAT = "cicdgen.check/1"


def report(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """The findings and the files, with sorted keys."""
    document = {
        "format": FORMAT,
        "files": list(files),
        "findings": [
            {
                "file": finding.file,
                "line": finding.line,
                "column": finding.column,
                "rule": finding.rule,
                "level": finding.level.word,
                "message": finding.message,
                "title": finding.title,
                "path": list(finding.path),
                "resource": finding.resource,
                "docs": finding.docs,
                "statement": finding.statement,
            }
            for finding in findings
        ],
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"
