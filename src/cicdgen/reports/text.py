"""For a person: a finding a line, and one closing sentence."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from cicdgen.findings import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.findings import Finding

# What a terminal would obey: a template from anywhere may hold it.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def report(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """Lines that editors can jump to, and how many there are of which level."""
    lines = []
    for finding in findings:
        where = f"{finding.file}:{finding.line}:{finding.column}"
        inside = f" ({finding.resource})" if finding.resource else ""
        lines.append(f"{where}: {finding.level.word} {finding.rule}: {finding.message}{inside}")
        if finding.docs:
            lines.append(f"    {finding.docs}")
        if finding.statement and finding.level > Level.INFO:
            lines.append(f"    waiver: {_waiver(finding)}")
    lines.append(_summary(findings, files))
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", "\n".join(lines)) + "\n"


def _waiver(finding: Finding) -> str:
    """The waiver as the config takes it, once a reason, an owner and a date are filled in."""
    # JSON's strings are TOML's.
    keys = (("rule", finding.rule), ("resource", finding.subject), ("statement", finding.statement))
    known = ", ".join(f"{key} = {json.dumps(value)}" for key, value in keys)
    return f'{{ {known}, reason = "", owner = "", expires = }}'


def _summary(findings: Sequence[Finding], files: Sequence[str]) -> str:
    checked = f"{len(files)} template{'' if len(files) == 1 else 's'} checked"
    if not findings:
        return f"{checked}: no findings"
    levels = Counter(finding.level for finding in findings)
    counts = [_counted(levels[level], level) for level in sorted(levels, reverse=True)]
    return f"{checked}: {', '.join(counts)}"


def _counted(number: int, level: Level) -> str:
    plural = "s" if number > 1 and level is not Level.INFO else ""
    return f"{number} {level.word}{plural}"
