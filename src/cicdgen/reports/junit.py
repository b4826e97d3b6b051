"""For test reports: JUnit XML, a template a suite, a finding a failed case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.findings import Finding

# Characters that XML 1.0 cannot hold, however they are escaped (www.w3.org/TR/xml, production 2).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", ET.tostring(root, encoding="unicode"))
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n"
