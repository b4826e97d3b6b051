"""The commands against a service that we did not write. Ground: the embedded AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests import sandboxes
from tests.cli.program import program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicdgen.sandbox.running import Sandbox

CONFIG = 'version = 1\n[env.dev]\nproject = "shop"\ndeletion_policy = "Delete"\n'
DEV = ("--env", "dev")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for the module."""
    with sandboxes.running() as running:
        yield running


def test_a_stack_lives_from_the_first_deployment_to_the_last(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Every resource of the template: deployed, unchanged, planned and applied, destroyed."""
    (tmp_path / "cicdgen.toml").write_text(CONFIG, encoding="utf-8")
    told = {}
    for name, line in {
        "deploy": ("deploy", *DEV, "--yes"),
        "again": ("deploy", *DEV, "--yes"),
        "plan": ("plan", *DEV, "--tags", "team=shop", "-o", "plan.json", "--exit-code"),
        "apply": ("apply", "plan.json", "--yes"),
        "status": ("status", *DEV),
        "destroy": ("destroy", *DEV, "--yes", "--empty-buckets"),
        "after": ("status", *DEV),
    }.items():
        told[name] = program(*line, cwd=tmp_path, env=sandbox.environment)

    codes = {name: ran.code for name, ran in told.items()}
    assert dict.fromkeys(told, 0) | {"plan": 10} == codes, told
    assert "SourceKey=source.zip\n" in told["deploy"].out
    assert "no changes" in told["again"].err
    assert told["status"].out.startswith("UPDATE_COMPLETE")
    assert "stays: AWS::KMS::Key" in told["destroy"].err
    assert told["after"].out.startswith("(none)")
