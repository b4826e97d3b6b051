"""For code scanning: SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0).

With what GitHub asks for besides: a description and a help text for each rule, and the one
fingerprint that it reads (docs.github.com, SARIF support for code scanning).
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cicdgen import __version__
from cicdgen.findings import Level, fingerprints
from cicdgen.rules.catalogue import BY_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.findings import Finding

# GitHub: over 7 is high, over 4 medium, the rest low.
_SEVERITIES = {Level.ERROR: "7.5", Level.WARNING: "5.0", Level.INFO: "2.0"}
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
                "results": [
                    _result(finding, fingerprint)
                    for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
                ],
            }
        ],
    }
    return json.dumps(log, indent=2, sort_keys=True) + "\n"


def _rule(finding: Finding) -> dict[str, Any]:
    title = {"text": finding.title or finding.rule}
    rule = BY_ID.get(finding.rule)
    help_ = {"text": finding.docs or title["text"]}
    if rule is not None:
        help_ = {
            "text": f"{rule.why}\n\nTo fix it: {rule.fix}\n\n{rule.page}",
            "markdown": f"{rule.why}\n\n**To fix it:** {rule.fix}\n\n[Source]({rule.page})",
        }
    return {
        "id": finding.rule,
        "shortDescription": title,
        "fullDescription": {"text": rule.why} if rule else title,
        "help": help_,
        "defaultConfiguration": {"level": _LEVELS[finding.level]},
        "properties": {
            # GitHub shows a severity only for rules with this tag.
            "tags": ["security"],
            "security-severity": _SEVERITIES[finding.level],
        },
        **({"helpUri": finding.docs} if finding.docs else {}),
    }


def _result(finding: Finding, fingerprint: str) -> dict[str, Any]:
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
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
    }


def _uri(file: str) -> str:
    return quote(os.fsencode(file))
