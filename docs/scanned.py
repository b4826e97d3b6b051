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
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicdgen.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = Path(__file__).with_name("failures.toml")
_BIN = Path(sys.executable).parent
_CHECKOV = Path(__file__).parents[1] / ".venv-checkov/bin/checkov"


_Seen = dict[Path, Counter[str]]


def cfn_lint(paths: Sequence[Path]) -> _Seen:
    """The ids of what cfn-lint finds in each file, without our rules."""
    seen: _Seen = defaultdict(Counter)
    for row in _run([str(_BIN / "cfn-lint"), "--format", "json", "--", *map(str, paths)]):
        seen[Path(row["Filename"])][str(row["Rule"]["Id"])] += 1
    return seen


def checkov(paths: Sequence[Path]) -> _Seen:
    """The ids of the checks that fail in checkov, for each file."""
    command = [str(_CHECKOV), "--quiet", "--compact", "--output", "json", "--skip-download"]
    found = _run([*command, "--framework", "cloudformation", "--file", *map(str, paths)])
    seen: _Seen = defaultdict(Counter)
    for report in found if isinstance(found, list) else [found]:
        for row in report.get("results", {}).get("failed_checks", ()):
            seen[Path(row["file_abs_path"])][str(row["check_id"])] += 1
    return seen


def measure() -> dict[int, dict[str, list[str]]]:
    """What each scanner sees of each failure: in any rule that is meant for it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        pairs: dict[int, list[tuple[Path, Path]]] = {number: [] for number in range(1, 21)}
        for rule in RULES:
            number = int(rule.id[1:]) - 9500
            if number in pairs and rule.has_examples:
                before, after = folder / f"{rule.id}-before.yaml", folder / f"{rule.id}-after.yaml"
                before.write_text(rule.before, encoding="utf-8")
                after.write_text(rule.after, encoding="utf-8")
                pairs[number].append((before, after))
        paths = sorted(folder.iterdir())
        scanned = {"cfn_lint": cfn_lint(paths), "checkov": checkov(paths)}
    return {
        number: {
            scanner: sorted({each for before, after in both for each in seen[before] - seen[after]})
            for scanner, seen in scanned.items()
        }
        for number, both in pairs.items()
    }


def _run(command: list[str]) -> Any:  # noqa: ANN401 - JSON
    # Both end with a code of their own where they find something.
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603
    return json.loads(done.stdout or "[]")


def main() -> None:
    """Write the file anew; the titles stay."""
    failures = tomllib.loads(FILE.read_text(encoding="utf-8"))["failure"]
    blocks = []
    seen = measure()
    for failure in failures:
        number, title = failure["number"], json.dumps(failure["title"])
        lines = [f"{scanner} = {json.dumps(ids)}" for scanner, ids in seen[number].items()]
        blocks.append(f"[[failure]]\nnumber = {number}\ntitle = {title}\n" + "\n".join(lines))
    head = (
        "# What a first attempt got wrong, and which scanner sees it: `python -m docs.scanned`.\n"
    )
    FILE.write_text(f"{head}\n" + "\n\n".join(blocks) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
