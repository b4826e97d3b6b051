"""What is installed from the wheel, away from the checkout, is what the checkout is."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment with our wheel; its dependencies are this one's."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False)
    site = next(environment.glob("lib/python*/site-packages"))
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, wheel],
        check=True,
        capture_output=True,
    )
    # A path, and no more: the editable install beside the dependencies is not followed.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return environment / "bin" / "python"


def _run(python: Path, folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        [python, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return run.stdout


def test_it_is_the_installed_one(python: Path, tmp_path: Path) -> None:
    """The test would mean nothing if it found the checkout."""
    place = _run(python, tmp_path, "-c", "import cicdgen; print(cicdgen.__file__)")

    assert Path(place).is_relative_to(python.parents[1])


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_it_renders_the_same_bytes(python: Path, tmp_path: Path, env: str) -> None:
    """Lambda code and buildspecs travel in the wheel."""
    config = str(ROOT / "cicdgen.toml")
    rendered = _run(python, tmp_path, "-m", "cicdgen", "render", "-c", config, "-e", env)

    assert (ROOT / "templates" / f"{env}.json").read_text(encoding="utf-8") == rendered


def test_it_starts_a_project(python: Path, tmp_path: Path) -> None:
    """The starter travels in the wheel, and what it writes renders."""
    _run(python, tmp_path, "-m", "cicdgen", "init", "shop")
    rendered = _run(python, tmp_path / "shop", "-m", "cicdgen", "render", "--env", "prod")

    assert rendered.startswith("{")
    assert (tmp_path / "shop" / "src" / "index.py").exists()


def test_it_can_install_the_sandbox(python: Path, tmp_path: Path) -> None:
    """The locked requirements of the embedded AWS travel in the wheel."""
    code = "from cicdgen.sandbox import environment; print(environment.requirements())"
    locked = Path(_run(python, tmp_path, "-c", code).strip())
    ours = ROOT / "requirements" / "sandbox.txt"

    assert ours.read_bytes() == locked.read_bytes()
    assert locked.is_relative_to(python.parents[1])


def test_it_knows_what_a_command_needs(python: Path, tmp_path: Path) -> None:
    """The table of calls travels in the wheel."""
    config = str(ROOT / "cicdgen.toml")
    options = ("--for", "deploy", "--caller", "service-role", "-c", config, "-e", "dev")
    policy = _run(python, tmp_path, "-m", "cicdgen", "permissions", *options)

    assert '"iam:CreateRole"' in policy
