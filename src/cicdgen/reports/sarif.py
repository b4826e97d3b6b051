"""For code scanning: SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0).

With what GitHub asks for besides: a description and a help text for each rule, and the one
fingerprint that it reads (docs.github.com, SARIF support for code scanning).
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cicdgen import __version__
from cicdgen.findings import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.findings import Finding

_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}


def report(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """A log of one run."""
    rules = {finding.rule: finding for finding in findings}
    driver = {
        "name": "cicdgen",
        "version": __version__,
        "rules": [_rule(finding) for _, finding in sorted(rules.items())],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "artifacts": [{"location": {"uri": _uri(file)}} for file in files],
                "results": [_result(finding) for finding in findings],
            }
        ],
    }
    return json.dumps(log, indent=2, sort_keys=True) + "\n"


def _rule(finding: Finding) -> dict[str, Any]:
    title = {"text": finding.title or finding.rule}
    return {
        "id": finding.rule,
        "shortDescription": title,
        "fullDescription": title,
        "help": {"text": finding.docs or title["text"]},
        **({"helpUri": finding.docs} if finding.docs else {}),
    }


def _result(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(finding.file)},
            "region": {"startLine": finding.line, "startColumn": finding.column},
        }
    }
    if finding.path:
        name = "/".join(str(step) for step in finding.path)
        location["logicalLocations"] = [{"fullyQualifiedName": name}]
    return {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.level],
        "message": {"text": finding.message},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(finding)},
    }


def _uri(file: str) -> str:
    return quote(os.fsencode(file))


def _fingerprint(finding: Finding) -> str:
    """The same for the same finding when lines move: rule, place in the template, message."""
    place = "/".join(str(step) for step in finding.path)
    parts = (finding.rule, finding.file, place, finding.message)
    return hashlib.sha256("\0".join(parts).encode(errors="backslashreplace")).hexdigest()[:32]
