"""What a change of a template changes: of resources, of properties, of what somebody may do.

`compare(before, after)` is a `Comparison`; `cicdgen.reports.diff` shows it.
"""

from cicdgen.diff.change import (
    WIDER,
    Comparison,
    Danger,
    Effect,
    Note,
    PropertyChange,
    ResourceChange,
    Verdict,
    Width,
    Witness,
)
from cicdgen.diff.comparing import compare

__all__ = [
    "WIDER",
    "Comparison",
    "Danger",
    "Effect",
    "Note",
    "PropertyChange",
    "ResourceChange",
    "Verdict",
    "Width",
    "Witness",
    "compare",
]
