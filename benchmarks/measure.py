"""Ratios of whole processes, measured side by side in one run.

Usage: python -m benchmarks.measure [ROUNDS]

Absolute times say more about the machine than about us: each row runs our command and its
reference in turn, A B A B, and takes the median of the ratios pair by pair.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.plain import plain_script

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
CICDGEN = str(Path(PYTHON).with_name("cicdgen"))
CFN_LINT = str(Path(PYTHON).with_name("cfn-lint"))
# They bend a start by up to three times.
CLEARED = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "NODE_EXTRA_CA_CERTS")
ENVIRONMENT = {key: value for key, value in os.environ.items() if key not in CLEARED}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A comparison.

    Attributes:
        what: our side, in words.
        ours: the command.
        reference: in words.
        theirs: the reference command.
        goal: the ratio that we want at most.
    """

    what: str
    ours: list[str]
    reference: str
    theirs: list[str]
    goal: float


def seconds(command: list[str]) -> float:
    """How long a command takes, as a whole process."""
    start = time.perf_counter()
    subprocess.run(
        command, check=True, env=ENVIRONMENT, cwd=ROOT, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - start


def ratio(row: Row, rounds: int) -> tuple[float, float, float]:
    """Median, least and greatest ratio, pair by pair, after one run of each that is not counted."""
    seconds(row.ours)
    seconds(row.theirs)
    ratios = [seconds(row.ours) / seconds(row.theirs) for _ in range(rounds)]
    return statistics.median(ratios), min(ratios), max(ratios)


def fleet(folder: Path, number: int) -> Path:
    """A config of many environments."""
    path = folder / f"fleet-{number}.toml"
    envs = "\n".join(f"[env.e{index}]\nfunction.memory = {256 + index}" for index in range(number))
    path.write_text(f'version = 1\n[defaults]\nproject = "shop"\n{envs}\n', encoding="utf-8")
    return path


def rows(folder: Path) -> list[Row]:
    """Every comparison."""
    plain = folder / "plain_script.py"
    plain.write_text(plain_script("prod"), encoding="utf-8")
    click = [PYTHON, "-c", "import click"]
    render = [CICDGEN, "render", "--env", "prod"]

    def render_all(number: int, jobs: int) -> list[str]:
        config = str(fleet(folder, number))
        return [CICDGEN, "render", "-c", config, "--all", str(folder / "out"), "--jobs", str(jobs)]

    many = "plain script, 200 times"
    script, times = [PYTHON, str(plain)], [PYTHON, str(plain), "200"]
    return [
        _row("render", render, "plain script", script, 0.80),
        _row("render", render, "import click", click, 2.1),
        _row("--help", [CICDGEN, "--help"], "import click", click, 1.2),
        _row("--version", [CICDGEN, "--version"], "import click", click, 1.2),
        _row("render --all, 200, one process", render_all(200, 1), many, times, 0.65),
        _row("render --all, 200, two processes", render_all(200, 2), many, times, 0.36),
        _row("render --all, 1000", render_all(1000, 1), "the same, 100", render_all(100, 1), 10.5),
        *check_rows(folder),
        _row(
            "diff, a permission widened", [CICDGEN, "diff", *widened(folder)], "render", render, 1.5
        ),
    ]


def check_rows(folder: Path) -> list[Row]:
    """`check` against cfn-lint's command line, which has fewer rules, on the same files."""
    many = templates(folder, 10)
    one = many[:1]
    check = [CICDGEN, "check", "--no-cache", "--jobs", "2"]
    cached = [CICDGEN, "check"]
    linted = [CFN_LINT, *one]
    return [
        _row("check, one template", [*check, *one], "cfn-lint", linted, 0.75),
        _row("check, ten, two processes", [*check, *many], "cfn-lint", [CFN_LINT, *many], 0.55),
        _row("check, one that is known", [*cached, *one], "cfn-lint", linted, 0.05),
        _row("rehearse --all", [CICDGEN, "rehearse", *one, "--all"], "cfn-lint", linted, 1.2),
    ]


def widened(folder: Path) -> list[str]:
    """The sample's production, and the same with more memory and a permission more."""
    before = ROOT / "templates" / "prod.json"
    after = json.loads(before.read_text(encoding="utf-8"))
    after["Resources"]["Function"]["Properties"]["MemorySize"] += 1
    policy = after["Resources"]["DeployerPolicy"]["Properties"]["PolicyDocument"]
    policy["Statement"].append(
        {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::releases/*"}
    )
    path = folder / "widened.json"
    path.write_text(json.dumps(after), encoding="utf-8")
    return [str(before), str(path)]


def templates(folder: Path, number: int) -> list[str]:
    """Templates that differ."""
    made = folder / "templates"
    config = str(fleet(folder, number))
    seconds([CICDGEN, "render", "-c", config, "--all", str(made)])
    return sorted(str(path) for path in made.iterdir())


def _row(what: str, ours: list[str], reference: str, theirs: list[str], goal: float) -> Row:
    return Row(what=what, ours=ours, reference=reference, theirs=theirs, goal=goal)


_PEAK = """
import json, resource, subprocess, sys
nothing = subprocess.DEVNULL
subprocess.run(json.loads(sys.argv[1]), check=True, stderr=nothing, stdout=nothing)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def peak_megabytes(command: list[str]) -> float:
    """Peak memory of a command's process."""
    run = subprocess.run(
        [PYTHON, "-c", _PEAK, json.dumps(command)], check=True, env=ENVIRONMENT, cwd=ROOT,
        capture_output=True, text=True,
    )  # fmt: skip
    return float(run.stdout)


def main() -> None:
    """Print a table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"| ours | reference | ratio (least-greatest of {rounds}) | goal |")
        print("|---|---|---|---|")
        for row in rows(folder):
            few = 3 if "1000" in row.what else rounds
            median, least, greatest = ratio(row, few)
            measured = f"{median:.2f} ({least:.2f}-{greatest:.2f})"
            print(f"| {row.what} | {row.reference} | {measured} | {row.goal} |")
        for number in (100, 1000):
            config = str(fleet(folder, number))
            command = [CICDGEN, "render", "-c", config, "--all", name, "--jobs", "1"]
            print(f"\npeak memory, {number} environments: {peak_megabytes(command):.0f} MB")


if __name__ == "__main__":
    main()
