"""What a command loads, and what it leaves alone: guards without timing, and without a network."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.program import environment, program, with_startup

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteConfig

HEAVY = (
    "boto3",
    "botocore",
    "cfnlint",
    "importlib.metadata",
    "networkx",
    "sympy",
    "urllib3",
    "yaml",
)
RENDERS = ("awacs", "msgspec", "tomllib", "troposphere")
REPORT = """\
import sys
from cicdgen.cli import run
code = run(sys.argv[1:])
print(*sorted(sys.modules), file=sys.stderr)
sys.exit(code)
"""


def _loaded(*args: str, cwd: Path) -> set[str]:
    """Every module that a run has loaded, with the packages around it."""
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *args],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["render"], id="render"),
        pytest.param(["render", "--compact"], id="compact"),
        pytest.param(["render", "-o", "template.json"], id="to a file"),
        pytest.param(["render", "--all", "out"], id="all"),
        pytest.param(["explain"], id="explain"),
        pytest.param(["config", "show"], id="config"),
    ],
)
def test_rendering_loads_nothing_heavy(
    write_config: WriteConfig, here: Path, args: list[str]
) -> None:
    """No AWS client, no linter, no YAML, no look-up of versions."""
    write_config()

    loaded = _loaded(*args, cwd=here)

    assert set() == loaded & set(HEAVY)
    assert "msgspec" in loaded


@pytest.mark.parametrize(
    "args",
    [["--help"], ["--version"], ["check", "--help"], ["config", "--help"], ["completion", "bash"]],
    ids=" ".join,
)
def test_help_loads_click_and_little_else(here: Path, args: list[str]) -> None:
    """Neither what renders nor what reads the config."""
    loaded = _loaded(*args, cwd=here)

    assert set() == loaded & {*HEAVY, *RENDERS}
    assert "click" in loaded


def test_the_guard_sees_what_is_loaded(write_config: WriteConfig, here: Path) -> None:
    """A command that does load them shows them: the guard is not blind."""
    write_config()

    loaded = _loaded("render", "--format", "yaml", cwd=here)

    assert {"yaml", "troposphere", "awacs", "msgspec", "tomllib"} <= loaded


OFFLINE = """\
import os, sys
def hook(event, args):
    if event.startswith("socket.") and event not in ("socket.gethostname",):
        os.write(2, f"NETWORK {event} {args}\\n".encode())
        os._exit(99)
sys.addaudithook(hook)
"""


@pytest.fixture
def offline(here: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the first use of a socket ends the process."""
    folder = tmp_path_factory.mktemp("offline")
    (folder / "sitecustomize.py").write_text(OFFLINE, encoding="utf-8")
    return {**with_startup(folder), "HOME": str(here)}


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["render"], id="render"),
        pytest.param(["render", "--format", "yaml"], id="yaml"),
        pytest.param(["render", "--all", "out"], id="all"),
        pytest.param(["check"], id="check"),
        pytest.param(["explain"], id="explain"),
        pytest.param(["config", "show"], id="config show"),
        pytest.param(["config", "schema"], id="config schema"),
        pytest.param(["init", "new"], id="init"),
        pytest.param(["completion", "zsh"], id="completion"),
        pytest.param(["--help"], id="help"),
    ],
)
def test_no_command_opens_a_socket(
    write_config: WriteConfig, offline: dict[str, str], here: Path, args: list[str]
) -> None:
    """Nothing goes over the network: not a look-up, not a credential, not an update check."""
    write_config()

    ran = program(*args, cwd=here, env=offline)

    assert 0 == ran.code, ran.err


def test_a_socket_would_be_noticed(offline: dict[str, str], here: Path) -> None:
    """The trap is set: the same environment ends a program that opens one."""
    done = subprocess.run(
        [sys.executable, "-c", "import socket; socket.socket()"],
        cwd=here,
        env=environment(offline),
        capture_output=True,
        check=False,
    )

    assert 99 == done.returncode
