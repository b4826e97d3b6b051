"""Compare the event matcher with moto's on generated patterns and events.

A developer's job, not a test that runs by itself: it needs an environment with moto (Apache-2.0),
which runs as a process of its own.

    python -m tests.proof.differential.compare PYTHON [COUNT] [SEED]

PYTHON is the interpreter of that environment. The exit code is 1 if the two disagree on a case, or
if an operator never matched, or always did.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.proof.differential.patterns import event, pattern

from cicdgen.iam.parse import read_json
from cicdgen.proof.event_pattern import matches

if TYPE_CHECKING:
    from collections.abc import Iterable

OPERATORS = (
    "prefix",
    "suffix",
    "equals-ignore-case",
    "wildcard",
    "numeric",
    "exists",
    "cidr",
    "anything-but",
    "$or",
)


def main(python: str, count: str = "20000", seed: str = "1") -> int:
    """Ask both, print how often they agree and where they do not; 1 if there is any."""
    random = Random(int(seed))  # noqa: S311 - it makes examples
    cases = [(pattern(random), event(random)) for _ in range(int(count))]
    tally: Counter[str] = Counter()
    seen: Counter[tuple[str, bool]] = Counter()
    for (wanted, happened), theirs in zip(cases, _asked(python, cases), strict=True):
        ours = matches(read_json(wanted, ()), happened)
        verdict = f"agree: {ours}" if ours is theirs else f"DISAGREE: {ours} here, {theirs} there"
        if ours is theirs:
            seen.update((each, theirs) for each in OPERATORS if f'"{each}"' in json.dumps(wanted))
        tally[verdict] += 1
        if verdict.startswith("DISAGREE"):
            print(json.dumps([wanted, happened]))  # noqa: T201
    for verdict, number in sorted(tally.items(), key=lambda item: -item[1]):
        print(f"{number:6} {verdict}")  # noqa: T201
    lacking = [(each, way) for each in OPERATORS for way in (True, False) if not seen[each, way]]
    print(f"never came up: {lacking}" if lacking else "every operator: match and mismatch")  # noqa: T201
    return int(bool(lacking) or any(verdict.startswith("DISAGREE") for verdict in tally))


def _asked(python: str, cases: Iterable[tuple[Any, Any]]) -> Iterable[bool]:
    lines = "\n".join(json.dumps(case) for case in cases)
    done = subprocess.run(
        [python, str(Path(__file__).with_name("moto_answers.py"))],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
