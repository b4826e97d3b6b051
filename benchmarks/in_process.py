"""What our own rules take over the default template, against cfn-lint's, in one process.

Usage: python -m benchmarks.in_process [ROUNDS]

Ours are the rules, with the evaluator and the proof that they ask. Both get the template's text, as
a process does that has loaded its rules: each in turn, A B A B.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cfnlint.rules
from cfnlint.config import ConfigMixIn, ManualArgs
from cfnlint.decode import decode_str
from cfnlint.rules import Rules
from cfnlint.runner import run_template_by_data

from cicdgen.rules.analysis import analyse

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
REGION = "us-east-1"


def share(rounds: int) -> tuple[float, float, float]:
    """Median, least and greatest ratio, pair by pair, after one run of each that is not counted."""
    text = (ROOT / "templates" / "prod.json").read_text(encoding="utf-8")
    rules = Rules()
    rules.update(Rules.create_from_directory(os.path.dirname(cfnlint.rules.__file__)))  # noqa: PTH120
    config = ConfigMixIn([], **ManualArgs(regions=[REGION]))

    def ours() -> None:
        analyse(json.loads(text), REGION)

    def theirs() -> None:
        body, problems = decode_str(text)
        if body is None or problems or list(run_template_by_data(body, config, rules)):
            message = "templates/prod.json has findings: measure something that is clean"
            raise RuntimeError(message)

    _seconds(ours)
    _seconds(theirs)
    ratios = [_seconds(ours) / _seconds(theirs) for _ in range(rounds)]
    return statistics.median(ratios), min(ratios), max(ratios)


def _seconds(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main() -> None:
    """Print the ratio, as a row of the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    median, least, greatest = share(rounds)
    measured = f"{median:.3f} ({least:.3f}-{greatest:.3f})"
    print(f"| our rules, in one process | cfn-lint's | {measured} | 0.1 |")


if __name__ == "__main__":
    main()
