"""For test reports: JUnit XML, a template a suite, a finding a failed case."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.findings import Finding


def report(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """A suite for each template; a clean one has a case that passes."""
    root = ET.Element("testsuites", name="cicdgen check")
    for file in files:
        own = [finding for finding in findings if finding.file == file]
        suite = ET.SubElement(
            root,
            "testsuite",
            name=file,
            tests=str(max(1, len(own))),
            failures=str(len(own)),
        )
        if not own:
            ET.SubElement(suite, "testcase", classname=file, name="no findings")
        for finding in own:
            place = finding.resource or f"line {finding.line}"
            case = ET.SubElement(suite, "testcase", classname=file, name=f"{finding.rule} {place}")
            failure = ET.SubElement(
                case, "failure", type=finding.level.word, message=finding.message
            )
            failure.text = f"{file}:{finding.line}:{finding.column} {finding.docs}".rstrip()
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
