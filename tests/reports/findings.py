"""Findings as cfn-lint makes them, and as a hostile template would."""

from __future__ import annotations

from cicdgen.findings import Finding, Level

ERROR = Finding(
    file="prod.json",
    line=5,
    column=7,
    rule="E3002",
    level=Level.ERROR,
    message="Additional properties are not allowed ('Nmae' was unexpected)",
    title="Resource properties are invalid",
    path=("Resources", "Topic", "Properties", "Tags", 0, "Nmae"),
    docs="https://example.com/E3002",
)
WARNING = Finding(
    file="prod.json",
    line=9,
    column=1,
    rule="W2001",
    level=Level.WARNING,
    message="Parameter Spare not used.",
    title="Check if Parameters are Used",
    path=("Parameters", "Spare"),
    docs="https://example.com/W2001",
)
INFO = Finding(
    file="dev.json", line=1, column=1, rule="I3011", level=Level.INFO, message="stateful resource"
)
HOSTILE = Finding(
    file="a b/%,:#?é.json",
    line=1,
    column=1,
    rule="E0000",
    level=Level.ERROR,
    message="::error::100%,\x1b[31m\x00<b>&\"' ]]> \ufffe\ud800 é😀",
    title="<title>",
    path=("Resources", "A\x1b[2J<&>", "x"),
    docs="https://example.com/?a=1&b=<2>",
)
