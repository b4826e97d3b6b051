"""How long a deployment takes, against a service that takes its time and one that is instant.

Usage: python -m benchmarks.deploying [FOLDER]

The service is the tests' strict fake, in this process: a change set takes 2 s, a stack 20 s, by the
system's clock. FOLDER holds the `aws` and `sam` to compare with; without them their rows are left
out. Each row is one run: a run is mostly waiting, so that it hardly varies.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import ENVIRONMENT, PYTHON
from tests.fakes.cloudformation_server import Account, Endpoint, RealTime
from tests.fakes.cloudformation_stack import REGION

CONFIG = 'version = 1\n[env.dev]\nproject = "shop"\ndeletion_policy = "Delete"\n'
CHANGE_SET, STACK = 2.0, 20.0


@dataclass(frozen=True, kw_only=True)
class Run:
    """One deployment.

    Attributes:
        seconds: from start to exit.
        late: seconds between the stack's end and the exit.
        calls: how many calls AWS had.
    """

    seconds: float
    late: float
    calls: int


def deploy(command: list[str], folder: Path, endpoint: Endpoint, *, instant: bool) -> Run:
    """Deploy a new stack, and say how it went."""
    waits = {"change_set_seconds": 0.0, "stack_seconds": 0.0} if instant else {}
    account = endpoint.serve(
        Account(RealTime(), **{"change_set_seconds": CHANGE_SET, "stack_seconds": STACK, **waits})
    )
    account.buckets.make("ours")
    environment = {
        **ENVIRONMENT,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint.url,
        "SAM_CLI_TELEMETRY": "0",
    }
    start = time.perf_counter()
    ran = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - start
    if ran.returncode or account.unknown:
        sys.exit("\n".join([ran.stdout, ran.stderr, *account.unknown]))
    stack = account.cloudformation.stacks[-1]
    return Run(
        seconds=seconds,
        late=account.time.now() - (stack.done_at or 0),
        calls=len(account.faults.seen),
    )


def commands(peers: Path | None, template: Path) -> dict[str, list[str]]:
    """The clients, ours first."""
    found = {"cicdgen deploy": [PYTHON, "-m", "cicdgen", "deploy", "--env", "dev", "--yes"]}
    given = ["--template-file", str(template), "--capabilities", "CAPABILITY_IAM"]
    given += ["--stack-name", "shop-dev"]
    if peers and (peers / "aws").exists():
        found["aws cloudformation deploy"] = [
            str(peers / "aws"),
            "cloudformation",
            "deploy",
            *given,
        ]
    if peers and (peers / "sam").exists():
        sam = [str(peers / "sam"), "deploy", *given, "--no-confirm-changeset"]
        found["sam deploy"] = [*sam, "--s3-bucket", "ours", "--region", REGION]
    return found


def main() -> None:
    """Print a table."""
    peers = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as name, Endpoint(Account(RealTime())) as endpoint:
        folder = Path(name)
        (folder / "cicdgen.toml").write_text(CONFIG, encoding="utf-8")
        template = folder / "template.json"
        render = [PYTHON, "-m", "cicdgen", "render", "--env", "dev", "--compact", "-o"]
        subprocess.run([*render, str(template)], cwd=folder, env=ENVIRONMENT, check=True)
        print("| client | of the service's 22 s | late, s | calls a second | instant, s |")
        print("| --- | --- | --- | --- | --- |")
        for client, command in commands(peers, template).items():
            run = deploy(command, folder, endpoint, instant=False)
            quick = deploy(command, folder, endpoint, instant=True)
            print(
                f"| {client} | {run.seconds / (CHANGE_SET + STACK):.2f} | {run.late:.1f} | "
                f"{run.calls / run.seconds:.2f} | {quick.seconds:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
