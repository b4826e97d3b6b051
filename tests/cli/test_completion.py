"""Completion scripts that their shells take, and that complete our commands."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.cli.program import shell

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cicdgen


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_script_is_valid(cicdgen: Cicdgen, name: str) -> None:
    """The shell itself reads it without running it, where it is installed."""
    ran = cicdgen("completion", name)

    assert (0, "") == (ran.code, ran.err)
    assert f"_CICDGEN_COMPLETE={name}_complete" in ran.out
    assert ran.out.endswith("\n")
    if shutil.which(name):
        done = subprocess.run(
            [name, "-n"], input=ran.out, capture_output=True, text=True, check=False
        )
        assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize(
    "words, replies",
    [
        pytest.param(["cicdgen", "ren"], ["render"], id="command"),
        pytest.param(["cicdgen", "co"], ["config", "completion"], id="two commands"),
        pytest.param(["cicdgen", "config", "s"], ["schema", "show"], id="subcommand"),
        pytest.param(["cicdgen", "check", "--fo"], ["--format"], id="option"),
        pytest.param(["cicdgen", "check", "--format", "s"], ["sarif"], id="choice"),
        pytest.param(["cicdgen", "x"], [], id="nothing"),
    ],
)
def test_bash_completes(here: Path, words: list[str], replies: list[str]) -> None:
    """The script is sourced, its function is called as bash calls it, and it answers."""
    script = f"""
    source <(cicdgen completion bash)
    function_name=$(complete -p cicdgen | sed 's/.*-F \\([^ ]*\\).*/\\1/')
    COMP_WORDS=({" ".join(words)}) COMP_CWORD={len(words) - 1}
    $function_name cicdgen
    printf '%s\\n' "${{COMPREPLY[@]}}"
    """

    ran = shell(script, cwd=here)

    assert (0, "") == (ran.code, ran.err)
    assert replies == [line for line in ran.out.splitlines() if line]
