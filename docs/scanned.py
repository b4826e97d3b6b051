"""Measure which of the twenty failures the scanners see, and write it into failures.toml.

Usage: python -m docs.scanned

A scanner sees a failure if it finds something in the bad example of the failure's rule that it does
not find in the good one. Needs .venv-checkov (`make scan` makes it).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from cicdgen.rules.catalogue import RULES

FILE = Path(__file__).with_name("failures.toml")
_BIN = Path(sys.executable).parent
_CHECKOV = Path(__file__).parents[1] / ".venv-checkov/bin/checkov"


def cfn_lint(path: Path) -> Counter[str]:
    """The ids of what cfn-lint finds, without our rules."""
    found = _run([str(_BIN / "cfn-lint"), "--format", "json", "--", str(path)])
    return Counter(str(row["Rule"]["Id"]) for row in found)


def checkov(path: Path) -> Counter[str]:
    """The ids of the checks that fail in checkov."""
    command = [str(_CHECKOV), "--quiet", "--compact", "--output", "json", "--skip-download"]
    found = _run([*command, "--framework", "cloudformation", "--file", str(path)])
    reports = found if isinstance(found, list) else [found]
    return Counter(
        str(row["check_id"])
        for report in reports
        for row in report.get("results", {}).get("failed_checks", ())
    )


def measure(number: int) -> dict[str, list[str]]:
    """What each scanner sees of a failure: in any rule that is meant for it."""
    seen: dict[str, set[str]] = {"cfn_lint": set(), "checkov": set()}
    with tempfile.TemporaryDirectory() as name:
        for rule in RULES:
            if rule.id[1:] != str(9500 + number) or not rule.has_examples:
                continue
            before, after = Path(name, "before.yaml"), Path(name, "after.yaml")
            before.write_text(rule.before, encoding="utf-8")
            after.write_text(rule.after, encoding="utf-8")
            for scanner, scan in (("cfn_lint", cfn_lint), ("checkov", checkov)):
                seen[scanner] |= set(scan(before) - scan(after))
    return {scanner: sorted(ids) for scanner, ids in seen.items()}


def _run(command: list[str]) -> Any:  # noqa: ANN401 - JSON
    # Both end with a code of their own where they find something.
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603
    return json.loads(done.stdout or "[]")


def main() -> None:
    """Write the file anew; the titles stay."""
    failures = tomllib.loads(FILE.read_text(encoding="utf-8"))["failure"]
    blocks = []
    for failure in failures:
        number, title = failure["number"], json.dumps(failure["title"])
        seen = measure(number)
        lines = [f"{scanner} = {json.dumps(ids)}" for scanner, ids in seen.items()]
        blocks.append(f"[[failure]]\nnumber = {number}\ntitle = {title}\n" + "\n".join(lines))
    head = (
        "# What a first attempt got wrong, and which scanner sees it: `python -m docs.scanned`.\n"
    )
    FILE.write_text(f"{head}\n" + "\n\n".join(blocks) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
