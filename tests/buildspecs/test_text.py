"""The buildspecs as texts: what CodeBuild, a shell and the AWS CLI are given."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name  # type: ignore[import-untyped, unused-ignore]
from botocore.loaders import Loader  # type: ignore[import-untyped, unused-ignore]
from tests.buildspecs.project import buildspec

from cicdgen import assets
from cicdgen.rehearsal.buildspec.spec import PHASES

if TYPE_CHECKING:
    from collections.abc import Iterator

STAGES = ["build", "test"]


def commands(stage: str) -> Iterator[str]:
    """The commands of *stage*, in order."""
    phases = buildspec(stage).phases
    for name in PHASES:
        yield from phases[name].commands


@pytest.mark.parametrize("stage", STAGES)
def test_text_is_small_and_plain(stage: str) -> None:
    """A buildspec shares the 51,200 bytes of a template with all the rest, and is plain ASCII."""
    text = assets.buildspec(stage)

    assert text.isascii()
    assert len(text) < 2_400


@pytest.mark.parametrize("stage", STAGES)
def test_blocks_stop_at_a_failure(stage: str) -> None:
    """Each command of several lines sets its own shell options: none may outlive a command."""
    blocks = [command for command in commands(stage) if "\n" in command]

    assert blocks
    assert {block.splitlines()[0] for block in blocks} == {"set -euo pipefail"}


@pytest.mark.parametrize("stage", STAGES)
def test_aws_calls_are_in_the_service_model(stage: str) -> None:
    """Each `aws s3api` call names an operation of S3, members of its input and allowed values."""
    model = Loader().load_service_model("s3", "service-2")
    operations = {xform_name(name, "-"): value for name, value in model["operations"].items()}
    text = "\n".join(commands(stage)).replace("\\\n", " ")
    (call,) = re.findall(r"aws s3api (.*?)\)?$", text, re.MULTILINE)
    name, *words = shlex.split(call)
    shape = model["shapes"][operations[name]["input"]["shape"]]
    members = {xform_name(member, "-"): value for member, value in shape["members"].items()}
    options = dict(zip(words[::2], words[1::2], strict=False))
    own = {option.removeprefix("--") for option in options if option.startswith("--")}
    assert own - {"query", "output"} <= members.keys()
    assert {xform_name(member, "-") for member in shape["required"]} <= own
    if "checksum-algorithm" in own:
        checksum: dict[str, Any] = model["shapes"][members["checksum-algorithm"]["shape"]]
        assert options["--checksum-algorithm"] in checksum["enum"]


@pytest.mark.skipif(
    shutil.which("shellcheck") is None and "CI" not in os.environ,
    reason="shellcheck is not installed; CI has it",
)
@pytest.mark.parametrize("stage", STAGES)
def test_shellcheck_finds_nothing(stage: str) -> None:
    """ShellCheck has nothing to say of any command, given what the project and CodeBuild set."""
    given = "export ARTIFACT_BUCKET CODEBUILD_SRC_DIR_BuildOutput\n"
    found = [
        subprocess.run(
            ["shellcheck", "--shell=bash", "--enable=check-unassigned-uppercase", "-"],
            input=given + command,
            text=True,
            capture_output=True,
            check=False,
        ).stdout
        for command in commands(stage)
    ]

    assert "".join(found) == ""
