"""The CI files that people copy: their commands run, in a checkout, as far as a shell can."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

ROOT = Path(__file__).parents[1]
CI = ROOT / "examples" / "ci"
CONFIG = 'version = 1\n[env.prod]\nproject = "shop"\nnotifications.emails = ["a@example.com"]\n'
BAD = CONFIG + 'build.buildspec = "bad.yml"\n'
BAD_SPEC = (
    "version: 0.2\nphases:\n  build:\n    on-failure: ABORT\n"
    "    commands:\n      - |\n        a\n        b\n"
)


def _load(name: str) -> Any:  # noqa: ANN401 - YAML
    return yaml.safe_load((CI / name).read_text(encoding="utf-8"))


def _github() -> list[str]:
    return [step["run"] for step in _load("github.yml")["jobs"]["check"]["steps"] if "run" in step]


def _gitlab() -> list[str]:
    job = _load("gitlab.yml")["pipeline-check"]
    return [*job["before_script"], *job["script"]]


def _codebuild() -> list[str]:
    phases = _load("buildspec.yml")["phases"]
    return [command for phase in phases.values() for command in phase["commands"]]


STEPS = {"github": _github, "gitlab": _gitlab, "codebuild": _codebuild}


def _run(folder: Path, steps: list[str]) -> list[int]:
    """The codes of the steps, up to the first that fails. What installs is left out."""
    tools = folder / ".tools"
    tools.mkdir()
    for name, body in (("cicdgen", f'exec "{sys.executable}" -m cicdgen "$@"'), ("pip", "exit 0")):
        (tools / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    codes = []
    for step in steps:
        done = subprocess.run(["bash", "-ec", step], cwd=folder, env=environment, check=False)
        codes.append(done.returncode)
        if done.returncode:
            break
    return codes


def _checkout(folder: Path, config: str) -> None:
    (folder / "cicdgen.toml").write_text(config, encoding="utf-8")
    (folder / "bad.yml").write_text(BAD_SPEC, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)


@pytest.mark.parametrize("where", STEPS)
def test_the_steps_pass_on_what_is_right(tmp_path: Path, where: str) -> None:
    """Every command runs, and leaves what the next one takes."""
    _checkout(tmp_path, CONFIG)
    steps = STEPS[where]()

    assert [0] * len(steps) == _run(tmp_path, steps)
    assert json.loads((tmp_path / "templates/prod.json").read_text(encoding="utf-8"))["Resources"]
    if where == "github":
        sarif = json.loads((tmp_path / "cicdgen.sarif").read_text(encoding="utf-8"))
        assert "2.1.0" == sarif["version"]
    else:
        assert "testsuites" == ET.parse(tmp_path / "cicdgen.xml").getroot().tag  # noqa: S314


@pytest.mark.parametrize("where", STEPS)
def test_the_steps_fail_on_what_is_wrong(tmp_path: Path, where: str) -> None:
    """At the check itself: what is uploaded is written before."""
    _checkout(tmp_path, BAD)

    assert 3 == _run(tmp_path, STEPS[where]())[-1]
    report = "cicdgen.sarif" if where == "github" else "cicdgen.xml"
    assert "W9519" in (tmp_path / report).read_text(encoding="utf-8")


def test_the_workflow_asks_for_no_more_than_it_needs() -> None:
    """No permission by default, two for the job, and each action by its commit."""
    workflow = _load("github.yml")
    job = workflow["jobs"]["check"]
    actions = [step["uses"] for step in job["steps"] if "uses" in step]

    assert {} == workflow["permissions"]
    assert {"contents": "read", "security-events": "write"} == job["permissions"]
    assert all(len(action.partition("@")[2]) == 40 for action in actions)


def test_cfn_lint_takes_its_config(tmp_path: Path) -> None:
    """With nothing on its command line, it runs our rules over the templates."""
    (tmp_path / ".cfnlintrc").write_text(
        (CI / "cfnlintrc.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "templates").mkdir()
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"SqsManagedSseEnabled": False}}
    template = {
        "Metadata": {"cfn-lint": {"config": {"ignore_checks": ["E9556"]}}},
        "Resources": {"Queue": queue},
    }
    (tmp_path / "templates/a.json").write_text(json.dumps(template), encoding="utf-8")

    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint")], cwd=tmp_path, capture_output=True, text=True,
        check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip

    assert "E9556" in done.stdout
    assert done.returncode & 2


def test_the_hooks_are_commands_of_ours() -> None:
    """What pre-commit would run is there."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))

    assert ["cicdgen-check", "cicdgen-check-config"] == [hook["id"] for hook in hooks]
    assert {"cicdgen check"} == {hook["entry"] for hook in hooks}
